"""The inbox of voices: pages of it, one voice, and what is done about it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from okaeri.loop import snapshots
from okaeri.loop.closed_voices import closed
from okaeri.loop.columns import column
from okaeri.loop.published import Published
from okaeri.loop.published_voices import VOICES
from okaeri.loop.voice_places import BAND as BAND
from okaeri.loop.voice_places import FEELINGS as FEELINGS
from okaeri.loop.voice_places import ORDERS as ORDERS
from okaeri.loop.voice_places import Filters as Filters
from okaeri.loop.voice_places import (
    Places,
    count,
    fitting,
    ids_at,
    place_of,
    places_at,
    positions,
    recent,
    rows_at,
)
from okaeri.records import voices as records
from okaeri.records.models import Correction, Person, VoiceCase
from okaeri.schema.errors import RuleRefused

TOGETHER = 40
#: Days after which a voice nobody took up counts as open no more: an answer would come too late.
OPEN_DAYS = 90
#: open: of the last OPEN_DAYS and not closed; older: before them and not closed; mine: open and assigned to who asks;
#: drafted: open with a draft; closed.
STATES = ("open", "older", "mine", "drafted", "closed", "all")
#: Cases looked through where a filter is about them: they are few beside the voices.
MOST_CASES = 5_000
#: Voices closed or assigned by one verb.
MOST_AT_ONCE = 1_000
#: Places of voices that fit, growing.
Fitting = range | Places


@dataclass(frozen=True)
class Wanted:
    """What one wants to see; ``after`` is the position one has read to, in ``order``."""

    filters: Filters = field(default_factory=Filters)
    state: str = "open"
    after: int = -1
    order: str = "newest"


@dataclass(frozen=True)
class Leaf:
    """Some voices in order, how many there are that fit, and the position to read on after (None: no more)."""

    voices: list[dict[str, Any]]
    count: int
    next: int | None


def leaf(laid: Published, wanted: Wanted, name: str) -> Leaf:
    """One page for ``name``. Call it with the records in use."""
    standing = positions(laid.folder, _places(laid, wanted, name), wanted.order)
    first = bisect_right(standing, wanted.after)
    shown = standing[first : first + TOGETHER]
    voices = rows_at(laid.folder, places_at(laid.folder, shown, wanted.order))
    return Leaf(_told(voices), len(standing), int(shown[-1]) if len(standing) > first + TOGETHER else None)


def _places(laid: Published, wanted: Wanted, name: str) -> Fitting:
    """The places of those that fit and are in the state asked for, growing."""
    ids, asked = _ids_of_state(wanted.state, name), wanted.filters
    is_everything = ids is None and asked == Filters()
    # All places in their order need not be looked for.
    fit = (
        range(count(laid.folder)) if is_everything else fitting(laid.folder, asked, None if ids is None else tuple(ids))
    )
    if wanted.state not in ("open", "older"):
        return fit
    first = laid.as_of - timedelta(days=OPEN_DAYS)
    edge = bisect_left(fit, recent(laid.folder, first))
    of_age, since = (fit[:edge], first) if wanted.state == "open" else (fit[edge:], None)
    places = np.arange(of_age.start, of_age.stop, dtype=np.int32) if isinstance(of_age, range) else of_age
    return places[~closed(laid.folder, since)[places]]


def _ids_of_state(state: str, name: str) -> list[str] | None:
    """The voices a state is about; None where it is about all of them."""
    rows = VoiceCase.objects.order_by("-changed_at")
    chosen = {
        "mine": rows.filter(assignee=name, is_closed=False),
        "drafted": rows.filter(is_closed=False).exclude(draft=""),
        "closed": rows.filter(is_closed=True),
    }.get(state)
    return None if chosen is None else list(chosen.values_list("voice_id", flat=True)[:MOST_CASES])


def change_all(laid: Published, wanted: Wanted, name: str, *, assignee: str | None) -> int:
    """Close all that fit what is asked, or make them ``assignee``'s: the first MOST_AT_ONCE in its order; how many.

    Asked again it goes on where it ended, and changes nothing that is already so.
    """
    standing = positions(laid.folder, _places(laid, wanted, name), wanted.order)[:MOST_AT_ONCE]
    ids = ids_at(laid.folder, places_at(laid.folder, standing, wanted.order))
    told = {key: value for key, value in asdict(wanted.filters).items() if value not in ("", None)}
    return records.change_all(ids, actor=name, assignee=assignee, asked={"state": wanted.state, **told})


def one(laid: Published, voice_id: str) -> dict[str, Any] | None:
    """One voice; None where there is none. Call it with the records in use."""
    place = place_of(laid.folder, voice_id)
    return None if place is None else _told(rows_at(laid.folder, [place]))[0]


def _told(voices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Voices with what people of the shop did about them: the score they put right stands at once."""
    ids = [voice["voice_id"] for voice in voices]
    cases, corrections = records.cases(ids), records.corrections(ids)
    return [
        {
            **voice, "case": cases.get(voice["voice_id"]), "read_score": voice["score"],
            "score": corrections.get(voice["voice_id"], voice["score"]), "is_corrected": voice["voice_id"] in corrections,
        }
        for voice in voices
    ]  # fmt: skip


@lru_cache(maxsize=8)
def products_spoken_of(laid: Published) -> tuple[tuple[str, int], ...]:
    """The products most is said about, each with the number of voices."""
    counted = column(laid.place(VOICES), "product_id").drop_null().value_counts().to_pylist()
    pairs = sorted(((str(one["values"]), int(one["counts"])) for one in counted), key=lambda pair: (-pair[1], pair[0]))
    return tuple(pairs[:100])


@lru_cache(maxsize=8)
def names_of_products(laid: Published) -> dict[str, str]:
    """Each product's name by its id."""
    rows = laid.table("products")
    pairs = zip(rows["product_id"].to_pylist(), rows["name"].to_pylist(), strict=True)
    return {product: name or product for product, name in pairs}


def names_of(person_ids: Iterable[str]) -> dict[str, str]:
    """Names of customers, for those who may see people."""
    wanted = [one for one in person_ids if one]
    return dict(Person.objects.filter(customer_id__in=wanted).values_list("customer_id", "name"))


def corrections_waiting() -> int:
    """Scores put right since the latest refresh: it did not know them."""
    latest = snapshots.latest_refresh()
    rows = Correction.objects.all()
    return rows.filter(at__gt=latest.started_at).count() if latest else rows.count()


def answer(voice_id: str, text: str, *, actor: str) -> None:
    """Publish the answer to a review, or note that the customer was answered; then close the voice.

    Raises RuleRefused for an empty answer.
    """
    from okaeri.programs.reviews import actions
    from okaeri.programs.reviews.models import Review

    if not text.strip():
        raise RuleRefused("Write the answer first")
    now = snapshots.now()
    if voice_id.startswith("review:"):
        found = Review.objects.filter(key=voice_id.removeprefix("review:")).first()
        if found is not None:
            actions.reply(found.pk, text.strip(), now, actor)
    records.answered(voice_id, text.strip(), now, actor=actor)


def is_review_of_ours(voice_id: str) -> bool:
    """Whether an answer to the voice is shown beside it on the shop's pages."""
    from okaeri.programs.reviews.models import Review

    key = voice_id.removeprefix("review:")
    return voice_id.startswith("review:") and Review.objects.filter(key=key).exists()
