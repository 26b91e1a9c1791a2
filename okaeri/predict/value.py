"""What customers will be worth: expected orders and renewals, priced, discounted by the year, and added up.

For a horizon of H weeks, with E[Y(w)] the orders expected within w weeks, g the gross profit (or revenue) of an order,
and d the discount rate of a year:

    one-off buyers   residual = g  sum over w = 1 .. H of (E[Y(w)] - E[Y(w - 1)]) / (1 + d)^((w - 1/2) / 52.18)
    subscribers      residual = sum over k with t_k <= H of S(n + k) / S(n)  g_k / (1 + d)^(t_k / 52.18)
    both             lifetime = past + residual

where t_k is when the k-th delivery from now is due, in weeks, and S the survival of a subscription model. Orders within
a week fall in its middle. A customer with a subscription who also buys one by one is worth the sum. Money is in the
currency it comes in; whether revenue or gross profit goes in is what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.discount import discount_factor

Floats = NDArray[np.float64]


def order_value(expected_orders: ArrayLike, value_per_order: ArrayLike, yearly: float = 0.0) -> Floats:
    """Residual value of one-off buyers, shape (n,): discounted orders times ``value_per_order`` (n,).

    ``expected_orders`` (n, H) are cumulative, at the end of week 1 .. H. The value of an order is its revenue, or times
    the margin its gross profit.
    """
    running = np.asarray(expected_orders, float)
    weekly = np.diff(running, axis=-1, prepend=0.0)
    discounted = weekly @ discount_factor(np.arange(running.shape[-1]) + 0.5, yearly)
    return discounted * np.asarray(value_per_order, float)


def delivery_value(
    staying: ArrayLike, weeks_until: ArrayLike, amount: ArrayLike, horizon: float, yearly: float = 0.0
) -> Floats:
    """Residual value of subscribers, shape (n,): each delivery due within ``horizon`` weeks, if they are still there.

    ``staying`` (n, K) is the chance to take the k-th delivery from now, ``weeks_until`` (n, K) when it is due,
    ``amount`` what it brings, broadcast against them. K must reach the horizon.
    """
    due = np.asarray(weeks_until, float)
    worth = np.asarray(staying, float) * amount * discount_factor(due, yearly)
    return np.where(due <= horizon, worth, 0.0).sum(axis=-1)


def due_weeks(first: ArrayLike, interval: ArrayLike, horizon: float) -> Floats:
    """When deliveries fall due: ``first`` (n,) weeks from now and every ``interval`` (n,) > 0 weeks: shape (n, K).

    K is enough for every subscriber to reach the horizon.
    """
    start, step = np.atleast_1d(np.asarray(first, float)), np.atleast_1d(np.asarray(interval, float))
    count = int(np.ceil((horizon - start) / step).max(initial=0)) + 1
    return start[:, None] + step[:, None] * np.arange(max(count, 1))


@dataclass(frozen=True)
class Value:
    """What each of n customers has brought and will bring: shape (n,) each, all revenue or all gross profit."""

    past_value: Floats
    residual_value: Floats

    @property
    def lifetime_value(self) -> Floats:
        """Past and residual."""
        return self.past_value + self.residual_value


def value(past: ArrayLike, from_orders: ArrayLike = 0.0, from_deliveries: ArrayLike = 0.0) -> Value:
    """One-off buyers and subscribers together; who is not one of them brings 0 there."""
    residual = np.asarray(from_orders, float) + np.asarray(from_deliveries, float)
    past_value, residual_value = np.broadcast_arrays(np.asarray(past, float), residual)
    return Value(past_value, residual_value)


@dataclass(frozen=True)
class SourceValue:
    """What customers from one acquisition source are worth on average, and what one may cost.

    ``limit_cpa`` = ``mean_value`` - the profit aimed at (限界CPA), never below 0; None is not known.
    ``low`` and ``high`` bound the mean with 95 %; ``mean_cost`` is what one has cost so far.
    """

    customers: float
    mean_value: float
    low: float | None
    high: float | None
    limit_cpa: float
    mean_cost: float | None

    @property
    def pays(self) -> bool | None:
        """Whether a customer costs less than the limit; None where the cost is not known."""
        return None if self.mean_cost is None else self.mean_cost <= self.limit_cpa


def value_by_source(
    sources: ArrayLike,
    values: ArrayLike,
    weights: ArrayLike | None = None,
    costs: ArrayLike | None = None,
    target_profit: float = 0.0,
) -> dict[str, SourceValue]:
    """Per source, of customers (n,): ``values`` is gross profit per customer over the window the limit is for.

    ``costs`` (n,) are acquisition costs, NaN where not known; ``weights`` how many customers each row stands for.
    """
    names, place = np.unique(np.asarray(sources, str), return_inverse=True)
    worth = np.asarray(values, float)
    w = np.ones_like(worth) if weights is None else np.asarray(weights, float)
    paid = np.full_like(worth, np.nan) if costs is None else np.asarray(costs, float)
    parts = (place == one for one in range(len(names)))
    return {
        str(name): _source(worth[part], w[part], paid[part], target_profit)
        for name, part in zip(names, parts, strict=True)
    }


def _source(values: Floats, weights: Floats, costs: Floats, target_profit: float) -> SourceValue:
    customers = float(weights.sum())
    mean = float(np.average(values, weights=weights))
    low = high = None
    if customers > 1:
        variance = (weights * (values - mean) ** 2).sum() / (customers - 1)
        reach = float(special.stdtrit(customers - 1, 0.975) * np.sqrt(variance / customers))
        low, high = mean - reach, mean + reach
    known = ~np.isnan(costs)
    cost = float(np.average(costs[known], weights=weights[known])) if known.any() else None
    return SourceValue(customers, mean, low, high, max(mean - target_profit, 0.0), cost)
