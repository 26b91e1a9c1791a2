"""Which voices fit what is asked of the inbox: their places among all, the newest first, by columns laid ready."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.lib.periods import day_number
from okaeri.loop import word_index
from okaeri.loop.choosing import Fits, held
from okaeri.loop.columns import column, place_in
from okaeri.loop.published import FOLDER
from okaeri.loop.published_voices import COLUMNS, VOICES
from okaeri.loop.rows import running

Places = npt.NDArray[np.int32]
#: Scores nearer to nought than this are neither good nor bad.
BAND = 0.15
FEELINGS = ("bad", "mixed", "good", "unread")
#: Of so many ids each is looked up; of more, one look through all is quicker.
FEW = 1_000
#: newest: as they are laid out; unhappy: the lowest score first, the newest of equals, those without a score last.
ORDERS = ("newest", "unhappy")


@dataclass(frozen=True)
class Filters:
    """What is asked; empty filters let everything through."""

    source: str = ""
    product: str = ""
    topic: int | None = None
    aspect: str = ""
    feeling: str = ""
    words: str = ""


def count(folder: Path) -> int:
    """How many voices the refresh in ``folder`` knows."""
    return len(_column(folder, "voice_id"))


@lru_cache(maxsize=16)
def fitting(folder: Path, asked: Filters, ids: tuple[str, ...] | None) -> Places:
    """The places, growing, of the voices that fit and, where ``ids`` is given, are among these."""
    kept = [_that_hold(folder, name, value) for name, value in _equal(asked) if value is not None]
    if asked.feeling:
        kept.append(_felt(_column(folder, "score"), asked.feeling))
    if asked.aspect:
        aspects = folder / FOLDER / VOICES / "aspects"
        kept.append(_mask(folder, column(aspects, "place").to_numpy()[held(aspects, "aspect", asked.aspect)]))
    if asked.words:
        kept.append(_mask(folder, _worded(folder, asked.words)))
    if ids is not None:
        kept.append(_mask(folder, places_of(folder, ids)))
    return np.flatnonzero(reduce(np.logical_and, kept, np.ones(count(folder), bool))).astype(np.int32)


def recent(folder: Path, first: date) -> int:
    """How many voices are of ``first`` or later: they stand before all others."""
    days = _column(folder, "voice_date")
    return bisect_right(range(len(days)), -day_number(first), key=lambda place: -day_number(days[place].as_py()))


def places_of(folder: Path, ids: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """The places of the voices with these ids, without those there are not."""
    if len(ids) <= FEW:
        found = [place for one in ids if (place := place_of(folder, one)) is not None]
        return np.array(found, np.int64)
    names = folder / FOLDER / VOICES / "names"
    among = pc.is_in(column(names, "voice_id"), value_set=pa.array(ids, pa.string())).to_numpy(zero_copy_only=False)
    return np.asarray(column(names, "place").to_numpy()[among], np.int64)


def positions(folder: Path, places: Places | range, order: str) -> Places | range:
    """Where these places stand in ``order``, growing."""
    if order == "newest" or len(places) == count(folder):
        return range(len(places)) if len(places) == count(folder) else places
    ranks = column(folder / FOLDER / VOICES / "ranks", "rank").to_numpy()
    return np.sort(ranks[np.asarray(places)])


def places_at(folder: Path, standing: Places | range, order: str) -> Places:
    """The places that stand at these positions of ``order``."""
    at = np.asarray(standing, np.int32)
    return at if order == "newest" else column(folder / FOLDER / VOICES / "unhappy", "place").to_numpy()[at]


def ids_at(folder: Path, places: Iterable[int]) -> list[str]:
    """The ids of the voices at these places."""
    found: list[str] = _column(folder, "voice_id").take(pa.array(places, type=pa.int64())).to_pylist()
    return found


def place_of(folder: Path, voice_id: str) -> int | None:
    """The place of one voice; None where there is none of this id."""
    names = folder / FOLDER / VOICES / "names"
    at = place_in(column(names, "voice_id"), voice_id)
    return None if at is None else int(column(names, "place")[at].as_py())


def rows_at(folder: Path, places: Iterable[int]) -> list[dict[str, Any]]:
    """Everything about the voices at these places."""
    wanted = pa.array(places, type=pa.int64())
    cells = {name: _column(folder, name).take(wanted).to_pylist() for name in COLUMNS}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def _column(folder: Path, name: str) -> pa.Array:
    return column(folder / FOLDER / VOICES, name)


def _equal(asked: Filters) -> list[tuple[str, object]]:
    return [("source", asked.source or None), ("product_id", asked.product or None), ("topic", asked.topic)]


def _that_hold(folder: Path, name: str, value: object) -> Fits:
    return held(folder / FOLDER / VOICES, name, value)


def _felt(scores: pa.Array, feeling: str) -> Fits:
    known = scores.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    match feeling:
        case "bad":
            return np.asarray(known < -BAND)
        case "good":
            return np.asarray(known > BAND)
        case "mixed":
            return np.asarray(np.abs(known) <= BAND)
    return np.asarray(np.isnan(known))


def _mask(folder: Path, places: npt.NDArray[Any]) -> Fits:
    mask = np.zeros(count(folder), bool)
    mask[places] = True
    return mask


def _worded(folder: Path, words: str) -> word_index.Places:
    """Places of the voices that hold ``words``, whether in small letters or capitals, as the index was made."""
    with running() as cursor:
        small = cursor.execute("SELECT lower(?)", [words]).fetchall()[0][0]
    return word_index.voices_with(folder / FOLDER / word_index.FOLDER, small)
