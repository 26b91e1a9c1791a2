"""The ``lexicon`` engine for Japanese: our own words and rules, no tokeniser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np

from okaeri.predict.sentiment.feelings import Feelings
from okaeri.predict.sentiment.judging import Reading, weighed
from okaeri.predict.sentiment.scanning import plain
from okaeri.predict.sentiment.vocabulary import Vocabulary, vocabulary

#: Texts looked at together.
TOGETHER = 2_000
_MADE_OF = ("lexicon.tsv", "vocabulary.py", "scanning.py", "judging.py", "japanese.py")


class JapaneseLexicon:
    """Words of feeling, turned and weighed by the rules of :mod:`okaeri.predict.sentiment.judging`."""

    def __init__(self, words: Vocabulary | None = None):
        self.vocabulary = words or vocabulary()

    @property
    def id(self) -> str:
        return f"lexicon-{_version()}"

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of Japanese ``texts``."""
        score, confidence, evidence = np.zeros(len(texts)), np.zeros(len(texts)), []
        for place, reading in enumerate(self.readings([plain(text) for text in texts])):
            score[place], confidence[place] = weighed(reading.amounts)
            evidence.append(reading.evidence())
        return Feelings(score, confidence, evidence, [self.id] * len(texts))

    def readings(self, texts: Sequence[str]) -> Iterator[Reading]:
        """What the words of each of ``texts`` (plain) came to."""
        for first in range(0, len(texts), TOGETHER):
            for hits in self.vocabulary.scanner.scan(texts[first : first + TOGETHER]):
                reading = Reading(self.vocabulary)
                reading.read(hits)
                yield reading


@cache
def _version() -> str:
    """Changes with the words and the rules."""
    folder = files("okaeri.predict.sentiment")
    digest = blake2b(digest_size=4)
    for name in _MADE_OF:
        digest.update(folder.joinpath(name).read_bytes())
    return digest.hexdigest()
