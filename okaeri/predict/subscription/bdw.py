"""BdW, the beta-discrete-Weibull: sBG in which a subscriber's own chance to leave may also change with time.

Fader, Hardie, Liu, Davin and Steenburgh (2018), "How to project customer retention revisited: the role of duration
dependence", Journal of Interactive Marketing 43:1. With c > 1 a subscriber becomes more likely to leave the longer the
subscription lasts, with c < 1 less likely; c = 1 is sBG:

    S(t) = B(alpha, beta + t^c) / B(alpha, beta),   r(t) = S(t) / S(t - 1)                          (eq. 6, 7)
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

USUAL = np.log([0.7, 2.0, 1.0])
RENEWALS_NEEDED = 3


@dataclass(frozen=True, kw_only=True)
class BdW(FittedSubscription):
    """Fitted BdW: alpha and beta as in sBG, c how the chance to leave changes with the number of renewals."""

    NAME: ClassVar[str] = "bdw"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0)

    alpha: float
    beta: float
    c: float

    @classmethod
    def fit(cls, renewals: Renewals) -> Self:
        """Maximum likelihood; NotConverged with a sentence where three renewals have not been seen or nobody left."""
        refuse_hopeless(renewals, RENEWALS_NEEDED)
        t = np.append(0.0, renewals.numbers)

        def function(at: Floats) -> tuple[float, Floats]:
            values, slopes = _survival(at, t)
            return renewals.log_likelihood(np.diff(values), np.diff(slopes, axis=1))

        return cls(**most_likely(function, USUAL, renewals, cls))

    def log_survival(self, periods: ArrayLike) -> Floats:
        """log S(t), same shape as ``periods`` (renewals, t >= 0)."""
        u = _power(np.asarray(periods, float), self.c)
        return np.minimum(special.betaln(self.alpha, self.beta + u) - special.betaln(self.alpha, self.beta), 0.0)


def _power(t: Floats, c: float) -> Floats:
    """t^c, kept below what gamma functions can tell apart."""
    return np.exp(np.minimum(c * np.log(np.maximum(t, 1e-300)), 300.0)) * (t > 0)


def _survival(at: Floats, t: Floats) -> tuple[Floats, Floats]:
    """log S(t) and its slopes by log alpha, log beta and log c, shape (3, len(t))."""
    alpha, beta, c = np.exp(at)
    u = _power(t, c)
    value = special.betaln(alpha, beta + u) - special.betaln(alpha, beta)
    whole, start = special.digamma(alpha + beta + u), special.digamma(alpha + beta)
    later = special.digamma(beta + u)
    by_alpha = alpha * (start - whole)
    by_beta = beta * (later - whole - special.digamma(beta) + start)
    by_c = (later - whole) * u * c * np.log(np.maximum(t, 1.0))
    return value, np.array([by_alpha, by_beta, by_c])
