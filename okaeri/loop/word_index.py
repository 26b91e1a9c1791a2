"""Where every two letters stand in the texts of voices, laid out by a refresh: words are found without reading a text.

All texts are written one after the other, each ended by a mark, and every letter's place is sorted by the letter and
the one after it. A word stands where its pairs of letters stand one behind the other; so what is found is exact. Texts
are taken in segments small enough to be sorted in memory as one number per letter: two letters and their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Places = npt.NDArray[np.int64]
_Letters = npt.NDArray[np.uint32]
FOLDER = "words"
#: The longest word that is looked for; small letters may be more than the capitals they are of.
LONGEST = 400
#: The mark at the end of a text: no letter of Unicode.
END = 0x110000
#: A letter has 21 bits, so 22 are left for its place in a segment.
LETTER, PLACE = np.uint64(21), np.uint64(22)
ONLY_PLACE = np.uint64((1 << 22) - 1)
MOST_LETTERS = 1 << 22


class Segment(NamedTuple):
    """Some texts: pairs of letters in their order, where each pair's places begin (one more than pairs), the places; by
    text the place of its end mark and the number of its voice."""

    pairs: npt.NDArray[np.uint64]
    begins: npt.NDArray[np.int64]
    places: _Letters
    ends: _Letters
    voices: Places


def lay_out(texts: Iterable[tuple[pa.Array, pa.Array]], folder: Path) -> None:
    """Write the index of ``texts``: batches of numbers of voices, growing, and of their texts in small letters."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, (voices, letters) in enumerate(_segments(texts), start=1):
        for name, values in _sorted(voices, letters)._asdict().items():
            np.save(folder / f"{count - 1}-{name}.npy", values)
    (folder / "segments").write_text(str(count), encoding="ascii")


def voices_with(folder: Path, word: str) -> Places:
    """The numbers of the voices in whose text ``word`` stands, in small letters, growing."""
    letters = np.frombuffer(word.encode("utf-32-le"), np.uint32).astype(np.uint64)
    found = np.concatenate([np.array([], np.int64), *(_found(segment, letters) for segment in _read(folder))])
    # A text too long for one segment stands in two, one after the other.
    return found[np.append(True, found[1:] != found[:-1])[: len(found)]]


def _segments(texts: Iterable[tuple[pa.Array, pa.Array]]) -> Iterator[tuple[list[int], list[_Letters]]]:
    """Texts with their end marks, as many together as a segment holds."""
    voices: list[int] = []
    letters: list[_Letters] = []
    held = 0
    for voice, text in _parts(texts):
        if held + len(text) > MOST_LETTERS:
            yield voices, letters
            voices, letters, held = [], [], 0
        voices.append(voice)
        letters.append(text)
        held += len(text)
    if voices:
        yield voices, letters


def _parts(texts: Iterable[tuple[pa.Array, pa.Array]]) -> Iterator[tuple[int, _Letters]]:
    """Each voice's letters and the end mark; a text longer than a segment in parts that overlap by a word."""
    for numbers, words in texts:
        ends = np.cumsum(pc.utf8_length(words).to_numpy(zero_copy_only=False))
        codes = np.frombuffer("".join(words.to_pylist()).encode("utf-32-le"), np.uint32)
        marked = np.insert(codes, ends, END)
        starts = np.concatenate([[0], ends[:-1]]) + np.arange(len(ends))
        for voice, start, end in zip(numbers.to_pylist(), starts, ends + np.arange(len(ends)) + 1, strict=True):
            for first in range(start, max(end - LONGEST, start + 1), MOST_LETTERS - LONGEST):
                part = marked[first : min(first + MOST_LETTERS - 1, end)]
                yield voice, part if part[-1] == END else np.append(part, np.uint32(END))


def _sorted(voices: list[int], texts: list[_Letters]) -> Segment:
    letters = np.concatenate(texts).astype(np.uint64)
    marks = np.flatnonzero(letters == END)
    keys = letters << LETTER
    keys[:-1] |= letters[1:]
    keys = (keys << PLACE) | np.arange(len(keys), dtype=np.uint64)
    keys = np.sort(keys[letters != END])
    places, pairs = (keys & ONLY_PLACE).astype(np.uint32), keys >> PLACE
    begins = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])) if len(pairs) else np.array([], np.int64)
    ends, numbers = marks.astype(np.uint32), np.array(voices, np.int64)
    return Segment(pairs[begins], np.append(begins, len(pairs)), places, ends, numbers)


@lru_cache(maxsize=4)
def _read(folder: Path) -> tuple[Segment, ...]:
    """The segments, mapped: only what is looked at is read."""
    count = int((folder / "segments").read_text(encoding="ascii"))
    return tuple(
        Segment(*(np.load(folder / f"{number}-{name}.npy", mmap_mode="r") for name in Segment._fields))
        for number in range(count)
    )


def _found(segment: Segment, letters: npt.NDArray[np.uint64]) -> Places:
    """The voices in whose text the letters stand one behind the other."""
    alone = letters[0] << LETTER
    places: npt.NDArray[Any] = (
        _between(segment, alone, alone + (np.uint64(1) << LETTER)) if len(letters) == 1 else _chained(segment, letters)
    )
    ended = np.bincount(np.searchsorted(segment.ends, places), minlength=len(segment.ends))
    return np.asarray(segment.voices[np.flatnonzero(ended)])


def _chained(segment: Segment, letters: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Where the word begins: of its rarest pair's places those from which every other pair is as far as in the word."""
    offsets = [*range(0, len(letters) - 2, 2), len(letters) - 2]
    pairs = [letters[at] << LETTER | letters[at + 1] for at in offsets]
    chains = [_between(segment, pair, pair + np.uint64(1)) for pair in pairs]
    (first, rarest), *others = sorted(zip(offsets, chains, strict=True), key=lambda one: len(one[1]))
    begins = rarest.astype(np.int64) - first
    for at, places in others:
        if not len(begins):
            break
        wanted = begins + at
        near = np.minimum(np.searchsorted(places, wanted), max(len(places) - 1, 0))
        begins = begins[places[near] == wanted] if len(places) else begins[:0]
    return begins


def _between(segment: Segment, first: np.uint64, end: np.uint64) -> _Letters:
    """The places of all pairs from ``first`` to before ``end``."""
    low, high = np.searchsorted(segment.pairs, np.array([first, end], np.uint64))
    return segment.places[segment.begins[low] : segment.begins[high]]
