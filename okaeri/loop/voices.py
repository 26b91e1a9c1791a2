"""The inbox of voices: pages of it, one voice, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop import snapshots, word_index
from okaeri.loop.published import FOLDER, Published
from okaeri.loop.published_voices import FILE
from okaeri.records import voices as records
from okaeri.records.models import Correction, Person, VoiceCase
from okaeri.schema.errors import RuleRefused

TOGETHER = 40
#: Scores nearer to nought than this are neither good nor bad.
BAND = 0.15
FEELINGS = ("bad", "mixed", "good", "unread")
#: open: everything not closed; mine: open and assigned to who asks; drafted: open with a draft; closed.
STATES = ("open", "mine", "drafted", "closed", "all")
#: Cases looked through where a filter is about them: they are few beside the voices.
MOST_CASES = 5_000
LAST_PLACE = 10**12
_FELT = {
    "bad": f"score < -{BAND}", "mixed": f"score BETWEEN -{BAND} AND {BAND}", "good": f"score > {BAND}",
    "unread": "score IS NULL",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What one wants to see; empty filters let everything through. ``after`` is the place one has read to."""

    source: str = ""
    product: str = ""
    topic: int | None = None
    aspect: str = ""
    feeling: str = ""
    words: str = ""
    state: str = "open"
    after: int = -1


@dataclass(frozen=True)
class Leaf:
    """Some voices, the newest first, how many there are in all states, and the place to read on after (None: no more)."""

    voices: list[dict[str, Any]]
    count: int
    next: int | None


def leaf(laid: Published, wanted: Wanted, name: str) -> Leaf:
    """One page for ``name``. Call it with the records in use."""
    ids = _ids_of_state(wanted.state, name)
    voices, more = _open_ones(laid, wanted) if wanted.state == "open" else _page(laid, wanted, ids)
    count = _count(laid.folder, replace(wanted, after=-1, state="all"), None if ids is None else tuple(ids))
    return Leaf(_told(voices), count, voices[-1]["place"] if more and voices else None)


def _ids_of_state(state: str, name: str) -> list[str] | None:
    """The voices a state is about; None where it is about all of them."""
    rows = VoiceCase.objects.order_by("-changed_at")
    chosen = {
        "mine": rows.filter(assignee=name, is_closed=False),
        "drafted": rows.filter(is_closed=False).exclude(draft=""),
        "closed": rows.filter(is_closed=True),
    }.get(state)
    return None if chosen is None else list(chosen.values_list("voice_id", flat=True)[:MOST_CASES])


def _open_ones(laid: Published, wanted: Wanted) -> tuple[list[dict[str, Any]], bool]:
    """A page without the closed: they are few, so some more are read and the closed left out."""
    found: list[dict[str, Any]] = []
    while True:
        voices, more = _page(laid, wanted, None)
        cases = records.cases(voice["voice_id"] for voice in voices)
        closed = {voice_id for voice_id, case in cases.items() if case.is_closed}
        found += [voice for voice in voices if voice["voice_id"] not in closed]
        if len(found) >= TOGETHER or not more:
            return found[:TOGETHER], more or len(found) > TOGETHER
        wanted = replace(wanted, after=voices[-1]["place"])


def _page(laid: Published, wanted: Wanted, ids: Iterable[str] | None) -> tuple[list[dict[str, Any]], bool]:
    """The next voices: first their places, by the few columns asked about; then their rows."""
    with _asking(laid.folder, ids, wanted.words) as connection:
        places = _next_places(connection, laid.folder, wanted, ids)
        chosen = places[:TOGETHER]
        if not chosen:
            return [], False
        rows = connection.execute(
            f"SELECT * FROM voices WHERE place BETWEEN {chosen[0]} AND {chosen[-1]} "
            f"AND place IN ({', '.join(map(str, chosen))}) ORDER BY place"
        )
        return rows.to_arrow_table().to_pylist(), len(places) > TOGETHER


def _next_places(
    connection: duckdb.DuckDBPyConnection, folder: Path, wanted: Wanted, ids: Iterable[str] | None
) -> list[int]:
    """Places of one voice more than fit on a page."""
    after = min(wanted.after, LAST_PLACE)
    if wanted.words and _is_only_words(wanted, ids):
        worded = _worded(folder, wanted.words)
        first = int(np.searchsorted(worded, after, side="right"))
        return [int(place) for place in worded[first : first + TOGETHER + 1]]
    where, values = _where(wanted, ids)
    places = connection.execute(
        f"SELECT place FROM voices WHERE {where} AND place > ? ORDER BY place LIMIT {TOGETHER + 1}", [*values, after]
    ).fetchall()
    return [place for (place,) in places]


def _is_only_words(wanted: Wanted, ids: Iterable[str] | None) -> bool:
    return ids is None and replace(wanted, words="", after=-1, state="open") == Wanted()


def _where(wanted: Wanted, ids: Iterable[str] | None) -> tuple[str, list[Any]]:
    parts: list[tuple[str, Any]] = [("true", None)]
    parts += [
        (f"{name} = ?", value) for name, value in (("source", wanted.source), ("product_id", wanted.product)) if value
    ]
    if wanted.topic is not None:
        parts.append(("topic = ?", wanted.topic))
    if wanted.aspect:
        parts.append(("list_contains(list_transform(aspects, one -> one.aspect), ?)", wanted.aspect))
    if wanted.words:
        parts.append(("place IN (SELECT place FROM worded)", None))
    if wanted.feeling in _FELT:
        parts.append((_FELT[wanted.feeling], None))
    if ids is not None:
        parts.append(("voice_id IN (SELECT voice_id FROM chosen)", None))
    return " AND ".join(part for part, _ in parts), [value for part, value in parts if "?" in part]


def _asking(folder: Any, ids: Iterable[str] | None, words: str = "") -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.read_parquet(str(folder / FOLDER / FILE)).create_view("voices")
    if words:
        connection.register("worded", pa.table({"place": _worded(folder, words)}))
    if ids is not None:
        connection.register("chosen", pa.table({"voice_id": pa.array(list(ids), pa.string())}))
    return connection


@lru_cache(maxsize=256)
def _count(folder: Any, wanted: Wanted, ids: tuple[str, ...] | None) -> int:
    if _is_only_words(wanted, ids):
        return len(_worded(folder, wanted.words)) if wanted.words else _rows(folder)
    with _asking(folder, ids, wanted.words) as connection:
        where, values = _where(wanted, ids)
        counted = connection.execute(f"SELECT count(*) FROM voices WHERE {where}", values).fetchone()
    return int(counted[0]) if counted else 0


@lru_cache(maxsize=32)
def _worded(folder: Path, words: str) -> word_index.Places:
    """Places of the voices that hold ``words``, whether in small letters or capitals."""
    with duckdb.connect() as connection:
        small = connection.execute("SELECT lower(?)", [words]).fetchall()[0][0]
    return word_index.voices_with(folder / FOLDER / word_index.FOLDER, small)


def _rows(folder: Path) -> int:
    return int(pq.read_metadata(folder / FOLDER / FILE).num_rows)


def one(laid: Published, voice_id: str) -> dict[str, Any] | None:
    """One voice; None where there is none. Call it with the records in use."""
    with _asking(laid.folder, [voice_id]) as connection:
        rows = connection.execute("SELECT * FROM voices WHERE voice_id = ?", [voice_id]).to_arrow_table().to_pylist()
    return _told(rows)[0] if rows else None


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
    with _asking(laid.folder, None) as connection:
        rows = connection.execute(
            "SELECT product_id, count(*) AS n FROM voices WHERE product_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 100"
        ).fetchall()
    return tuple((str(product), int(count)) for product, count in rows)


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
