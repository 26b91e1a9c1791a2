"""Orders to come where a bad order makes a customer likelier to leave: BG/NBD with two chances to drop out.

As in the BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24:275) a customer orders at a rate lambda ~ gamma(r, alpha)
and after each order leaves with a chance p ~ beta(a, b); in the modified model also right after the first one (Batislam,
Denizel and Filiztekin 2007). After an order that went badly the odds of p are times exp(effect):

    p' = p e^effect / (1 - z p),    1 - p' = (1 - p) / (1 - z p),    z = 1 - e^effect

so that the means over p are Euler's integrals. Of x repeat orders, the last at age t_x, and age T, with m = x (or x + 1)
chances to leave, n of them after bad orders:

    L = G(r + x) / G(r) alpha^r (  (alpha + T)^-(r + x)   B(a, b + m) / B(a, b)           F(n, a; a + b + m; z)
                                 + (alpha + t_x)^-(r + x) B(a + 1, b + m - 1) / B(a, b)   F(n, a + 1; a + b + m; z) w )

with F Gauss's hypergeometric function and w = e^effect where the last order was bad, else 1; the second term only for m > 0.
Without bad orders F = w = 1 and it is the BG/NBD. Ages are weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.maximum import maximise
from okaeri.predict.purchases.fitting import NO_CUSTOMERS, NO_MAXIMUM, NO_REPEATS
from okaeri.predict.purchases.jacobi import jacobi
from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

NODES = 32
#: Step of the differences by which the means over p are differentiated.
STEP = 1e-4
#: Where the search begins and what it may not pass: log r, log alpha (in units of the mean weeks per order), log a, log b,
#: and the effect.
START = np.array([-0.7, -1.2, -0.4, 0.9, 0.3])
BOUNDS = [(-7.0, 12.0), (-12.0, 12.0), (-8.0, 7.0), (-7.0, 9.0), (-6.0, 6.0)]
#: Standard deviations of weak normal laws around START: a shop of few bad orders still has an effect, if a vague one.
PRIOR = np.array([3.0, 6.0, 3.0, 3.0, 2.0])


@dataclass(frozen=True)
class Experiences:
    """Customers (n,): repeat orders x, weeks from the first order to the latest (t_x) and to the end (T), how many of their
    orders went badly (of those after which one may leave), and whether the latest did."""

    repeat_orders: Floats
    last_order_age: Floats
    age: Floats
    bad: Floats
    last_bad: Floats

    @classmethod
    def of(
        cls, repeat_orders: ArrayLike, last_order_age: ArrayLike, age: ArrayLike, bad: ArrayLike, last_bad: ArrayLike
    ) -> Self:
        """Arrays or numbers of one shape; ValueError where they cannot be a customer's."""
        columns = (repeat_orders, last_order_age, age, bad, last_bad)
        found = cls(*np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, float)) for part in columns)))
        if (found.last_order_age > found.age).any() or (found.bad > found.repeat_orders + 1).any():
            raise ValueError("the latest order lies before the end, and no more orders were bad than there were orders")
        if (found.last_bad > found.bad).any() or (found.bad < 0).any() or (found.repeat_orders < 0).any():
            raise ValueError("counts are not below nought, and a bad latest order is among the bad ones")
        return found

    def __len__(self) -> int:
        return len(self.repeat_orders)

    @cached_property
    def cells(self) -> tuple[Floats, NDArray[np.intp]]:
        """Distinct (x, bad, last_bad), shape (k, 3), and each customer's place among them."""
        rows = np.column_stack([self.repeat_orders, self.bad, self.last_bad])
        values, place = np.unique(rows, axis=0, return_inverse=True)
        return values, place.reshape(-1)


@dataclass(frozen=True)
class BadEvents:
    """Fitted model: r, alpha (weeks), a, b and the effect of a bad order on the log-odds of leaving, with its standard
    error; ``bad_share`` is the share of orders that go badly."""

    r: float
    alpha: float
    a: float
    b: float
    effect: float
    effect_error: float
    modified: bool
    bad_share: float
    log_likelihood: float
    customers: int

    @property
    def at(self) -> Floats:
        """Logarithms of r, alpha, a and b, and the effect."""
        return np.array([*np.log([self.r, self.alpha, self.a, self.b]), self.effect])

    def odds(self, level: float = 0.9) -> tuple[float, float, float]:
        """Times the odds of leaving after a bad order, with the bounds of its interval."""
        reach = float(special.ndtri((1 + level) / 2)) * self.effect_error
        low, middle, high = np.exp(self.effect + np.array([-reach, 0.0, reach]))
        return float(middle), float(low), float(high)

    def leaving(self, customers: Experiences) -> Floats:
        """The chance to leave after the latest order for those who have just placed it, (n,): by all before it."""
        cells, place = customers.cells
        x, bad, last_bad = cells.T
        m = x + self.modified
        before = np.maximum(m - 1, 0.0)
        z = -np.expm1(self.effect)
        odds = _log_f(bad, self.a + 1, self.a + self.b + m, z) - _log_f(
            bad - last_bad, self.a, self.a + self.b + before, z
        )
        found = self.a / (self.a + self.b + before) * np.exp(odds + self.effect * last_bad)
        return np.where(m > 0, np.minimum(found, 1.0), 0.0)[place]

    def silent_for(self, customers: Experiences, weeks: float) -> Floats:
        """The chance of no order in the ``weeks`` after the latest one, for those who have just placed it, (n,)."""
        leaves = self.leaving(customers)
        age = self.alpha + customers.last_order_age
        return leaves + (1 - leaves) * (age / (age + weeks)) ** (self.r + customers.repeat_orders)

    def p_alive(self, customers: Experiences) -> Floats:
        """The chance not to have left by the end, (n,)."""
        there, left = _terms(self.at, customers, self.modified)
        return special.expit(there - left)

    def expected_orders(self, customers: Experiences, weeks: float) -> Floats:
        """Orders expected in the ``weeks`` from the end on, of which ``bad_share`` go badly, (n,)."""
        return next(self.orders_until(customers, [weeks]))

    def orders_until(self, customers: Experiences, ends: Sequence[float]) -> Iterator[Floats]:
        """The same for each of ``ends``."""
        points, weights = self._leaving_if_there(customers)
        alive, place = self.p_alive(customers), customers.cells[1]
        size, scale = (self.r + customers.repeat_orders)[:, None], (self.alpha + customers.age)[:, None]
        leaves = points[place]
        for end in ends:
            orders = -np.expm1(-size * np.log1p(leaves * end / scale)) / leaves
            yield alive * (orders * weights[place]).sum(axis=1)

    def _leaving_if_there(self, customers: Experiences) -> tuple[Floats, Floats]:
        """Of each cell: chances to leave after an order to come, good or bad, and their weights, (k, nodes) each."""
        x, bad, _ = customers.cells[0].T
        points, weights = jacobi(self.a, self.b + x + self.modified, NODES)
        z = -np.expm1(self.effect)
        drawn = weights * (1 - z * points) ** -bad[:, None]
        worse = points * np.exp(self.effect) / (1 - z * points)
        leaves = (1 - self.bad_share) * points + self.bad_share * worse
        return np.maximum(leaves, 1e-12), drawn / drawn.sum(axis=1, keepdims=True)

    def to_json(self) -> dict[str, Any]:
        """Numbers and booleans only."""
        return asdict(self)


def fit_bad_events(customers: Experiences, bad_share: float, modified: bool = True) -> BadEvents:
    """The most likely model. Raises NotConverged where there is nobody, or nobody came back."""
    count, repeats = len(customers), float(customers.repeat_orders.sum())
    if not count:
        raise NotConverged(NO_CUSTOMERS)
    if not repeats:
        raise NotConverged(NO_REPEATS, customers=count)
    unit = max(float(customers.age.sum()) / repeats, 1e-9)
    scaled = Experiences(customers.repeat_orders, customers.last_order_age / unit, customers.age / unit, customers.bad,
                         customers.last_bad)  # fmt: skip

    def function(at: Floats) -> tuple[float, Floats]:
        value, slope = log_likelihood(at, scaled, modified)
        away = (at - START) / PRIOR
        return value - 0.5 * float(away @ away), slope - away / PRIOR

    found = maximise(function, START, BOUNDS, count)
    if not np.isfinite(found.value):
        raise NotConverged(NO_MAXIMUM, customers=count)
    r, alpha, a, b = np.exp(found.at[:4]).tolist()
    return BadEvents(
        r, alpha * unit, a, b, float(found.at[4]), float(np.sqrt(found.covariance[4, 4])), modified, bad_share,
        log_likelihood(found.at, scaled, modified)[0] - repeats * float(np.log(unit)), count,
    )  # fmt: skip


def log_likelihood(at: Floats, customers: Experiences, modified: bool) -> tuple[float, Floats]:
    """Log of L over all customers, and its gradient, at (log r, log alpha, log a, log b, effect)."""
    there, left = _terms(at, customers, modified)
    both = np.logaddexp(there, left)
    share = np.exp(there - both)
    place = customers.cells[1]
    slope = np.empty(5)
    slope[:2] = _timing_slope(at, customers, share)
    by_cell = [np.bincount(place, part, len(customers.cells[0])) for part in (share, 1 - share)]
    for parameter in (2, 3, 4):
        step = np.zeros(5)
        step[parameter] = STEP
        above, below = (_staying(at + sign * step, customers.cells[0], modified) for sign in (1, -1))
        slope[parameter] = sum(
            weight @ np.subtract(up, down, out=np.zeros_like(up), where=np.isfinite(up)) / (2 * STEP)
            for weight, up, down in zip(by_cell, above, below, strict=True)
        )
    return float(both.sum()), slope


def _terms(at: Floats, customers: Experiences, modified: bool) -> tuple[Floats, Floats]:
    """Logarithms of both terms of L, (n,): still there at the end, and gone after the latest order."""
    r, alpha = np.exp(at[:2])
    size = r + customers.repeat_orders
    common = special.gammaln(size) - special.gammaln(r) + r * at[1]
    there, left = _staying(at, customers.cells[0], modified)
    place = customers.cells[1]
    return (common - size * np.log(alpha + customers.age) + there[place],
            common - size * np.log(alpha + customers.last_order_age) + left[place])  # fmt: skip


def _timing_slope(at: Floats, customers: Experiences, share: Floats) -> tuple[float, float]:
    """By log r and log alpha, given the ``share`` of the first term in L."""
    r, alpha = np.exp(at[:2])
    size = r + customers.repeat_orders
    until_end, until_last = alpha + customers.age, alpha + customers.last_order_age
    common = special.digamma(size) - special.digamma(r) + at[1]
    by_r = common - share * np.log(until_end) - (1 - share) * np.log(until_last)
    by_alpha = r / alpha - size * (share / until_end + (1 - share) / until_last)
    return float(by_r.sum() * r), float(by_alpha.sum() * alpha)


def _staying(at: Floats, cells: Floats, modified: bool) -> tuple[Floats, Floats]:
    """Logarithms of the means over p of the chances to have passed all m chances to leave, and to have left at the last."""
    a, b = np.exp(at[2:4])
    x, bad, last_bad = cells.T
    m, z = x + modified, -np.expm1(at[4])
    usual = special.betaln(a, b)
    there = special.betaln(a, b + m) - usual + _log_f(bad, a, a + b + m, z)
    gone = (
        special.betaln(a + 1, b + np.maximum(m, 1.0) - 1) - usual + _log_f(bad, a + 1, a + b + m, z) + at[4] * last_bad
    )
    return there, np.where(m > 0, gone, -np.inf)


def _log_f(n: Floats, a: float, c: Floats, z: float) -> Floats:
    """log of F(n, a; c; z) for z < 1, by Pfaff's transformation where z < 0."""
    if z >= 0:
        return np.log(special.hyp2f1(n, a, c, z))
    return -n * np.log1p(-z) + np.log(special.hyp2f1(n, c - a, c, z / (z - 1)))
