"""The words of feeling as they are kept in ``lexicon.tsv``, made ready to be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from okaeri.predict.sentiment.scanning import Scanner, plain

#: What follows the stem of an i-adjective.
ADJECTIVE_ENDS = ("い", "く", "かっ", "かろう", "さ", "けれ", "過ぎ", "すぎ", "そう")
#: Hiragana words from this length on count in katakana too; shorter ones would be found inside other words.
KATAKANA_FROM = 3
KINDS = (
    "word", "fixed", "skip", "not", "less-not", "wish", "longing", "but", "turn", "more", "less", "stop", "comma", "irony",
    "mock", "open", "close",
)  # fmt: skip

_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


@dataclass(frozen=True)
class Vocabulary:
    """Patterns with the kind and weight of each, and what finds them."""

    patterns: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: tuple[float, ...]
    scanner: Scanner


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with okaeri."""
    written = files("okaeri.predict.sentiment").joinpath("lexicon.tsv").read_text(encoding="utf-8")
    return parsed(written)


def parsed(written: str) -> Vocabulary:
    """A vocabulary from lines of kind, weight and spellings. A spelling written out counts before one derived."""
    entries = list(_entries(written))
    known: dict[str, tuple[str, float]] = {"\n": ("stop", 0.0)}
    for spelling, kind, weight in entries:
        if not spelling.endswith("~"):
            known.setdefault(plain(spelling), (kind, weight))
    for spelling, kind, weight in entries:
        for derived in _derived(spelling, kind):
            known.setdefault(plain(derived), (kind, weight))
    kinds, weights = zip(*known.values(), strict=True)
    return Vocabulary(tuple(known), kinds, weights, Scanner(known))


def _entries(written: str) -> Iterator[tuple[str, str, float]]:
    for line in written.splitlines():
        if line and not line.startswith("#"):
            kind, weight, spellings = line.split("\t")
            yield from ((spelling, kind, float(weight)) for spelling in spellings.split())


def _derived(spelling: str, kind: str) -> Iterator[str]:
    """The forms of an adjective, and a hiragana word in katakana."""
    stem = spelling.removesuffix("~")
    forms = [stem + end for end in ADJECTIVE_ENDS] if spelling.endswith("~") else [spelling]
    yield from forms
    if kind in ("word", "fixed") and len(stem) >= KATAKANA_FROM and _HIRAGANA.fullmatch(stem):
        changed = stem.translate(_TO_KATAKANA)
        yield from (changed + form[len(stem) :] for form in forms)
