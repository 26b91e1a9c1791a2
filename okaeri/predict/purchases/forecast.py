"""What every purchase model answers, and the questions that follow from its answers.

All models give the chance to be there, the expected orders within a horizon, the chance of at least n orders, and the
wait until the next one. From these follow, for any model, the chance of exactly n orders, quantiles of their number
(and so prediction intervals), and orders to come discounted over any calendar of periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.discount import discount_factor
from okaeri.predict.purchases.histories import Histories

Floats = NDArray[np.float64]


class PurchaseModel(Protocol):
    """The contract of a fitted purchase model; each answer has shape (n,), one per distinct history."""

    @property
    def label(self) -> str:
        """The model's name in the literature."""

    @property
    def log_likelihood(self) -> float:
        """Of the histories it was fitted on, in weeks."""

    def p_alive(self, histories: Histories) -> Floats:
        """The chance that a customer has not left, in [0, 1]."""

    def p_alive_after(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """The chance not to have left ``weeks`` (a number, or one per row) after the end of the observation."""

    def expected_orders(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """The expected orders within ``weeks`` (a number, or one per row) of the end of the observation."""

    def orders_until(self, histories: Histories, ends: Iterable[float]) -> Iterator[Floats]:
        """The expected orders within each horizon of ``ends`` in turn."""

    def order_tail(self, histories: Histories, weeks: ArrayLike, count: ArrayLike) -> Floats:
        """The chance of at least ``count`` orders within ``weeks``; each a number, or one per row."""

    def next_order_weeks(self, histories: Histories, chance: float = 0.5) -> Floats:
        """Weeks until a customer who stays orders next, with this ``chance``."""


@dataclass(frozen=True)
class Calendar:
    """Periods that follow one another from now: their ``ends`` in weeks, ascending, and what an order in each counts."""

    ends: tuple[float, ...]
    factors: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.ends) != len(self.factors) or not self.ends:
            raise ValueError("a calendar needs at least one period, and a factor for each")
        if self.ends[0] <= 0 or any(end <= start for start, end in zip(self.ends, self.ends[1:], strict=False)):
            raise ValueError("the ends of a calendar's periods must be above 0 and ascend")

    @classmethod
    def discounted(cls, horizon_weeks: float, yearly_rate: float, periods: int = 12) -> Self:
        """Equal periods up to the horizon; an order counts (1 + yearly rate)^-years, at the middle of its period."""
        if horizon_weeks <= 0 or periods < 1 or yearly_rate <= -1:
            raise ValueError("a horizon must be above 0 weeks, in 1 period or more, at a yearly rate above -1")
        edges = horizon_weeks * np.arange(periods + 1) / periods
        factors = discount_factor((edges[:-1] + edges[1:]) / 2, yearly_rate)
        return cls(tuple(edges[1:].tolist()), tuple(factors.tolist()))


def discounted_orders(model: PurchaseModel, histories: Histories, calendar: Calendar) -> Floats:
    """Expected orders in each period times its factor, summed: shape (n,). Times value per order: residual value."""
    total, before = np.zeros(len(histories)), np.zeros(len(histories))
    for until, factor in zip(model.orders_until(histories, calendar.ends), calendar.factors, strict=True):
        # rounding may leave a later end a hair below an earlier one
        total += factor * np.maximum(until - before, 0.0)
        before = until
    return total


def order_chances(model: PurchaseModel, histories: Histories, weeks: ArrayLike, most: int) -> Floats:
    """P(Y(t) = n) for n = 0 .. ``most``: shape (n, most + 1). What is missing to 1 is the chance of more orders."""
    tails = np.stack([model.order_tail(histories, weeks, count) for count in range(most + 2)], axis=1)
    return np.maximum(tails[:, :-1] - tails[:, 1:], 0.0)


def order_quantile(model: PurchaseModel, histories: Histories, weeks: ArrayLike, share: float) -> Floats:
    """The least number of orders that is not exceeded with at least chance ``share`` in (0, 1): shape (n,).

    The 10% and 90% quantiles are the ends of an 80% prediction interval.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")

    def enough(count: Floats) -> NDArray[np.bool_]:
        return model.order_tail(histories, weeks, count + 1) <= 1 - share

    low = np.full(len(histories), -1.0)
    high = np.zeros(len(histories))
    while not (done := enough(high)).all():
        low, high = np.where(done, low, high), np.where(done, high, 2 * high + 1)
    while (high - low).max(initial=0.0) > 1:
        middle = np.floor((low + high) / 2)
        done = enough(middle)
        low, high = np.where(done, low, middle), np.where(done, middle, high)
    return high
