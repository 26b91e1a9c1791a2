"""The default engine: Japanese by our lexicon, English by VADER, each text by its language."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from okaeri.predict.sentiment.english import Vader
from okaeri.predict.sentiment.feelings import Engine, Feelings, placed
from okaeri.predict.sentiment.japanese import JapaneseLexicon

#: What read a text of a language nobody here reads: it gets score 0 with confidence 0.
UNREAD = "none"

_KANA = re.compile(r"[ぁ-ヿｦ-ﾝ]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_OTHER = re.compile(r"[\u0400-\u06ff\u0900-\u0e7f\uac00-\ud7af]")


class Lexicon:
    """Reads Japanese and English."""

    def __init__(self, japanese: Engine | None = None, english: Engine | None = None):
        self.by_language: dict[str, Engine] = {"ja": japanese or JapaneseLexicon(), "en": english or Vader()}

    @property
    def id(self) -> str:
        return "+".join(engine.id for engine in self.by_language.values())

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of ``texts``, each read by the engine of its language."""
        told = languages or [None] * len(texts)
        spoken = np.array([language_of(text, known) for text, known in zip(texts, told, strict=True)], dtype=object)
        found = []
        for language in sorted(set(spoken)):
            places = np.flatnonzero(spoken == language)
            engine = self.by_language.get(language)
            mine = [texts[place] for place in places.tolist()]
            found.append((places, engine.score(mine) if engine else _unread(len(mine))))
        return placed(found, len(texts))


def language_of(text: str, told: str | None = None) -> str:
    """ISO 639-1 code of the language to read ``text`` in: what is ``told``, else by its script; "" where that is neither
    Japanese nor English. A text without letters, of faces alone, is read as Japanese."""
    if told:
        return told.lower()[:2]
    if _KANA.search(text):
        return "ja"
    if _OTHER.search(text):
        return ""
    return "en" if _LATIN.search(text) and not _HAN.search(text) else "ja"


def _unread(count: int) -> Feelings:
    return Feelings(np.zeros(count), np.zeros(count), [()] * count, [UNREAD] * count)
