"""Intervals of totals: of many customers from draws of single ones, and as wide as past forecasts were wrong.

A model knows the chance of single customers and of its parameters. It does not know what moves all customers together:
seasons, fashions, a change of the shop. Intervals of totals from the model alone are therefore too narrow, and are
widened by how far earlier forecasts, each from its own origin in time, missed what followed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

#: How many past forecasts the belief is worth that the model's own interval is right: few, as it mostly is not.
BELIEF = 1.0
#: From how many customers on the draws of a row stand for a crowd.
MANY = 16


def compound_draws(orders: ArrayLike, order_values: ArrayLike) -> Floats:
    """Draws of what a customer of each row brings: number of orders times mean order value, both (draws, n)."""
    return np.asarray(orders, float) * np.asarray(order_values, float)


def total_draws(draws: ArrayLike, expected: ArrayLike, weights: ArrayLike) -> Floats:
    """Draws (D,) of the total over all customers, of draws (D, n) for one customer of each row.

        total = sum over rows of w mean + sqrt(w) (draw - mean)

    A row of w customers has w times the mean and w times the variance of one; with w = 1 it is the draw itself. From
    w = :data:`MANY` on, (draw - mean) is the sum of that many draws over sqrt(:data:`MANY`), as the sum over many
    customers is far less lopsided than a single one. Totals that fall below 0 by this are set to 0.

    ``expected`` is the mean, as the model knows it (the draws' own would bring in their chance error w times): (n,) or,
    where each draw has its own parameters, (D, n), which are common to all customers and scale with w.
    """
    mean, w = np.asarray(expected, float), np.asarray(weights, float)
    away = np.asarray(draws, float) - mean
    lone = w < MANY
    noise = away[:, lone] @ np.sqrt(w[lone]) + _summed(away[:, ~lone] @ np.sqrt(w[~lone]))
    return np.maximum((w * mean).sum(axis=-1) + noise, 0.0)


def _summed(noise: Floats) -> Floats:
    """Each draw (D,) together with others of its kind, at the same variance."""
    count = min(MANY, len(noise))
    # squares lie apart by ever different steps, so that two sums share one draw at most as a rule
    return np.sum([np.roll(noise, place * place) for place in range(count)], axis=0) / np.sqrt(count)


@dataclass(frozen=True)
class Interval:
    """A forecast with its bounds, all at least 0."""

    low: float
    middle: float
    high: float


def interval(draws: ArrayLike, level: float = 0.8) -> Interval:
    """Median and the middle ``level`` of draws (D,)."""
    low, middle, high = np.quantile(np.asarray(draws, float), [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Interval(float(low), float(middle), float(high))


@dataclass(frozen=True)
class TotalCalibration:
    """How much wider intervals of totals have to be, learned from forecasts that have come due.

    ``spread`` is the size of their errors in units of what the model expected (1: the model is right), ``certainty``
    the number of forecasts behind it, with the belief that the model is right counted in; ``mean_ratio`` is the
    geometric mean of actual / predicted, to be shown and not to be corrected for: the last error is no forecast of the
    next.
    """

    origins: int
    mean_ratio: float
    spread: float
    certainty: float

    def factor(self, level: float) -> float:
        """By how much the half-width of an interval with this level has to grow, at least 1."""
        upper = (1 + level) / 2
        grown = self.spread * float(special.stdtrit(self.certainty, upper) / special.ndtri(upper))
        return max(grown, 1.0) if self.origins else 1.0

    def widened(self, forecast: Interval, level: float) -> Interval:
        """The forecast with its bounds moved away from the middle, by ratio, so that none falls below 0."""
        if min(forecast.low, forecast.middle) <= 0:
            return forecast
        by = self.factor(level)
        low, high = (by * (np.log(bound) - np.log(forecast.middle)) for bound in (forecast.low, forecast.high))
        return Interval(*(float(forecast.middle * np.exp(np.clip(way, -500, 500))) for way in (low, 0.0, high)))

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`."""
        return cls(**saved)


def calibrate_totals(actual: ArrayLike, forecasts: list[Interval], level: float) -> TotalCalibration:
    """From totals that came, shape (K,), and what was forecast with ``level`` from each of K origins before.

    Each error is log(actual / predicted) over the model's own standard deviation of it, taken from its interval. Their
    variance is estimated with a scaled inverse chi-square prior worth :data:`BELIEF` forecasts at 1, which makes the
    error of the next a Student law with K + BELIEF degrees of freedom. Origins with nothing sold or nothing forecast
    have no ratio and are left out.
    """
    came = np.asarray(actual, float)
    low, middle, high = np.array([(one.low, one.middle, one.high) for one in forecasts]).reshape(-1, 3).T
    used = (came > 0) & (low > 0) & (high > low)
    errors = np.log(came[used]) - np.log(middle[used])
    own = (np.log(high[used]) - np.log(low[used])) / (2 * special.ndtri((1 + level) / 2))
    certainty = BELIEF + len(errors)
    spread = np.sqrt((BELIEF + ((errors / own) ** 2).sum()) / certainty)
    return TotalCalibration(len(errors), float(np.exp(errors.mean())) if len(errors) else 1.0, float(spread), certainty)
