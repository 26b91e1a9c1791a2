"""Pareto/NBD: a customer may leave at any moment, not only after an order.

Schmittlein, Morrison and Colombo (1987); as derived in Fader and Hardie, "A note on deriving the Pareto/NBD model"
(note 009). Orders are Poisson at rate lambda, over customers gamma(r, alpha); the customer leaves at a constant rate mu,
over customers gamma(s, beta). Of x repeat orders, the last at age t_x, and age T:

    L = G(r + x) / G(r) alpha^r beta^s (S + D)
    S = (alpha + T)^-(r + x) (beta + T)^-s                                                still there
    D = s integral from t_x to T of (alpha + y)^-(r + x) (beta + y)^-(s + 1) dy           left at age y
    P(alive) = S / (S + D)
    E[Y(t) | alive] = (r + x) (beta + T) / ((alpha + T)(s - 1)) (1 - ((beta + T) / (beta + T + t))^(s - 1))

The note writes D with Gauss' 2F1 (its A_0), which overflows for busy customers; here the integral itself is taken, by
Gauss-Legendre nodes in a variable in which its integrand is nearly flat. The same nodes give the gradient: its parts
are means of log(alpha + y), log(beta + y) and their like over the ages at which the customer may have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from okaeri.predict.purchases.fitting import (
    FittedPurchases,
    Floats,
    Usual,
    most_likely,
    nested,
    refuse_hopeless,
    week_unit,
)
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.purchases.renewals import reached
from okaeri.predict.purchases.waiting import weeks_until

USUAL = Usual(
    start=np.log([0.5, 0.3, 0.6, 0.4]),
    low=np.array([-7.0, -12.0, -7.0, -7.0]),
    high=np.array([12.0, 12.0, 7.0, 9.0]),
    held=np.array([True, False, True, True]),
)
#: Nodes in (0, 1) and weights of the integral over the age at leaving.
NODES, WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(24))
NODES = NODES + 0.5
NEGLIGIBLE = 40.0
#: Exponents stop here, before they overflow.
LARGEST = 600.0
#: Rows of nodes worked on at a time, so that they stay in the processor's cache.
CHUNK = 4096


class Leaving(NamedTuple):
    """Of histories (n,): log of D / s, and means over the ages y at which the customer may have left."""

    log_sum: Floats
    log_alpha: Floats
    log_beta: Floats
    per_alpha: Floats
    per_beta: Floats


@dataclass(frozen=True, kw_only=True)
class ParetoNBD(FittedPurchases):
    """Fitted Pareto/NBD: r, alpha (weeks) of the order rate, s, beta (weeks) of the rate of leaving."""

    NAME: ClassVar[str] = "pareto_nbd"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0, 0.0)
    label: ClassVar[str] = "Pareto/NBD"

    r: float
    alpha: float
    s: float
    beta: float

    def p_alive(self, histories: Histories) -> Floats:
        """The chance that a customer has not left, shape (n,)."""
        shape, scale, start = self.r + histories.repeat_orders, histories.age, histories.last_order_age
        left = np.empty(len(histories))
        for part in _parts(len(histories)):
            left[part] = _leaving(shape[part], self.alpha, self.s, self.beta, start[part], scale[part]).log_sum
        still = -shape * np.log(self.alpha + histories.age) - self.s * np.log(self.beta + histories.age)
        return special.expit(still - left - np.log(self.s))

    def p_alive_after(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """The chance that a customer will not have left in ``weeks`` (a number or one per row, >= 0), shape (n,)."""
        longer = np.log1p(np.asarray(weeks, float) / (self.beta + histories.age))
        return self.p_alive(histories) * np.exp(-self.s * longer)

    def expected_orders(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """E[Y(t)], the expected orders within ``weeks`` (a number or one per row, >= 0), shape (n,)."""
        return self.p_alive(histories) * self._orders_if_there(histories, np.asarray(weeks, float))

    def orders_until(self, histories: Histories, ends: Iterable[float]) -> Iterator[Floats]:
        """E[Y(t)] for each horizon of ``ends`` in turn, shape (n,) each: P(alive) is computed once."""
        there = self.p_alive(histories)
        return (there * self._orders_if_there(histories, np.asarray(end)) for end in ends)

    def order_tail(self, histories: Histories, weeks: ArrayLike, count: ArrayLike) -> Floats:
        """P(Y(t) >= ``count``), whole numbers from 0 on, one for all or one per row; shape (n,).

        By parts: the n-th order comes before leaving, whether that falls within t (24 nodes) or after it.
        """
        n, t = (np.broadcast_to(np.asarray(v, float), len(histories)) for v in (count, weeks))
        codes = np.stack([histories.repeat_orders, histories.age, t, n])
        distinct, place = np.unique(codes, axis=1, return_inverse=True)
        tails = np.empty(distinct.shape[1])
        for part in _parts(len(tails)):
            tails[part] = self._tail_if_there(*distinct[:, part, None])
        return np.where(n > 0, self.p_alive(histories) * tails[place.ravel()], 1.0)

    def next_order_weeks(self, histories: Histories, chance: float = 0.5) -> Floats:
        """Weeks from the end of the observation until a customer who stays orders, with this ``chance``.

        0.5 is the median. Shape (n,), at most :data:`~okaeri.predict.purchases.waiting.LONGEST`.
        """
        size, scale = self.r + histories.repeat_orders, self.alpha + histories.age
        return weeks_until(chance, size, scale, histories.age - histories.last_order_age)

    def _orders_if_there(self, histories: Histories, weeks: Floats) -> Floats:
        """E[Y(t) | alive], shape (n,)."""
        rate = (self.r + histories.repeat_orders) / (self.alpha + histories.age)
        start = self.beta + histories.age
        stretch = np.log1p(weeks / start)
        # (1 - e^-(s-1)L) / (s-1), which at s = 1 is L
        return rate * start * stretch * special.exprel((1 - self.s) * stretch)

    def _tail_if_there(self, x: Floats, age: Floats, weeks: Floats, count: Floats) -> Floats:
        """P(Y >= count | alive) of columns (m, 1): shape (m,)."""
        size, scale, life = self.r + x, self.alpha + age, self.beta + age
        # nodes spread over log of the time until leaving, weighted by its Pareto density
        stretch = np.log1p(weeks / life)
        leaves = life * np.expm1(stretch * NODES)
        density = self.s * stretch * np.exp(-self.s * stretch * NODES)
        within = (density * reached(count, size, scale, leaves)) @ WEIGHTS
        after = np.exp(-self.s * stretch) * reached(count, size, scale, weeks)
        return np.clip(within + after[:, 0], 0.0, 1.0)


def fit_pareto(histories: Histories, *, start: ParetoNBD | None = None) -> ParetoNBD:
    """Maximum likelihood of Pareto/NBD; ``start`` saves steps in a bootstrap.

    Raises NotConverged with a sentence where there is nothing to learn from; a ``note`` tells of a weak prior.
    """
    refuse_hopeless(histories)
    unit = week_unit(histories)
    shift = np.log([1.0, unit, 1.0, unit])
    near = None if start is None else start.log_parameters - shift
    found, note = most_likely(
        lambda at: log_likelihood(at, histories, unit), USUAL, ParetoNBD.PARAMETERS, histories.customers, near
    )
    return ParetoNBD(
        **ParetoNBD.named(found.at + shift),
        log_covariance=nested(found.covariance),
        log_likelihood=float(found.value - histories.orders_total * np.log(unit)),
        customers=histories.customers, repeat_orders=histories.orders_total, rows=len(histories), note=note,
    )  # fmt: skip


def log_likelihood(at: Floats, histories: Histories, unit: float = 1.0) -> tuple[float, Floats]:
    """Log of L summed over customers, and its gradient, at (log r, log alpha, log s, log beta).

    Ages, alpha and beta are in ``unit`` weeks.
    """
    r, alpha, s, beta = np.exp(at)
    counts, known = histories.counts.values, histories.customers_by_count
    n = known.sum()
    value = known @ special.gammaln(r + counts) + n * (r * at[1] + s * at[3] - special.gammaln(r))
    slope = np.array([known @ (special.digamma(r + counts) - special.digamma(r)) + n * at[1], n * r / alpha,
                      n * at[3], n * s / beta])  # fmt: skip
    for part in _parts(len(histories)):
        w, shape = histories.weight[part], r + histories.repeat_orders[part]
        first, end = histories.last_order_age[part] / unit, histories.age[part] / unit
        left = _leaving(shape, alpha, s, beta, first, end)
        log_alpha, log_beta = np.log(alpha + end), np.log(beta + end)
        still = -shape * log_alpha - s * log_beta
        gone = at[2] + left.log_sum
        value += w @ np.logaddexp(still, gone)
        lost = w * special.expit(gone - still)
        kept = w - lost
        slope[0] -= kept @ log_alpha + lost @ left.log_alpha
        slope[1] -= kept @ (shape / (alpha + end)) + lost @ (shape * left.per_alpha)
        slope[2] -= kept @ log_beta + lost @ (left.log_beta - 1 / s)
        slope[3] -= s * (kept @ (1 / (beta + end))) + (s + 1) * (lost @ left.per_beta)
    return float(value), slope * np.exp(at)


def _parts(rows: int) -> list[slice]:
    return [slice(begin, begin + CHUNK) for begin in range(0, rows, CHUNK)]


def _leaving(shape: Floats, alpha: float, s: float, beta: float, first: Floats, end: Floats) -> Leaving:
    """The integral from ``first`` (t_x) to ``end`` (T) over the age at leaving; ``shape`` is r + x. All (n,).

    Nodes are even in z, with y = t_x + c (e^z - 1) and c the nearer of alpha + t_x and beta + t_x: of both factors the
    singularity then lies at least pi away. They end where the integrand has fallen by e^-:data:`NEGLIGIBLE`.
    """
    from_alpha, from_beta = (alpha + first)[:, None], (beta + first)[:, None]
    shape = shape[:, None]
    near = np.minimum(from_alpha, from_beta)
    length = np.log1p(_reach(shape, s + 1, from_alpha, from_beta, (end - first)[:, None]) / near)
    z = length * NODES
    since = near * np.expm1(z)
    at_alpha, at_beta = from_alpha + since, from_beta + since
    log_alpha, log_beta = np.log(at_alpha), np.log(at_beta)
    exponent = z - shape * log_alpha - (s + 1) * log_beta
    top = exponent.max(axis=1, keepdims=True)
    share = np.exp(exponent - top) * WEIGHTS
    total = share.sum(axis=1, keepdims=True)
    # an interval of no length has no mass: its log is -inf, and the means are those of its only point
    with np.errstate(divide="ignore"):
        log_sum = (top + np.log(total) + np.log(length) + np.log(near))[:, 0]
    share /= total
    return Leaving(
        log_sum, *((share * values).sum(axis=1) for values in (log_alpha, log_beta, 1 / at_alpha, 1 / at_beta))
    )


def _reach(shape: Floats, drop: float, from_alpha: Floats, from_beta: Floats, whole: Floats) -> Floats:
    """How far from t_x the integrand (alpha + y)^-shape (beta + y)^-drop is still worth a node."""
    by_orders = from_alpha * np.expm1(np.minimum(NEGLIGIBLE / shape, LARGEST))
    by_leaving = from_beta * np.expm1(min(NEGLIGIBLE / drop, LARGEST))
    return np.minimum(whole, np.minimum(by_orders, by_leaving))
