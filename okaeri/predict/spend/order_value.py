"""What every spend model answers; and one order value for everyone, where customers do not differ or are too few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class SpendModel(Protocol):
    """The contract of a spend model: customers are told by their orders so far and what these added up to."""

    @property
    def mean(self) -> float:
        """Mean order value over customers."""

    def expected_order_value(self, orders: ArrayLike, spend: ArrayLike) -> Floats:
        """Value expected of an order to come, in the shape of the customers."""

    def mean_draws(self, orders: ArrayLike, spend: ArrayLike, count: int, chance: np.random.Generator) -> Floats:
        """``count`` draws of each customer's mean order value, shape (count, n)."""

    def spend_draws(self, means: Floats, ordered: ArrayLike, chance: np.random.Generator) -> Floats:
        """Draws of what so many orders add up to, given the mean order values."""


@dataclass(frozen=True)
class FlatSpend:
    """Every order is worth ``mean``, in the shop's currency."""

    mean: float

    def expected_order_value(self, orders: ArrayLike, spend: ArrayLike) -> Floats:
        """The mean, in the shape of the customers."""
        return np.full(np.shape(orders), self.mean)

    def mean_draws(self, orders: ArrayLike, spend: ArrayLike, count: int, chance: np.random.Generator) -> Floats:
        """The mean again and again, shape (count, n)."""
        return np.full((count, *np.shape(orders)), self.mean)

    def spend_draws(self, means: Floats, ordered: ArrayLike, chance: np.random.Generator) -> Floats:
        """What so many orders add up to."""
        return means * np.asarray(ordered, float)
