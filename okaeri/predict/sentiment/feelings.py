"""What a text says of a customer's mood, and what every engine that reads it out of texts looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Feelings:
    """Of n texts: ``score`` (n,) from -1 bad to 1 good, 0 without any sign; ``confidence`` (n,) from 0 nothing was found
    to 1; ``evidence`` the words that decided, each with the sign it counted with (``+満足``); ``engine`` (n,) what read
    each text."""

    score: Floats
    confidence: Floats
    evidence: list[tuple[str, ...]]
    engine: list[str]


class Engine(Protocol):
    """Reads feelings out of texts. ``id`` changes whenever the same text may get another score."""

    @property
    def id(self) -> str: ...

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of ``texts``; ``languages`` are ISO 639-1 codes, told by the script where missing."""


def placed(found: Sequence[tuple[NDArray[np.int64], Feelings]], count: int) -> Feelings:
    """Feelings of ``count`` texts from those of parts of them, each with the places its texts have."""
    score, confidence = np.zeros(count), np.zeros(count)
    evidence: list[tuple[str, ...]] = [()] * count
    engine = [""] * count
    for places, part in found:
        score[places], confidence[places] = part.score, part.confidence
        for at, place in enumerate(places.tolist()):
            evidence[place], engine[place] = part.evidence[at], part.engine[at]
    return Feelings(score, confidence, evidence, engine)
