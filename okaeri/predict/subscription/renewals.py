"""What is known of renewals: per renewal, how many subscribers came to it and how many left there.

Cohorts of different age, subscribers still there today and subscribers who were there before the records begin all
reduce to these two counts: given the parameters, a renewal depends on how many went before it and on nothing else
(Fader and Hardie, note 017, "Fitting the sBG model to multi-cohort data").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Renewals:
    """Counts at the first, second ... renewal, shape (K,) each; ``subscribers`` is how many people they come from."""

    at_risk: Floats
    lost: Floats
    subscribers: float

    def __post_init__(self) -> None:
        if len(self.at_risk) != len(self.lost) or (self.lost < 0).any() or (self.lost > self.at_risk).any():
            raise ValueError("at each renewal between none and all of the subscribers who come to it can leave")

    @classmethod
    def of_cohorts(cls, *cohorts: Sequence[float]) -> Self:
        """Of each cohort, its size and how many were left after the first, second ... renewal: never rising.

        Cohorts may have seen different numbers of renewals.
        """
        longest = max(len(cohort) for cohort in cohorts) - 1
        at_risk, lost = np.zeros(longest), np.zeros(longest)
        for cohort in cohorts:
            left = np.asarray(cohort, float)
            at_risk[: len(left) - 1] += left[:-1]
            lost[: len(left) - 1] -= np.diff(left)
        return cls(at_risk, lost, float(sum(cohort[0] for cohort in cohorts)))

    @classmethod
    def of_histories(
        cls, renewed: ArrayLike, left: ArrayLike, weights: ArrayLike | None = None, entered: ArrayLike = 0
    ) -> Self:
        """Of distinct rows, shape (n,): renewals made so far, whether the next one was refused, ``weights`` subscribers.

        ``entered`` is how many renewals had been made before the records begin (0: followed from the start).
        """
        n, gone = np.asarray(renewed, int), np.asarray(left, bool)
        w = np.ones(len(n)) if weights is None else np.asarray(weights, float)
        first = np.broadcast_to(entered, n.shape)
        last = n + gone
        size = int(last.max(initial=0))
        came = np.bincount(first, w, minlength=size + 1) - np.bincount(last, w, minlength=size + 1)
        lost = np.bincount(n[gone], w[gone], minlength=size)
        return cls(np.maximum(np.cumsum(came)[:size], lost), lost.astype(float), float(w.sum()))

    @property
    def numbers(self) -> Floats:
        """1, 2, ... K: which renewal each count belongs to."""
        return np.arange(1.0, len(self.at_risk) + 1)

    @property
    def observed_survival(self) -> Floats:
        """Share still there after each renewal, by Kaplan and Meier, shape (K,)."""
        risk = np.where(self.at_risk > 0, self.at_risk, 1.0)
        return np.cumprod(1 - self.lost / risk, dtype=float)

    def log_likelihood(self, log_retention: Floats, slopes: Floats) -> tuple[float, Floats]:
        """Of a model with these log retention rates (K,) and their slopes by its parameters (k, K): value, gradient."""
        # a rate of one is kept a hair away, or leaving would be impossible
        away = np.maximum(-log_retention, 1e-200)
        kept = self.at_risk - self.lost
        value = self.lost @ np.log(-np.expm1(-away))
        return float(value - kept @ away), slopes @ (kept - self.lost / np.expm1(away))
