"""What a customer card says in words: why somebody may come back, and sentences to begin with.

Each sentence is made of facts of this one customer; where the fact is not there, the sentence is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext_lazy

from okaeri.loop.card import Card, Row, mood
from okaeri.web.report.figures import count, day
from okaeri.web.report.labels import Word, joined

Names = Mapping[str, str]
SENTENCES = 3
#: Days around the day something is used up in which it is worth a word.
BEFORE_EMPTY, AFTER_EMPTY = 14, 30
#: Shares of the usual days between orders within which the next is near.
NEAR = (0.7, 1.5)
#: Days a word of praise or a first order is still fresh.
FRESH = 90
PARTS: Mapping[str, Word] = {
    "morning": pgettext_lazy("part of the day", "morning (6 to 11)"),
    "noon": pgettext_lazy("part of the day", "noon (11 to 14)"),
    "afternoon": pgettext_lazy("part of the day", "afternoon (14 to 18)"),
    "evening": pgettext_lazy("part of the day", "evening (18 to 22)"),
    "night": pgettext_lazy("part of the day", "night (22 to 6)"),
}


@dataclass(frozen=True)
class Sentence:
    """A sentence to say, and the fact it stands on."""

    text: str
    because: str


def sentences(card: Card, names: Names) -> list[Sentence]:
    """The first three whose fact is there: trouble before hopes let down, then what runs out, praise, and thanks."""
    found = [sentence for make in _MAKERS if (sentence := make(card, names))]
    return found[:SENTENCES]


def reasons(card: Card, names: Names) -> list[str]:
    """Why this customer may come back now, likeliest first; empty where nothing tells."""
    return list(_reasons(card, names))


def _reasons(card: Card, names: Names) -> Iterator[str]:
    for delivery in card.rows["subscriber_value"]:
        if delivery["next_delivery_on"]:
            yield gettext("The next delivery of the subscription is due on {day}").format(
                day=day(delivery["next_delivery_on"])
            )
    if running := _running_out(card):
        yield gettext("{product} is probably used up around {day}").format(
            product=_named(running["product_id"], names), day=day(running["runs_out_on"])
        )
    usual, silent = card.row["usual_interval"], card.row["recency_days"]
    if usual and silent is not None and NEAR[0] * usual <= silent <= NEAR[1] * usual:
        yield gettext("Usually orders every {usual} days; the last order was {ago} days ago").format(
            usual=count(usual), ago=count(silent)
        )
    if card.row["is_revived"]:
        yield gettext("Came back once before after a long silence")


def _running_out(card: Card) -> Row | None:
    return next((row for row in card.stock if -AFTER_EMPTY <= row["days_left"] <= BEFORE_EMPTY), None)


def _trouble(card: Card, names: Names) -> Sentence | None:
    if card.trouble is None:
        return None
    product = card.trouble["product_id"]
    said = gettext("We are sorry for the trouble you had with {product}. How have you been getting on since?") if product \
        else gettext("We are sorry for the trouble you had. How have you been getting on since?")  # fmt: skip
    why = gettext("Complaint of {day} without a better word or an order since")
    return Sentence(said.format(product=_named(product, names)), why.format(day=day(card.trouble["voice_date"])))


def _let_down(card: Card, names: Names) -> Sentence | None:
    pair = max(card.rows["survey_pairs"], key=lambda row: (row["after_day"], row["product_id"]), default=None)
    if pair is None or pair["gap"] >= 0:
        return None
    said = gettext("{product} did not turn out quite as you had hoped. Would you tell us what was missing?")
    why = gettext("Expected more in the survey before than was found in the one after")
    return Sentence(said.format(product=_named(pair["product_id"], names)), why)


def _used_up(card: Card, names: Names) -> Sentence | None:
    row = _running_out(card)
    if row is None:
        return None
    product = _named(row["product_id"], names)
    said = gettext("Your {product} may be running low about now.") if row["days_left"] >= 0 \
        else gettext("Your {product} may have run out by now.")  # fmt: skip
    why = gettext("Bought on {day}, usually lasts about {days} days")
    return Sentence(
        said.format(product=product), why.format(day=day(row["last_bought_on"]), days=count(row["days_of_supply"]))
    )


def _praise(card: Card, names: Names) -> Sentence | None:
    voice = next((one for one in card.voices if mood(one) == "happy" and one["source"] != "survey_before"), None)
    if voice is None or (card.as_of - voice["voice_date"]).days > FRESH or card.trouble is not None:
        return None
    said = gettext("Thank you for your kind words about {product}.") if voice["product_id"] \
        else gettext("Thank you for your kind words.")  # fmt: skip
    why = gettext("Good word of {day}").format(day=day(voice["voice_date"]))
    return Sentence(said.format(product=_named(voice["product_id"], names)), why)


def _away(card: Card, names: Names) -> Sentence | None:
    if card.row["status"] != "dormant" or not card.last_goods:
        return None
    said = gettext("It has been a while: your last order was {product}, {ago} days ago. How have you been?")
    why = gettext("Dormant; last order on {day}")
    return Sentence(
        said.format(product=_listed(card.last_goods, names), ago=count(card.row["recency_days"])),
        why.format(day=day(card.row["last_order_on"])),
    )


def _first(card: Card, names: Names) -> Sentence | None:
    if card.row["order_count"] != 1 or card.row["recency_days"] > FRESH or not card.last_goods:
        return None
    said = gettext("Thank you for your first order. How do you like {product}?")
    why = gettext("First order on {day}").format(day=day(card.row["first_order_on"]))
    return Sentence(said.format(product=_listed(card.last_goods, names)), why)


def _faithful(card: Card, names: Names) -> Sentence | None:
    if card.row["order_count"] < 2:
        return None
    said = gettext("Thank you for ordering from us {times} times since {day}.")
    told = {"times": count(card.row["order_count"]), "day": day(card.row["first_order_on"])}
    return Sentence(said.format(**told), gettext("{times} orders so far").format(**told))


def _goes_with(card: Card, names: Names) -> Sentence | None:
    if card.next is None or card.next["reason"] != "goes_with":
        return None
    said = gettext("People who use {other} often choose {product} with it.")
    told = {"other": _named(card.next["reason_product_id"], names), "product": _named(card.next["product_id"], names)}
    return Sentence(said.format(**told), gettext("Recommended: goes with what was bought"))


def _bought(card: Card, names: Names) -> Sentence | None:
    if not card.last_goods or card.row["recency_days"] > FRESH:
        return None
    said = gettext("How have you been getting on with {product}?").format(product=_listed(card.last_goods, names))
    return Sentence(said, gettext("Latest order on {day}").format(day=day(card.row["last_order_on"])))


def _remembered(card: Card, names: Names) -> Sentence | None:
    if card.row["first_order_on"] is None or card.row["order_count"] != 1:
        return None
    said = gettext("Thank you for having chosen us on {day}.").format(day=day(card.row["first_order_on"]))
    return Sentence(said, gettext("One order so far"))


def _met(card: Card, names: Names) -> Sentence | None:
    if card.row["is_buyer"] or card.row["first_seen_on"] is None:
        return None
    said = gettext("Thank you for your interest in our shop. Is there anything you would like to know?")
    return Sentence(said, gettext("Known since {day}, no order yet").format(day=day(card.row["first_seen_on"])))


_MAKERS: tuple[Callable[[Card, Names], Sentence | None], ...] = (
    _trouble, _let_down, _used_up, _praise, _away, _first, _faithful, _bought, _goes_with, _remembered, _met,
)  # fmt: skip


def channel(card: Card) -> str:
    """By what to reach the customer, and what tells so."""
    way, read = card.channel
    return {
        "mail": gettext("Mail: opened or clicked {n} times in the last year"),
        "phone": gettext("Phone"), "letter": gettext("Letter: messages were blocked, and no phone is known"),
        "blocked": gettext("None: messages were blocked, and neither phone nor address is known"),
        "unknown": gettext("Unknown: no opened message and no order by phone on record"),
    }[way].format(n=count(read)) + _blocked(card, way)  # fmt: skip


def _blocked(card: Card, way: str) -> str:
    is_blocked = way == "phone" and bool(card.deeds.get("block"))
    return gettext(" (messages were blocked)") if is_blocked else ""


def hour(card: Card) -> str:
    """The part of the day to choose, and what tells so."""
    if card.hours is None:
        return gettext("Unknown: too few orders tell a time, or none stands out")
    part, most, n = card.hours
    return gettext("{part}: {most} of {n} orders").format(part=PARTS[part], most=count(most), n=count(n))


def _named(product: str | None, names: Names) -> str:
    return names.get(product or "", product or "")


def _listed(products: list[str], names: Names) -> str:
    return joined([_named(product, names) for product in products[:2]])
