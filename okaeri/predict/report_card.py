"""How far to trust a forecast: its accuracy on what followed, beside what one would have said without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from okaeri.predict.accuracy import Accuracy, accuracy, interval_coverage

#: Of each figure, its distance from the best it can be.
DISTANCES = {
    "total_bias": abs,
    "mae": abs,
    "rmse": abs,
    "decile_error": abs,
    "gini": lambda value: 1 - value,
    "spearman": lambda value: 1 - value,
}
#: Closer than this share is a draw.
DRAW = 0.005

SAME_AGAIN, MEAN, ZERO = "same_again", "mean", "zero"

BEATS = "The forecast beats {baseline} on {won} of {figures} figures."
BEATS_BUT = "The forecast beats {baseline} on {won} of {figures} figures, and loses on {losses}."
DOES_NOT = "The forecast does not beat {baseline}: it loses on {losses}."
NO_BETTER = "The forecast is no better than {baseline} on any figure."


@dataclass(frozen=True)
class Comparison:
    """A forecast beside one baseline: by name, the figures on which it is nearer to the truth, and further from it."""

    baseline: str
    won: tuple[str, ...]
    lost: tuple[str, ...]
    figures: int

    @property
    def beats(self) -> bool:
        """It wins on more figures than it loses."""
        return len(self.won) > len(self.lost)

    @property
    def sentence(self) -> str:
        """An English sentence with ``{names}`` of :attr:`values`, to be translated before they are filled in."""
        if self.beats:
            return BEATS_BUT if self.lost else BEATS
        return DOES_NOT if self.lost else NO_BETTER

    @property
    def values(self) -> dict[str, object]:
        """What is filled into the sentence."""
        return {
            "baseline": self.baseline, "won": len(self.won), "figures": self.figures, "losses": ", ".join(self.lost)
        }  # fmt: skip

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True)
class ReportCard:
    """Accuracy of a model and of each baseline by name, share of customers within their interval by its level."""

    model: Accuracy
    baselines: dict[str, Accuracy]
    coverage: dict[str, float]
    customers: float

    @property
    def comparisons(self) -> list[Comparison]:
        """The model beside each baseline."""
        return [compare(self.model, figures, name) for name, figures in self.baselines.items()]

    @property
    def usable(self) -> bool:
        """A model that does not beat each baseline is not to be used."""
        return all(one.beats for one in self.comparisons)

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Inverse of :meth:`to_json`."""
        baselines = {name: Accuracy(**figures) for name, figures in saved["baselines"].items()}
        return cls(Accuracy(**saved["model"]), baselines, dict(saved["coverage"]), saved["customers"])


def report_card(
    actual: ArrayLike,
    predicted: ArrayLike,
    same_again: ArrayLike,
    weights: ArrayLike | None = None,
    intervals: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
) -> ReportCard:
    """Of customers or rows of them, shape (n,): what came, the forecast, and what each did in the same time before.

    Baselines: ``same_again``, its mean for everybody, and zero. ``intervals`` gives bounds by level, as "0.8".
    """
    before = np.asarray(same_again, float)
    w = np.ones_like(before) if weights is None else np.asarray(weights, float)
    mean = np.full_like(before, np.average(before, weights=w))
    guesses = {SAME_AGAIN: before, MEAN: mean, ZERO: np.zeros_like(before)}
    return ReportCard(
        model=accuracy(actual, predicted, w),
        baselines={name: accuracy(actual, guess, w) for name, guess in guesses.items()},
        coverage={level: interval_coverage(actual, low, high, w) for level, (low, high) in (intervals or {}).items()},
        customers=float(w.sum()),
    )


def compare(model: Accuracy, other: Accuracy, baseline: str) -> Comparison:
    """Figure by figure; one that either of them lacks is left out, one within half a percent is a draw."""
    pairs = {
        name: (distance(getattr(model, name)), distance(getattr(other, name)))
        for name, distance in DISTANCES.items()
        if getattr(model, name) is not None and getattr(other, name) is not None
    }
    won = tuple(name for name, (ours, theirs) in pairs.items() if ours < theirs * (1 - DRAW))
    lost = tuple(name for name, (ours, theirs) in pairs.items() if theirs < ours * (1 - DRAW))
    return Comparison(baseline, won, lost, len(pairs))
