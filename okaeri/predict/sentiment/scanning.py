"""Finds many patterns in many texts at once, without a tokeniser.

Look-ups over whole arrays throw away the places where no pattern can begin; only what is left, one letter in six, is
looked at by itself. At each place the longest pattern wins, and what it covers is not looked at again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

#: A pattern found: where it begins and ends in the text, and which it is.
Hit = tuple[int, int, int]

_BITS = 20
_WIDEST = 4
#: Lengths to try, by the longest that may be.
_FROM = ((), (1,), (2, 1), (3, 2, 1))
_MIXER = np.uint32(2654435761)


def plain(text: str) -> str:
    """The text as patterns are written: full and half width, capital and small letters made one."""
    return unicodedata.normalize("NFKC", text).lower()


class Scanner:
    """Looks for ``patterns``, which have to be plain and neither empty nor twice there."""

    def __init__(self, patterns: Iterable[str]):
        self.place = {pattern: at for at, pattern in enumerate(patterns)}
        self.starts = [np.zeros(1 << _BITS, dtype=bool) for _ in range(_WIDEST)]
        lengths: dict[str, set[int]] = {}
        for pattern in self.place:
            lengths.setdefault(pattern[:_WIDEST], set()).add(len(pattern))
            width = min(len(pattern), _WIDEST)
            self.starts[width - 1][mixed(codes_of(pattern[:width]), width)] = True
        self.lengths = {
            start: (*sorted(found - set(_FROM[3]), reverse=True), *_FROM[3]) for start, found in lengths.items()
        }

    def scan(self, texts: Sequence[str]) -> list[list[Hit]]:
        """The patterns in each of ``texts`` (plain), from left to right."""
        joined = "\n".join(texts) + "\n"
        ends = np.cumsum([len(text) + 1 for text in texts])
        widths = self._widths(codes_of(joined))
        places = np.flatnonzero(widths)
        candidates = list(zip(places.tolist(), widths[places].tolist(), strict=True))
        told, begun, begins = [], 0, 0
        for cut, end in zip(np.searchsorted(places, ends).tolist(), ends.tolist(), strict=True):
            told.append(self._longest(joined, candidates[begun:cut], begins))
            begun, begins = cut, end
        return told

    def _widths(self, codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """How many first letters of a pattern stand at each place: all it has, four at most; 0 where none begins."""
        widths = self.starts[0][mixed(codes, 1)].astype(np.uint8)
        for width in range(2, _WIDEST + 1):
            begins = self.starts[width - 1][mixed(codes, width)]
            widths[: len(begins)][begins] = width
        return widths

    def _longest(self, joined: str, candidates: list[tuple[int, int]], begins: int) -> list[Hit]:
        hits, free = [], 0
        lengths, places = self.lengths, self.place
        for at, width in candidates:
            if at < free:
                continue
            tried = lengths.get(joined[at : at + _WIDEST], _FROM[3]) if width == _WIDEST else _FROM[width]
            for length in tried:
                which = places.get(joined[at : at + length])
                if which is not None:
                    free = at + length
                    hits.append((at - begins, free - begins, which))
                    break
        return hits


def codes_of(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def mixed(codes: NDArray[np.uint32], width: int) -> NDArray[np.uint32]:
    """A number below 2^20 for each run of ``width`` letters."""
    count = max(len(codes) - width + 1, 0)
    mixed = codes[:count].copy()
    for further in range(1, width):
        mixed *= _MIXER
        mixed ^= codes[further : further + count]
    mixed *= _MIXER
    mixed >>= np.uint32(32 - _BITS)
    return mixed
