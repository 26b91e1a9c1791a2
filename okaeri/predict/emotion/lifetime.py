"""How many orders a customer has still to come, knowing what was felt: a discrete-time hazard over orders.

Each order is a period that ends in leaving (no other order within the shop's window) or not; the hazard is
:mod:`okaeri.predict.hazard` over

    number     log of the order's number            first     1 for the first one
    gap        log of the days since the one before   delivery  1 if delivered by subscription
    emotion    weighted mean of all feelings so far, the latest counting most:
               sum of m^(k-j) z_j n_j / (1 + sum of m^(k-j) n_j), drawn to 0 by the 1
    now        what was felt about this very order, 0 where nothing was said

The memory m is the one most likely on the customers learned from. Recency and frequency alone are the first four.

    remaining orders = sum over t of product over s <= t of (1 - h_s) x discount^t,    emotion fading by m with each order

One who has been silent for d days is still there with the chance (1 - h) G(d) / (h + (1 - h) G(d)), with G(d) the share of
followed orders whose next one came later than that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict import hazard
from okaeri.predict.hazard import Hazard

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RECENCY = ("number", "first", "gap", "delivery")
EMOTION = (*RECENCY, "emotion", "now")
MEMORIES = (0.5, 0.9)
MOST_PERIODS = 40


@dataclass(frozen=True)
class Orders:
    """Orders (n,), customer by customer in order of ``number``: ``gap`` in days (nan at the first), ``felt`` (0 where
    nothing was said) and how often (``heard``), and whether delivered by subscription."""

    customer: NDArray[np.intp]
    number: Floats
    gap: Floats
    delivery: Floats
    felt: Floats
    heard: Floats

    def take(self, rows: ArrayLike) -> Orders:
        """The given rows."""
        at = np.asarray(rows)
        return Orders(
            self.customer[at], self.number[at], self.gap[at], self.delivery[at], self.felt[at], self.heard[at]
        )


@dataclass(frozen=True)
class States:
    """What the hazard knows of a customer after an order (n,)."""

    number: Floats
    gap: Floats
    delivery: Floats
    emotion: Floats
    now: Floats

    def covariates(self, names: tuple[str, ...]) -> Floats:
        """Shape (n, len(names)); the gap before a first order is not known."""
        known = {
            "number": np.log(np.maximum(self.number, 1.0)), "first": (self.number <= 1).astype(float),
            "gap": np.log(np.maximum(self.gap, 1.0)), "delivery": self.delivery, "emotion": self.emotion, "now": self.now,
        }  # fmt: skip
        return np.stack([known[name] for name in names], axis=-1)

    def take(self, rows: ArrayLike) -> States:
        """The given rows."""
        at = np.asarray(rows)
        return States(self.number[at], self.gap[at], self.delivery[at], self.emotion[at], self.now[at])

    def after(self, memory: float, usual_gap: float) -> States:
        """The state one order later, with nothing more said."""
        return replace(self, number=self.number + 1, gap=np.full(len(self.gap), usual_gap), emotion=self.emotion * memory,
                       now=np.zeros(len(self.now)))  # fmt: skip


@dataclass(frozen=True)
class Lifetime:
    """A hazard, its memory, the usual days between orders, and the followed orders' gaps in order."""

    model: Hazard
    memory: float
    usual_gap: float
    gaps: Floats

    def leaving(self, states: States) -> Floats:
        """Chance to leave after the order, (n,)."""
        return self.model.chance(states.covariates(self.model.names))

    def remaining(self, states: States, days: float, yearly: float, silent: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Orders expected within ``days``, and the same discounted by ``yearly``, after ``silent`` days without one."""
        stays = self._still_there(1 - self.leaving(states), np.asarray(silent, float))
        periods = int(np.clip(days // self.usual_gap, 1, MOST_PERIODS))
        rate = (1 + yearly) ** (-self.usual_gap / 365.25)
        expected, discounted = stays.copy(), stays * rate
        for period in range(2, periods + 1):
            states = states.after(self.memory, self.usual_gap)
            stays = stays * (1 - self.leaving(states))
            expected, discounted = expected + stays, discounted + stays * rate**period
        return expected, discounted

    def _still_there(self, stays: Floats, silent: Floats) -> Floats:
        later = 1 - np.searchsorted(self.gaps, silent, side="right") / max(len(self.gaps), 1)
        waiting = stays * later
        return waiting / np.maximum(1 - stays + waiting, 1e-12)

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only; the gaps, by which silence is judged, stay behind."""
        return {"hazard": self.model.to_json(), "memory": self.memory, "usual_gap": self.usual_gap}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`, for customers who have not been silent."""
        return cls(Hazard.from_json(saved["hazard"]), saved["memory"], saved["usual_gap"], np.zeros(0))

    def odds(self, name: str, level: float = 0.9) -> tuple[float, float, float]:
        """Times the odds of leaving that one unit more of a covariate makes, with the bounds of its interval."""
        at = self.model.names.index(name)
        change = self.model.coefficients[at] / self.model.scales[at]
        reach = float(special.ndtri((1 + level) / 2)) * self.model.standard_errors[name] / self.model.scales[at]
        return float(np.exp(change)), float(np.exp(change - reach)), float(np.exp(change + reach))

    def draws(self, count: int, chance: np.random.Generator) -> list[Lifetime]:
        """The same with coefficients drawn from their law."""
        middle = np.array([self.model.intercept, *self.model.coefficients])
        rows = chance.multivariate_normal(middle, np.array(self.model.covariance), count, method="cholesky")
        return [replace(self, model=replace(self.model, intercept=float(row[0]), coefficients=tuple(row[1:].tolist())))
                for row in rows]  # fmt: skip


def states_of(orders: Orders, memory: float) -> States:
    """What is known after each order, the feelings about it counted in."""
    emotion = np.zeros(len(orders.number))
    total = weight = 0.0
    who = -1
    rows = zip(orders.customer.tolist(), orders.felt.tolist(), orders.heard.tolist(), strict=True)
    for at, (customer, felt, heard) in enumerate(rows):
        if customer != who:
            who, total, weight = customer, 0.0, 0.0
        total, weight = memory * total + felt * heard, memory * weight + heard
        emotion[at] = total / (1 + weight)
    return States(orders.number, orders.gap, orders.delivery, emotion, orders.felt)


def fit(orders: Orders, left: ArrayLike, closed: ArrayLike, days_to_next: ArrayLike, emotional: bool) -> Lifetime:
    """The most likely hazard from orders (n,) whose end is known (``closed``). Raises NotConverged."""
    y, known = np.asarray(left, float), np.asarray(closed, bool)
    gaps = np.sort(np.asarray(days_to_next, float)[known & (y == 0)])
    usual = float(np.median(gaps)) if len(gaps) else 30.0
    names = EMOTION if emotional else RECENCY
    tried = [(_fitted(states_of(orders, memory).take(known), y[known], names), memory)
             for memory in (MEMORIES if emotional else MEMORIES[:1])]  # fmt: skip
    model, memory = max(tried, key=lambda pair: pair[0].log_likelihood)
    return Lifetime(model, memory, max(usual, 1.0), gaps)


def _fitted(states: States, left: Floats, names: tuple[str, ...]) -> Hazard:
    return hazard.fit(names, states.covariates(names), np.ones(len(left)), left)
