"""The engine for English: VADER (Hutto and Gilbert 2014), with the word list its package brings."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from okaeri.predict.sentiment.feelings import Feelings

#: VADER's compound score is x / sqrt(x^2 + 15), x being the sum of the words' valences.
_NORMAL = 15.0
#: Valence of two words of middling strength: what is thought beside the words found for the confidence.
_BESIDE = 4.0
_WORD = re.compile(r"[a-z']+")


class Vader:
    """English texts by VADER; the score is its compound."""

    id = "vader-3.3.2"

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of English ``texts``."""
        analyser = _analyser()
        score = np.array([analyser.polarity_scores(text)["compound"] for text in texts], dtype=float)
        size = np.array([abs(one) * math.sqrt(_NORMAL / max(1 - one * one, 1e-9)) for one in score])
        evidence = [_evidence(text, analyser.lexicon) for text in texts]
        return Feelings(score, size / (size + _BESIDE), evidence, [self.id] * len(texts))


@cache
def _analyser() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def _evidence(text: str, known: dict[str, float]) -> tuple[str, ...]:
    words = [word for word in _WORD.findall(text.lower()) if word in known]
    return tuple(("+" if known[word] > 0 else "-") + word for word in words)
