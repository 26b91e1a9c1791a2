"""Customers made up order by order, straight from each model's story, with what they do after the observation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.purchases import Histories

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shop:
    """One row per customer: the history seen, whether still there at its end, and the orders within the horizon after."""

    histories: Histories
    alive: NDArray[np.bool_]
    orders_after: NDArray[np.int_]


def _seen(times: list[float], age: float, horizon: float) -> tuple[int, float, float, float, int]:
    past = [time for time in times if time <= age]
    gaps = np.diff([0.0, *past])
    log_gaps = float(np.log(gaps).sum()) if len(gaps) else 0.0
    return len(past), past[-1] if past else 0.0, age, log_gaps, sum(age < time <= age + horizon for time in times)


def _shop(rows: list[tuple[int, float, float, float, int]], alive: list[bool]) -> Shop:
    x, last, age, log_gaps, after = (np.array(column) for column in zip(*rows, strict=True))
    return Shop(Histories.of(x, last, age, log_gaps=log_gaps), np.array(alive), after.astype(int))


def beta_geometric_shop(
    r: float, alpha: float, a: float, b: float, ages: Floats, chance: np.random.Generator, *,
    modified: bool, k: int = 1, horizon: float = 52.0,
) -> Shop:  # fmt: skip
    """(M)BG/NBD and (M)BG/CNBD-k: after each order (modified: the first too) the customer leaves with chance p."""
    rows, alive = [], []
    for age in ages:
        rate, leave = chance.gamma(r, 1 / alpha), chance.beta(a, b)
        time, times, left = 0.0, [], np.inf
        if modified and chance.random() < leave:
            left = 0.0
        while left == np.inf and time <= age + horizon:
            time += chance.gamma(k, 1 / rate) if rate > 0 else np.inf
            times.append(time)
            if chance.random() < leave:
                left = time
        rows.append(_seen(times, age, horizon))
        alive.append(left > age)
    return _shop(rows, alive)


def pareto_shop(
    r: float, alpha: float, s: float, beta: float, ages: Floats, chance: np.random.Generator, horizon: float = 52.0
) -> Shop:
    """Pareto/NBD: orders at a constant rate until an exponential lifetime ends."""
    rows, alive = [], []
    for age in ages:
        rate, life = chance.gamma(r, 1 / alpha), chance.exponential(1 / chance.gamma(s, 1 / beta))
        time, times = chance.exponential(1 / rate), []
        while time <= min(life, age + horizon):
            times.append(time)
            time += chance.exponential(1 / rate)
        rows.append(_seen(times, age, horizon))
        alive.append(life > age)
    return _shop(rows, alive)


def beta_bernoulli_shop(
    alpha: float, beta: float, gamma: float, delta: float, opportunities: int, customers: int,
    chance: np.random.Generator, horizon: int = 5,
) -> Shop:  # fmt: skip
    """BG/BB: before each opportunity the customer leaves with chance theta, else orders with chance p.

    ``alive`` is being there at the first opportunity after the observation, as BG/BB counts it.
    """
    rows, alive = [], []
    for _ in range(customers):
        order, leave = chance.beta(alpha, beta), chance.beta(gamma, delta)
        there = np.cumsum(chance.random(opportunities + horizon) < leave) == 0
        times = (1.0 + np.flatnonzero(there & (chance.random(opportunities + horizon) < order))).tolist()
        rows.append(_seen(times, float(opportunities), float(horizon)))
        alive.append(bool(there[opportunities]))
    return _shop(rows, alive)


def reduced(histories: Histories) -> Histories:
    """Customers of equal (x, t_x, T) as one row, in plain Python."""
    keys = list(zip(histories.repeat_orders, histories.last_order_age, histories.age, strict=True))
    weights = Counter(keys)
    gaps: Counter[tuple[float, float, float]] = Counter()
    if histories.log_gaps is not None:
        for key, gap in zip(keys, histories.log_gaps, strict=True):
            gaps[key] += gap
    known = None if histories.log_gaps is None else [gaps[key] for key in weights]
    return Histories.of(*np.array(list(weights)).T, list(weights.values()), known)
