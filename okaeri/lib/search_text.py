"""Text in the one form in which it is searched: whatever width, case, kana or old kanji it is typed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from okaeri.lib.kanji_forms import NEW_FORM

_HIRAGANA_UP: dict[int, int | str] = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_DASHES: dict[int, int | str] = dict.fromkeys(map(ord, "‐‑‒–—―−ー─－"), "-")
_FORM = NEW_FORM | _HIRAGANA_UP | _DASHES
_NUMBER = re.compile(r"[+(]?\d[\d() .+-]*")
_LEAST_DIGITS = 3
#: Between what was written apart, so that no search runs over the end of one into the next.
APART = "\n"


def searchable(text: str) -> str:
    """One form for everything that reads the same: full width, small letters, katakana, new kanji, one kind of dash."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_FORM)


def kept_text(words: Iterable[str], numbers: Iterable[str]) -> str:
    """What is kept of somebody to be searched: ``words`` without blanks, ``numbers`` as digits alone."""
    told = ["".join(searchable(word).split()) for word in words]
    digits = ["".join(filter(str.isdecimal, searchable(number))) for number in numbers]
    return APART.join(dict.fromkeys(part for part in (*told, *digits) if part))


def terms(query: str) -> tuple[str, ...]:
    """What each has to stand in the kept text: the words of ``query``; of numbers the digits, with or without dashes."""
    whole = searchable(query).strip()
    words = [whole] if _NUMBER.fullmatch(whole) else whole.split()
    return tuple(dict.fromkeys(_digits(word) for word in words if word))


def _digits(word: str) -> str:
    digits = "".join(filter(str.isdecimal, word))
    if not _NUMBER.fullmatch(word) or len(digits) < _LEAST_DIGITS:
        return word
    return digits.removeprefix("81") if word.startswith("+81") else digits


def pieces(term: str) -> tuple[str, ...]:
    """Pieces that stand in every text in which ``term`` stands, by which databases look texts up: three letters from
    each ASCII one on, two from each other one on, or that one alone. None for a term of one or two ASCII letters.
    """
    threes = [term[at : at + 3] for at in range(len(term) - 2) if term[at].isascii()]
    twos = [term[at : at + 2] for at in range(len(term) - 1) if not term[at].isascii()]
    return tuple(dict.fromkeys(threes + twos or [letter for letter in term if not letter.isascii()]))
