"""Answers proposed by rule from what was said: an apology that names the step, the next thing done, thanks for what pleased.

A proposal is only ever a draft. It promises nothing the shop has not decided: it says that somebody looks into it.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import Word

#: Scores nearer to nought than this are neither thanked nor apologised for.
BAND = 0.15
MOST_NAMED = 2
ASPECTS: dict[str, Word] = {
    "advert": pgettext_lazy("aspect", "our advertising"),
    "product_page": pgettext_lazy("aspect", "the product page"),
    "order": pgettext_lazy("aspect", "ordering"),
    "payment": pgettext_lazy("aspect", "payment"),
    "delivery": pgettext_lazy("aspect", "delivery"),
    "unboxing": pgettext_lazy("aspect", "packing"),
    "quality": pgettext_lazy("aspect", "quality"),
    "use": pgettext_lazy("aspect", "use"),
    "effect": pgettext_lazy("aspect", "effect"),
    "scent_taste": pgettext_lazy("aspect", "scent and taste"),
    "price": pgettext_lazy("aspect", "price"),
    "support": pgettext_lazy("aspect", "our service"),
    "returns": pgettext_lazy("aspect", "returns and exchange"),
    "repeat": pgettext_lazy("aspect", "buying again"),
}
#: What is done next where this displeased.
NEXT: dict[str, Word] = {
    "advert": _("We check whether our advertising said more than the product keeps, and put it right."),
    "product_page": _("We check the description and the pictures of the page and put them right."),
    "order": _("We look up your order and write to you again about what happened."),
    "payment": _("We look up the payment of your order and write to you again."),
    "delivery": _("We ask the carrier how the parcel travelled and write to you again."),
    "unboxing": _("We pass this on to those who pack. If anything was damaged, please send us a picture."),
    "quality": _("We have the product checked. If you still have it, please send us a picture."),
    "use": _("We gladly explain how to use it. Please tell us where it was difficult."),
    "effect": _("How it works differs from person to person. Please stop using it if it does not agree with you, and write to us."),
    "scent_taste": _("We pass this on to those who make it. We gladly tell you about others that may suit you better."),
    "price": _("We take this to heart when we next look at our prices."),
    "support": _("We look up how you were answered, and somebody in charge writes to you."),
    "returns": _("We look up how far your return is and write to you again."),
    "repeat": _("We would be glad to hear what would have to be better for you to choose us again."),
}  # fmt: skip


def proposal(voice: dict[str, Any], product: str, shop: str, language: str, name: str = "") -> str:
    """An answer to ``voice`` in ``language`` (ja or en); ``name`` is the customer's, where it may be used."""
    with translation.override(language):
        parts = [_greeting(name), _opening(voice, product), *_body(voice), _closing(shop)]
        return "\n\n".join(part for part in parts if part)


def _greeting(name: str) -> str:
    return gettext("Dear {name},").format(name=name) if name else gettext("Dear customer,")


def _opening(voice: dict[str, Any], product: str) -> str:
    if voice["source"] == "return":
        return gettext("Thank you for telling us why you sent it back.")
    if voice["source"] in ("inquiry", "reply"):
        return gettext("Thank you for writing to us.")
    if product:
        return gettext("Thank you for what you told us about {product}.").format(product=product)
    return gettext("Thank you for your words.")


def _body(voice: dict[str, Any]) -> list[str]:
    felt = [(each["aspect"], each["score"]) for each in voice["aspects"]]
    bad = [aspect for aspect, score in felt if score < -BAND][:MOST_NAMED]
    good = [aspect for aspect, score in felt if score > BAND and aspect not in bad][:MOST_NAMED]
    score = voice["score"]
    if score is not None and score < -BAND and not bad:
        bad = [voice["touchpoint"]] if voice["touchpoint"] in NEXT else []
        return [_sorry(bad), *(_next(bad) or [gettext("We look into it and write to you again.")])]
    if score is not None and score > BAND and not bad:
        return [_glad(good)]
    if bad:
        return [*([_glad(good)] if good else []), _sorry(bad), *_next(bad)]
    return [gettext("We look into it and write to you again.")]


def _sorry(aspects: list[str]) -> str:
    if not aspects:
        return gettext("We are sorry that we disappointed you.")
    return gettext("We are sorry that we disappointed you with {what}.").format(what=_listed(aspects))


def _glad(aspects: list[str]) -> str:
    if not aspects:
        return gettext("We are glad that you are pleased, and pass it on to everybody here.")
    return gettext("We are glad that you were pleased with {what}.").format(what=_listed(aspects))


def _next(aspects: list[str]) -> list[str]:
    return [str(NEXT[aspect]) for aspect in aspects if aspect in NEXT]


def _listed(aspects: list[str]) -> str:
    return pgettext("between two things named", " and ").join(str(ASPECTS[aspect]) for aspect in aspects)


def _closing(shop: str) -> str:
    return gettext("With kind regards\n{shop}").format(shop=shop)
