"""声: what customers said, what they feel, and what the shop does about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.translation import pgettext_lazy

from okaeri.loop import voices as loop
from okaeri.loop.published import Published
from okaeri.records import voices as records
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.drafting import ASPECTS, proposal
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.sentences import sentences
from okaeri.web.console.words import FELT, ORDERS_OF_VOICES, SAID_IN, SCORES, STATES_OF_VOICES
from okaeri.web.serving import ConsoleRequest

LONGEST = 200
ASKED = ("state", "feeling", "source", "aspect", "topic", "product", "words", "order")


def inbox(request: ConsoleRequest) -> HttpResponse:
    """Voices, filtered and in order."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    wanted = _wanted(request.GET)
    leaf = loop.leaf(laid, wanted, request.user.name)
    about = {
        "leaf": leaf, "wanted": wanted, "voices": _shown(request, laid, leaf.voices), "sources": SAID_IN,
        "aspects": ASPECTS, "feelings": FELT, "states": STATES_OF_VOICES, "topics": laid.table("voice_topics").to_pylist(),
        "products": [(product, loop.names_of_products(laid).get(product, product))
                     for product, _ in loop.products_spoken_of(laid)],
        "onward": _query(request, after=leaf.next), "first": _query(request, after=None), "laid": laid,
        "waiting": loop.corrections_waiting(), "orders": ORDERS_OF_VOICES, "staff_names": records.who_may_answer(),
        "most_at_once": loop.MOST_AT_ONCE, "open_days": loop.OPEN_DAYS, "asked": _asked(request.GET),
    }  # fmt: skip
    return show(request, "okaeri/console/voices.html", about)


def _wanted(given: QueryDict) -> loop.Wanted:
    asked = {name: given.get(name, "").strip()[:LONGEST] for name in ("source", "product", "aspect", "words")}
    state, feeling, order = (given.get(name, "") for name in ("state", "feeling", "order"))
    after = _number(given.get("after", ""))
    filters = loop.Filters(
        **asked, topic=_number(given.get("topic", "")), feeling=feeling if feeling in loop.FEELINGS else ""
    )
    return loop.Wanted(
        filters, state if state in loop.STATES else "open", -1 if after is None else after,
        order if order in loop.ORDERS else loop.ORDERS[0],
    )  # fmt: skip


def _asked(given: QueryDict) -> list[tuple[str, str]]:
    """What was asked for, to be sent with a verb about all of it."""
    return [(name, str(given[name])) for name in ASKED if given.get(name)]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _query(request: ConsoleRequest, after: int | None) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name != "after"}
    return "?" + urlencode(kept | ({"after": after} if after is not None else {}))


def _shown(request: ConsoleRequest, laid: Published, voices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Voices with the names they are shown by; customers' only for those who may see people."""
    sees = request.user.may("people")
    products = loop.names_of_products(laid)
    names = loop.names_of(voice["person_id"] for voice in voices) if sees else {}
    return [
        {
            **voice, "product": products.get(voice["product_id"], voice["product_id"] or ""),
            "said_in": SAID_IN.get(voice["source"], voice["source"]),
            "spoken_of": [(ASPECTS.get(each["aspect"], each["aspect"]), each["score"]) for each in voice["aspects"]],
            "name": names.get(voice["person_id"], ""), "card": _card(voice["person_id"]) if sees else "",
            "mood": mood(voice["score"]),
        }
        for voice in voices
    ]  # fmt: skip


def mood(score: float | None) -> str:
    """Which of the feelings a score is."""
    if score is None:
        return "unread"
    return "bad" if score < -loop.BAND else "good" if score > loop.BAND else "mixed"


def _card(person: str | None) -> str:
    """Where the customer's card is; empty for nobody."""
    if not person:
        return ""
    try:
        return resolve_url("console:customer", person)
    except NoReverseMatch:  # an id no address can hold
        return ""


def one(request: ConsoleRequest) -> HttpResponse:
    """One voice, with everything that can be done about it."""
    laid, voice = _found(request, request.GET.get("id", ""))
    [told] = _shown(request, laid, [voice])
    case = voice["case"]
    language = voice["language"] if voice["language"] in ("ja", "en") else request.shop.language
    drafted = proposal(voice, told["product"], request.shop.settings.shop.name, language, told["name"])
    about = {
        "voice": told, "case": case, "draft": case.draft if case and case.draft else drafted, "proposed": drafted,
        "is_own_draft": bool(case and case.draft), "staff_names": records.who_may_answer(), "scores": SCORES,
        "is_review": loop.is_review_of_ours(voice["voice_id"]), "pressed": str(voice["score"]) if voice["is_corrected"] else "",
    }  # fmt: skip
    return show(request, "okaeri/console/voice.html", about)


def _found(request: ConsoleRequest, voice_id: str) -> tuple[Published, dict[str, Any]]:
    laid = published_of(request)
    voice = loop.one(laid, voice_id) if laid and voice_id else None
    if laid is None or voice is None:
        raise Http404
    return laid, voice


def change(request: ConsoleRequest) -> HttpResponse:
    """One thing done about a voice: assigned, drafted, answered, closed, reopened, or its score put right."""
    posted = request.POST
    voice_id, verb, actor = posted.get("voice", ""), posted.get("verb", ""), request.user.name
    _found(request, voice_id)
    try:
        if verb == "assign":
            records.assign(voice_id, posted.get("assignee", ""), actor=actor)
        elif verb == "draft":
            records.draft(voice_id, posted.get("text", ""), actor=actor)
        elif verb == "answer":
            loop.answer(voice_id, posted.get("text", ""), actor=actor)
        elif verb == "correct":
            records.correct(voice_id, _score(posted.get("score", "")), actor=actor)
        elif verb in ("close", "reopen"):
            {"close": records.close, "reopen": records.reopen}[verb](voice_id, actor=actor)
        else:
            raise Http404
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=422)
    return HttpResponseRedirect(resolve_url("console:voice") + "?" + urlencode({"id": voice_id}), status=303)


def change_all(request: ConsoleRequest) -> HttpResponse:
    """All that fit what is asked are closed, or made somebody's."""
    laid, posted = published_of(request), request.POST
    if laid is None or posted.get("verb") not in ("close", "assign"):
        raise Http404
    assignee = None if posted["verb"] == "close" else posted.get("assignee", "")
    try:
        loop.change_all(laid, replace(_wanted(posted), after=-1), request.user.name, assignee=assignee)
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=422)
    return HttpResponseRedirect(resolve_url("console:voices") + "?" + urlencode(_asked(posted)), status=303)


def _score(text: str) -> float:
    """One of the steps; 9, which is none, for anything else."""
    return next((step for step in records.SCORES if str(step) == text), 9.0)


PAGE = Page(
    pgettext_lazy("console", "Voices"),
    (
        Route("voices/", "voices", inbox, "voices"),
        Route("voices/one/", "voice", one, "voices"),
        Route("voices/change/", "change_voice", change, "answer_voices", "POST"),
        Route("voices/change-all/", "change_voices", change_all, "answer_voices", "POST"),
    ),
    group="people",
)
