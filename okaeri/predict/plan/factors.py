"""Changed KPIs and the LTV they make, by the identity LTV = sum over k of P(k-th order) x value of the k-th order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: A share of LTV less than this is not worth a word.
NOTICED = 0.01


@dataclass(frozen=True)
class Factors:
    """Times the present: newcomers a month, F2 rate, repeat rate of every later order, value of every order."""

    newcomers: float = 1.0
    f2_rate: float = 1.0
    repeat_rate: float = 1.0
    order_value: float = 1.0

    def toward(self, goal: Factors, share: float) -> Factors:
        """The point so far on the way to ``goal``: 0 here, 1 there, more beyond it."""
        names = ("newcomers", "f2_rate", "repeat_rate", "order_value")
        ends = ((getattr(self, name), getattr(goal, name)) for name in names)
        return Factors(*(max(here + share * (there - here), 0.0) for here, there in ends))


AS_NOW = Factors()


def reach_ratios(reach: ArrayLike, factors: Factors) -> Floats:
    """By what P(k) is multiplied, k = 1, 2 ... (K,), where no step of the chain may exceed 1.

    ``reach`` is P(k), falling from P(1) = 1. A step nobody took stays as it is.
    """
    now = np.asarray(reach, float)
    steps = np.divide(now[1:], now[:-1], out=np.zeros(len(now) - 1), where=now[:-1] > 0)
    wanted = steps * np.where(np.arange(len(steps)) == 0, factors.f2_rate, factors.repeat_rate)
    moved = np.divide(np.minimum(wanted, 1.0), steps, out=np.ones(len(steps)), where=steps > 0)
    return np.concatenate([[1.0], np.cumprod(moved)])


def kept_back(reach: ArrayLike, values: ArrayLike, factors: Factors) -> bool:
    """Whether the targets ask of some step that more than all go on, and a percent of LTV or more hangs on it."""
    now = np.asarray(reach, float)
    free = np.r_[1.0, np.cumprod(np.r_[factors.f2_rate, np.full(max(len(now) - 2, 0), factors.repeat_rate)])][
        : len(now)
    ]
    asked = float((now * free * np.asarray(values, float)).sum() * factors.order_value)
    return ltv_of(reach, values, factors) < asked * (1.0 - NOTICED)


def ltv_of(reach: ArrayLike, values: ArrayLike, factors: Factors = AS_NOW) -> float:
    """LTV of newcomers with P(k) ``reach`` and values ``values`` (K,) of the k-th order, after ``factors``."""
    each = np.asarray(reach, float) * reach_ratios(reach, factors) * np.asarray(values, float)
    return float(each.sum() * factors.order_value)
