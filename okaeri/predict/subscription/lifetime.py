"""What follows from any survival curve: retention, chances to stay, and the renewals still to come, discounted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: What is left out of an endless sum, as a share of it; and the longest sum there is.
REST = 1e-12
MOST_TERMS = 500_000


class Survival(Protocol):
    """A model that knows the logarithm of the share still there after t renewals."""

    def log_survival(self, periods: ArrayLike) -> Floats:
        """log S(t), same shape, at most 0 and never rising."""


def survival(model: Survival, periods: ArrayLike, survived: ArrayLike = 0) -> Floats:
    """S(n + t) / S(n): chance to be there after ``periods`` (t) more renewals, having ``survived`` n; broadcast."""
    n = np.asarray(survived, float)
    return np.exp(np.minimum(model.log_survival(n + np.asarray(periods, float)) - model.log_survival(n), 0.0))


def retention(model: Survival, renewal: ArrayLike) -> Floats:
    """r(t) = S(t) / S(t - 1): chance that a subscriber who comes to the t-th renewal (t >= 1) renews; same shape."""
    return survival(model, 1.0, np.asarray(renewal, float) - 1)


def survival_interval(
    models: Sequence[Survival], periods: ArrayLike, survived: ArrayLike = 0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Lower and upper bound of :func:`survival` over draws of a model's parameters (:meth:`Fitted.draws`)."""
    curves = np.array([survival(model, periods, survived) for model in models])
    low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def discounted_renewals(
    model: Survival, survived: ArrayLike = 0, discount: float = 0.0, horizon: int | None = None
) -> Floats:
    """Expected renewals still to come of subscribers who have ``survived`` n (whole numbers), each discounted: (n,).

        sum over k = 1 .. horizon of S(n + k) / S(n) / (1 + discount)^k

    ``discount`` is per renewal period, ``horizon`` counts renewals; without one the sum is endless and ``discount``
    must be above 0. The first of them is one period away, so this is the discounted expected residual lifetime of
    Fader and Hardie (2010), Marketing Science 29:85, times (1 + discount)^-1, at their n + 1. Raises ValueError where
    the discount is so small that the endless sum has no end.
    """
    n = np.asarray(survived, int)
    terms = _terms(discount) if horizon is None else horizon
    most = int(n.max(initial=0)) + terms
    times = np.arange(most + 1.0)
    logs = model.log_survival(times) - times * math.log1p(discount)
    # log of the sum of all terms from t on; the last is followed by none
    onward = np.append(np.logaddexp.accumulate(logs[::-1])[::-1], -np.inf)
    start = logs[n]
    return np.exp(onward[n + 1] - start) - np.exp(onward[np.minimum(n + terms, most) + 1] - start)


def _terms(discount: float) -> int:
    """How many terms of an endless discounted sum are worth adding."""
    if discount <= 0 or (terms := math.ceil(-math.log(REST * discount) / math.log1p(discount))) > MOST_TERMS:
        raise ValueError("an endless sum of renewals needs a discount rate; or give a horizon")
    return terms
