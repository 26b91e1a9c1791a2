"""Changed KPIs and the LTV they make, by the identity LTV = sum over k of P(k-th order) x value of the k-th order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


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


def kept_back(reach: ArrayLike, factors: Factors) -> bool:
    """Whether the targets ask of some step that more than all go on."""
    free = np.concatenate(
        [[1.0], np.cumprod(np.r_[factors.f2_rate, np.full(len(np.asarray(reach)) - 2, factors.repeat_rate)])]
    )
    return len(free) == len(np.asarray(reach)) and not np.allclose(free, reach_ratios(reach, factors))


def ltv_of(reach: ArrayLike, values: ArrayLike, factors: Factors = AS_NOW) -> float:
    """LTV of newcomers with P(k) ``reach`` and values ``values`` (K,) of the k-th order, after ``factors``."""
    each = np.asarray(reach, float) * reach_ratios(reach, factors) * np.asarray(values, float)
    return float(each.sum() * factors.order_value)
