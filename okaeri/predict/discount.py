"""What money to come is worth today."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

WEEKS_PER_YEAR = 365.25 / 7


def discount_factor(weeks: ArrayLike, yearly: float) -> NDArray[np.float64]:
    """What one yen in ``weeks`` weeks is worth today at a discount rate of ``yearly`` (0.1 is ten percent a year)."""
    return np.exp(-np.log1p(yearly) * np.asarray(weeks, float) / WEEKS_PER_YEAR)
