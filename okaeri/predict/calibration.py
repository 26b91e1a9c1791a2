"""Whether forecast chances come true: as many as were said to leave, by groups of alike chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CalibrationRow:
    """One group: how many trials, the mean chance they were given, the share that came true with its 95 % interval."""

    trials: float
    expected_rate: float
    observed_rate: float
    low: float
    high: float


def calibration_table(
    chances: ArrayLike, trials: ArrayLike, events: ArrayLike, groups: int = 10
) -> list[CalibrationRow]:
    """Rows of (n,) chances with their trials and events, in up to ``groups`` groups of about as many trials each.

    Groups rise by chance; rows of one chance are never torn apart. The interval is Wilson's (1927).
    """
    p, n, y = (np.asarray(values, float) for values in (chances, trials, events))
    p, n, y = p[n > 0], n[n > 0], y[n > 0]
    levels, place = np.unique(p, return_inverse=True)
    mass = np.bincount(place, n, minlength=len(levels))
    # the group of the middle trial of all with this chance
    group = np.minimum((np.cumsum(mass) - mass / 2) * groups / max(mass.sum(), 1e-300), groups - 1).astype(int)[place]
    return [_row(p[group == one], n[group == one], y[group == one]) for one in np.unique(group)]


def expected_calibration_error(table: list[CalibrationRow]) -> float:
    """Mean distance between expected and observed rate, over trials; 0 without any."""
    trials = sum(row.trials for row in table)
    return sum(row.trials * abs(row.expected_rate - row.observed_rate) for row in table) / trials if trials else 0.0


def _row(p: Floats, n: Floats, y: Floats) -> CalibrationRow:
    trials, rate = float(n.sum()), float(y.sum() / n.sum())
    low, high = wilson(rate, trials)
    return CalibrationRow(trials, float((p * n).sum() / trials), rate, low, high)


def wilson(rate: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a rate seen in so many trials, within [0, 1]."""
    z = float(special.ndtri((1 + level) / 2))
    share = z * z / trials
    middle = (rate + share / 2) / (1 + share)
    reach = z / (1 + share) * np.sqrt(rate * (1 - rate) / trials + share / (4 * trials))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
