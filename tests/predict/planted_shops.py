"""Shops made up customer by customer from known parameters, with the revenue that follows; vectorised, so that 200 take
seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.purchases import Histories

Floats = NDArray[np.float64]

SPEND = {"p": 5.0, "q": 5.0, "v": 3200.0}


@dataclass(frozen=True)
class PlantedShop:
    """A row per customer: what is seen until the end of the observation, and what comes within the horizon after."""

    histories: Histories
    orders: Floats
    spent: Floats
    orders_after: Floats
    revenue_after: Floats


def planted_shop(truth: dict[str, float], kind: str, customers: int, horizon: float, seed: int) -> PlantedShop:
    """``kind``: BG/NBD (leaves after repeat orders), MBG/NBD (after the first too) or Pareto/NBD (at any time)."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(10, 78, customers)
    rate = np.maximum(chance.gamma(truth["r"], 1 / truth["alpha"], customers), 1e-12)
    mean_price = 1 / chance.gamma(SPEND["q"], 1 / SPEND["v"], customers)
    end, leave = age + horizon, np.zeros(customers)
    if kind == "Pareto/NBD":
        end = np.minimum(end, chance.exponential(1 / chance.gamma(truth["s"], 1 / truth["beta"], customers)))
    else:
        leave = chance.beta(truth["a"], truth["b"], customers)
    x, last, after, revenue = np.zeros(customers), np.zeros(customers), np.zeros(customers), np.zeros(customers)
    spent = chance.gamma(SPEND["p"], size=customers) * mean_price
    time, there = np.zeros(customers), np.arange(customers)
    if kind == "MBG/NBD":
        there = there[chance.random(customers) >= leave]
    while len(there):
        time[there] += chance.exponential(1 / rate[there])
        there = there[time[there] <= end[there]]
        paid = chance.gamma(SPEND["p"], size=len(there)) * mean_price[there]
        seen = time[there] <= age[there]
        x[there[seen]] += 1
        last[there[seen]] = time[there[seen]]
        spent[there[seen]] += paid[seen]
        after[there[~seen]] += 1
        revenue[there[~seen]] += paid[~seen]
        there = there[chance.random(len(there)) >= leave[there]]
    return PlantedShop(Histories.of(x, last, age), x + 1, spent, after, revenue)
