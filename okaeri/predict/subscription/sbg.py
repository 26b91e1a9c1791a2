"""sBG, the shifted beta-geometric: each subscriber leaves at each renewal with an own chance, beta over subscribers.

Fader and Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21:76. With theta, the
chance to leave, beta(alpha, beta):

    S(t) = B(alpha, beta + t) / B(alpha, beta)                                                      (eq. 6)
    r(t) = S(t) / S(t - 1) = (beta + t - 1) / (alpha + beta + t - 1)                                (eq. 8)

Retention rises with t though nobody becomes more loyal: those who leave easily are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.subscription.fitting import FittedSubscription, most_likely, refuse_hopeless
from okaeri.predict.subscription.renewals import Renewals

Floats = NDArray[np.float64]

USUAL = np.log([0.7, 2.0])
RENEWALS_NEEDED = 2


@dataclass(frozen=True, kw_only=True)
class SBG(FittedSubscription):
    """Fitted sBG; the mean chance to leave at the first renewal is alpha / (alpha + beta)."""

    NAME: ClassVar[str] = "sbg"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 0.0)

    alpha: float
    beta: float

    @classmethod
    def fit(cls, renewals: Renewals) -> Self:
        """Maximum likelihood; NotConverged with a sentence where two renewals have not been seen or nobody has left."""
        refuse_hopeless(renewals, RENEWALS_NEEDED)
        t = renewals.numbers
        return cls(**most_likely(lambda at: renewals.log_likelihood(*_retention(at, t)), USUAL, renewals, cls))

    def log_survival(self, periods: ArrayLike) -> Floats:
        """log S(t), same shape as ``periods`` (renewals, t >= 0)."""
        t = np.asarray(periods, float)
        return np.minimum(special.betaln(self.alpha, self.beta + t) - special.betaln(self.alpha, self.beta), 0.0)


def _retention(at: Floats, t: Floats) -> tuple[Floats, Floats]:
    """log r(t) and its slopes by log alpha and log beta, shape (2, K)."""
    alpha, beta = np.exp(at)
    kept, all_of = beta + t - 1, alpha + beta + t - 1
    slopes = np.array([-alpha / all_of, beta * (1 / np.maximum(kept, 1e-300) - 1 / all_of)])
    return -np.log1p(alpha / kept), slopes
