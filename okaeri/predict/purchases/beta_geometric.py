"""BG/NBD and MBG/NBD, each with plain or regular (Erlang-k) timing: one kernel.

A customer's gaps are Erlang-k with stage rate lambda (mean gap k / lambda), lambda over customers gamma(r, alpha).
After each order a customer leaves with chance p, which over customers is beta(a, b); in the modified model also right
after the first. Of x repeat orders, the last at age t_x, and age T, with m = x (BG) or x + 1 (MBG):

    L = G(k)^-x prod(gap)^(k-1) G(r + k x) / G(r) alpha^r (alpha + T)^-(r + k x) B(a, b + m) / B(a, b) (S + D)
    S = sum over j < k of (r + k x)_j / j! ((T - t_x) / (alpha + T))^j        still there; S = 1 for k = 1
    D = a / (b + m - 1) ((alpha + T) / (alpha + t_x))^(r + k x)               left after the last order; 0 for m = 0
    P(alive) = S / (S + D)

k = 1: Fader, Hardie and Lee (2005, Marketing Science 24, eq. 6), P(alive) their note 021; modified: Batislam, Denizel
and Filiztekin (2007), Hoppe and Wagner (2007). k > 1: Reutterer, Platzer and Schroeder (2021, IJRM 38), whose
log-likelihood sums S over j and needs of the gaps only the sum of their logarithms. Given that a customer is there,
p ~ beta(a, b + m), j stages of the open gap are done with chance in proportion to the terms of S, and then
lambda ~ gamma(r + k x + j, alpha + T), independent of p: all forecasts follow exactly from these (see ``renewals``).
Ages are weeks; so alpha is too. With a calendar (``operational``), weeks are operational weeks throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.maximum import near_maximum
from okaeri.predict.purchases.fitting import (
    FittedPurchases,
    Usual,
    most_likely,
    nested,
    refuse_hopeless,
    week_unit,
)
from okaeri.predict.purchases.histories import Histories, Places
from okaeri.predict.purchases.jacobi import jacobi, nodes_for
from okaeri.predict.purchases.renewals import open_gap, orders_before_leaving, reached, stays_through
from okaeri.predict.purchases.waiting import weeks_until

Floats = NDArray[np.float64]

USUAL = Usual(
    start=np.log([0.5, 0.3, 0.7, 2.5]),
    low=np.array([-7.0, -12.0, -8.0, -7.0]),
    high=np.array([12.0, 12.0, 7.0, 9.0]),
    held=np.array([True, False, True, True]),
)
#: Rows of nodes worked on at a time, so that they stay in the processor's cache.
CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class BetaGeometric(FittedPurchases):
    """Fitted (M)BG/NBD, or (M)BG/CNBD-k: r, alpha (weeks) of the stage rate, a, b of the chance to leave."""

    NAME: ClassVar[str] = "beta_geometric"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0, 0.0)

    r: float
    alpha: float
    a: float
    b: float
    modified: bool
    k: int = 1

    @property
    def label(self) -> str:
        """As the literature calls it, for instance MBG/CNBD-3."""
        return ("MBG" if self.modified else "BG") + (f"/CNBD-{self.k}" if self.k > 1 else "/NBD")

    def p_alive(self, histories: Histories) -> Floats:
        """The chance that a customer has not left, shape (n,)."""
        chances = self._chances(histories)
        size = self.r + self.k * histories.repeat_orders
        stretch = np.log(self.alpha + histories.age) - np.log(self.alpha + histories.last_order_age)
        gone = self._left(histories)[histories.counts.place] + size * stretch - chances[0]
        return special.expit(-gone)

    def p_alive_after(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """The chance that a customer will not have left in ``weeks`` (a number or one per row, >= 0), shape (n,)."""
        time = np.broadcast_to(np.asarray(weeks, float), len(histories))
        (x, age, until), place = _pairs(histories, time)
        there = self.p_alive(histories) * self._chances(histories)[1:]
        nodes = self._nodes(histories, age, until)
        return (there * self._mean_if_there(stays_through, histories, x, age, until, nodes)[:, place]).sum(axis=0)

    def expected_orders(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """E[Y(t)], the expected orders within ``weeks`` (a number or one per row, >= 0), shape (n,)."""
        time = np.broadcast_to(np.asarray(weeks, float), len(histories))
        (x, age, until), place = _pairs(histories, time)
        there = self.p_alive(histories) * self._chances(histories)[1:]
        means = self._mean_if_there(orders_before_leaving, histories, x, age, until, self._nodes(histories, age, until))
        return (there * means[:, place]).sum(axis=0)

    def orders_until(self, histories: Histories, ends: Iterable[float]) -> Iterator[Floats]:
        """E[Y(t)] for each horizon of ``ends`` in turn, shape (n,) each: what does not depend on t is computed once."""
        x, at_age, place = histories.pairs
        age = histories.ages.values[at_age]
        there = self.p_alive(histories) * self._chances(histories)[1:]
        horizons = list(ends)
        nodes = self._nodes(histories, age, np.full(len(x), max(horizons, default=0.0)))
        for end in horizons:
            means = self._mean_if_there(orders_before_leaving, histories, x, age, np.full(len(x), end), nodes)
            yield (there * means[:, place]).sum(axis=0)

    def order_tail(self, histories: Histories, weeks: ArrayLike, count: ArrayLike) -> Floats:
        """P(Y(t) >= ``count``), whole numbers from 0 on, one for all or one per row; shape (n,)."""
        n = np.broadcast_to(np.asarray(count, float), len(histories))
        x, t = histories.repeat_orders, np.asarray(weeks, float)
        size, scale = self.r + self.k * x, self.alpha + histories.age
        shares = self._chances(histories)[1:]
        in_time = sum(shares[j] * reached(n * self.k - j, size + j, scale, t) for j in range(self.k))
        b = self.b + x + self.modified
        stays = np.exp(special.betaln(self.a, b + np.maximum(n - 1, 0)) - special.betaln(self.a, b))
        return np.where(n > 0, self.p_alive(histories) * stays * in_time, 1.0)

    def next_order_weeks(self, histories: Histories, chance: float = 0.5) -> Floats:
        """Weeks from the end of the observation until a customer who has not left orders, with this ``chance``.

        0.5 is the median. Shape (n,), at most :data:`~okaeri.predict.purchases.waiting.LONGEST`.
        """
        size, scale = self.r + self.k * histories.repeat_orders, self.alpha + histories.age
        return weeks_until(chance, size, scale, histories.age - histories.last_order_age, self.k)

    def _chances(self, histories: Histories) -> Floats:
        """log S, and the chances that 0 .. k - 1 stages of the open gap are done: shape (1 + k, n)."""
        size = self.r + self.k * histories.repeat_orders
        done = (histories.age - histories.last_order_age) / (self.alpha + histories.age)
        return open_gap(size, done, self.k)

    def _left(self, histories: Histories) -> Floats:
        """log of a / (b + m - 1) for each distinct x."""
        return _log_left(np.log(self.a), self.b, histories.counts.values + self.modified)

    def _nodes(self, histories: Histories, age: Floats, weeks: Floats) -> tuple[Floats, Floats]:
        """Chances to leave and their weights, (distinct x, nodes) each, for customers who have not left."""
        stretch = float((weeks / (self.alpha + age)).max(initial=0.0)) / self.k
        return jacobi(self.a, self.b + histories.counts.values + self.modified, nodes_for(stretch))

    def _mean_if_there(
        self,
        of: Callable[..., Floats],
        histories: Histories,
        x: Places,
        age: Floats,
        weeks: Floats,
        nodes: tuple[Floats, Floats],
    ) -> Floats:
        """Mean of a function of ``renewals`` over customers not left, by stages done: (k, pairs). ``x`` are places."""
        points, weights = nodes
        means = np.empty((self.k, len(x)))
        for begin in range(0, len(x), CHUNK):
            part = slice(begin, begin + CHUNK)
            size = self.r + self.k * histories.counts.values[x[part], None]
            scale, time = self.alpha + age[part, None], weeks[part, None]
            values = of(points[x[part]], size, scale, time, self.k)
            means[:, part] = (values * weights[x[part]]).sum(axis=2)
        return means


def fit_beta_geometric(
    histories: Histories, *, modified: bool = True, k: int = 1, start: BetaGeometric | None = None
) -> BetaGeometric:
    """Maximum likelihood of BG/NBD, MBG/NBD (``modified``), or with Erlang-``k`` gaps of (M)BG/CNBD-k.

    ``start`` saves steps in a bootstrap. For k > 1 the log-likelihood counts the gaps' logarithms where
    ``histories.log_gaps`` is given, and leaves them out otherwise: parameters do not depend on them.
    Raises NotConverged with a sentence where there is nothing to learn from; a ``note`` tells of a weak prior.
    """
    if k < 1 or k != int(k):
        raise ValueError(f"regularity k must be a whole number from 1 on, not {k}")
    refuse_hopeless(histories)
    unit = week_unit(histories)
    shift = np.array([0.0, np.log(unit), 0.0, 0.0])
    # a stage is one k-th of a gap
    usual = Usual(USUAL.start - [0.0, np.log(k), 0.0, 0.0], USUAL.low, USUAL.high, USUAL.held)
    near = None if start is None else start.log_parameters - shift
    found, note = most_likely(
        lambda at: log_likelihood(at, histories, modified, k, unit),
        usual,
        BetaGeometric.PARAMETERS,
        histories.customers,
        near,
    )
    return BetaGeometric(
        **BetaGeometric.named(found.at + shift),
        modified=modified, k=k,
        log_covariance=nested(found.covariance),
        log_likelihood=found.value + _constant(histories, k, unit),
        customers=histories.customers, repeat_orders=histories.orders_total, rows=len(histories), note=note,
    )  # fmt: skip


def refit(model: BetaGeometric, histories: Histories) -> BetaGeometric:
    """The model's parameters anew for a resample of the customers it was fitted on, in a tenth of a fit's time.

    Newton steps with the Hessian of ``model``, whose covariance the result keeps. Where they do not arrive, and where
    ``model`` needed a prior, it is fitted in full.
    """
    refuse_hopeless(histories)
    unit = week_unit(histories)
    shift = np.array([0.0, np.log(unit), 0.0, 0.0])

    def function(at: Floats) -> tuple[float, Floats]:
        return log_likelihood(at, histories, model.modified, model.k, unit)

    start, share = model.log_parameters - shift, model.customers / histories.customers
    found = None if model.note else near_maximum(function, start, np.array(model.log_covariance) * share)
    if found is None:
        return fit_beta_geometric(histories, modified=model.modified, k=model.k, start=model)
    at, value = found
    return replace(
        model, **BetaGeometric.named(at + shift), log_likelihood=value + _constant(histories, model.k, unit),
        customers=histories.customers, repeat_orders=histories.orders_total,
    )  # fmt: skip


def _constant(histories: Histories, k: int, unit: float) -> float:
    """What the parameters do not touch: gaps and G(k) of regular timing, and weeks for units of time."""
    gaps = 0.0 if k == 1 or histories.log_gaps is None else (k - 1) * histories.log_gaps_total
    return float(gaps - histories.orders_total * (special.gammaln(k) + k * np.log(unit)))


def log_likelihood(at: Floats, histories: Histories, modified: bool, k: int, unit: float = 1.0) -> tuple[float, Floats]:
    """Log of L without G(k) and gaps, summed over customers, and its gradient.

    ``at`` is (log r, log alpha, log a, log b), ages and alpha in ``unit`` weeks.
    """
    r, alpha, a, b = np.exp(at)
    w, n = histories.weight, histories.customers
    x, place = histories.counts
    known, m = histories.customers_by_count, x + modified
    size = (r + k * x)[place]
    until_end = alpha + histories.ages.values / unit
    until_last = alpha + histories.recencies.values / unit
    log_end = np.log(until_end)[histories.ages.place]
    log_last = np.log(until_last)[histories.recencies.place]
    still, still_r, done = _still_there(size, histories, until_end, unit, k)

    log_odds = _log_left(at[2], b, m)[place] + size * (log_end - log_last) - still
    small = np.exp(-np.abs(log_odds))
    left = w * np.where(log_odds > 0, 1.0, small) / (1.0 + small)
    there = w - left
    value = (
        known @ (special.gammaln(r + k * x) + special.betaln(a, b + m))
        + n * (r * at[1] - special.gammaln(r) - special.betaln(a, b))
        + (w * (still + np.maximum(log_odds, 0.0) + np.log1p(small) - size * log_end)).sum()
    )
    left_at = histories.by_count(left)
    both = special.digamma(a + b) - special.digamma(a + b + m)
    slope_r = (
        known @ (special.digamma(r + k * x) - special.digamma(r)) + n * at[1]
        - (there * log_end + left * log_last).sum() + (there * still_r).sum()
    )  # fmt: skip
    slope_alpha = (
        n * r / alpha
        - (there * (size + done) / until_end[histories.ages.place]).sum()
        - (left * size / until_last[histories.recencies.place]).sum()
    )
    slope_a = known @ both + left.sum() / a
    before = b + np.where(m > 0, m - 1, 0.0)
    slope_b = known @ (both + special.digamma(b + m) - special.digamma(b)) - (left_at / before).sum()
    return float(value), np.array([slope_r * r, slope_alpha * alpha, slope_a * a, slope_b * b])


def _log_left(log_a: float, b: float, m: Floats) -> Floats:
    """log of a / (b + m - 1): the odds of leaving at the last chance against passing it; -inf where there was none."""
    return np.where(m > 0, log_a - np.log(b + np.maximum(m, 1.0) - 1.0), -np.inf)


def _still_there(
    size: Floats, histories: Histories, until_end: Floats, unit: float, k: int
) -> tuple[Floats, Floats, Floats]:
    """log S, its derivative by r, and the mean number of stages done, all of shape (n,), or (1,) for k = 1."""
    total, total_r, done = np.ones(1), np.zeros(1), np.zeros(1)
    if k > 1:
        gap = (histories.age - histories.last_order_age) / unit / until_end[histories.ages.place]
        term, term_r = np.ones_like(size), np.zeros_like(size)
        for j in range(1, k):
            term_r = (term_r * (size + j - 1) + term) / j * gap
            term = term * (size + j - 1) / j * gap
            total, total_r, done = total + term, total_r + term_r, done + j * term
    return np.log(total), total_r / total, done / total


def _pairs(histories: Histories, weeks: Floats) -> tuple[tuple[Places, Floats, Floats], Places]:
    """The distinct (place of x, T, weeks), and for each row the place of its own: orders to come need no more."""
    times, time = np.unique(weeks, return_inverse=True)
    x, at_age, place = histories.pairs
    codes, place = np.unique(place * len(times) + time, return_inverse=True)
    pair, at_time = np.divmod(codes, len(times))
    return (x[pair], histories.ages.values[at_age[pair]], times[at_time]), place
