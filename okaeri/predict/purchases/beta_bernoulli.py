"""BG/BB: orders at set opportunities (issues, seasons, yearly gifts), at most one at each.

Fader, Hardie and Shang (2010, Marketing Science 29, eq. 6). At each opportunity a customer who is still there orders with
chance p, over customers beta(alpha, beta); before each the customer leaves for good with chance theta, over customers
beta(gamma, delta). Of x orders at n opportunities after the first order, the last at t_x:

    L = B(alpha + x, beta + n - x) / B(alpha, beta) B(gamma, delta + n) / B(gamma, delta)
      + sum over i < n - t_x of B(alpha + x, beta + t_x - x + i) / B(alpha, beta) B(gamma + 1, delta + t_x + i) / B(gamma, delta)

The first term is of customers still there at n; given that, p ~ beta(alpha + x, beta + n - x) and theta ~ beta(gamma,
delta + n), independent. Here the columns of a history count opportunities, not weeks, and so do all horizons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from okaeri.predict.purchases.fitting import FittedPurchases, Floats, Usual, most_likely, nested, refuse_hopeless
from okaeri.predict.purchases.histories import Histories

USUAL = Usual(
    start=np.log([1.0, 1.0, 0.7, 2.5]), low=np.full(4, -8.0), high=np.full(4, 9.0), held=np.ones(4, dtype=bool)
)
#: No wait is told longer than this many opportunities.
MOST_WAITED = 1000


@dataclass(frozen=True, kw_only=True)
class BetaBernoulli(FittedPurchases):
    """Fitted BG/BB: alpha, beta of the chance to order at an opportunity, gamma, delta of the chance to leave."""

    NAME: ClassVar[str] = "beta_bernoulli"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0, 0.0)
    label: ClassVar[str] = "BG/BB"

    alpha: float
    beta: float
    gamma: float
    delta: float

    def p_alive(self, histories: Histories) -> Floats:
        """The chance that a customer will be there at the next opportunity, n + 1 (eq. 11), shape (n,)."""
        _check(histories)
        terms = _terms(self.log_parameters, histories)
        still = np.exp(terms[0] - special.logsumexp(terms, axis=0))
        return still * (self.delta + histories.age) / (self.gamma + self.delta + histories.age)

    def p_alive_after(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """The chance to be there at the opportunity ``weeks`` after the next one, shape (n,)."""
        ahead, first = _whole(weeks, len(histories)) + 1.0, np.ones(len(histories))
        return self.p_alive(histories) * np.exp(self._log_stays(histories, ahead) - self._log_stays(histories, first))

    def expected_orders(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """E[Y], the expected orders at the next ``weeks`` opportunities (whole numbers), shape (n,) (eq. 13)."""
        horizon = _whole(weeks, len(histories))
        ahead = np.arange(2.0, horizon.max(initial=0) + 1)[:, None]
        stays = self._log_stays(histories, ahead) - self._log_stays(histories, np.ones((1, 1)))
        there = (horizon > 0) + np.where(ahead <= horizon, np.exp(stays), 0.0).sum(axis=0)
        rate = (self.alpha + histories.repeat_orders) / (self.alpha + self.beta + histories.age)
        return self.p_alive(histories) * rate * there

    def orders_until(self, histories: Histories, ends: Iterable[float]) -> Iterator[Floats]:
        """The expected orders at the opportunities up to each of ``ends`` in turn, shape (n,) each."""
        return (self.expected_orders(histories, end) for end in ends)

    def order_tail(self, histories: Histories, weeks: ArrayLike, count: ArrayLike) -> Floats:
        """P(Y >= ``count``) at the next ``weeks`` opportunities (eq. 8 for a known history), shape (n,)."""
        horizon = _whole(weeks, len(histories))
        n = np.broadcast_to(np.asarray(count, float), len(histories))
        still_there = self.p_alive(histories) / np.exp(self._log_stays(histories, np.ones(1)))
        total = np.zeros(len(histories))
        for ahead in range(1, int(horizon.max(initial=0)) + 1):
            # the last opportunity at which the customer is there: left at the next one, or the horizon
            stays = np.exp(self._log_stays(histories, np.array([float(ahead)])))
            leaves = stays - np.exp(self._log_stays(histories, np.array([ahead + 1.0])))
            share = np.where(ahead < horizon, leaves, np.where(ahead == horizon, stays, 0.0))
            total += share * self._order_share(histories, ahead, n)
        return np.where(n > 0, np.clip(still_there * total, 0.0, 1.0), 1.0)

    def next_order_weeks(self, histories: Histories, chance: float = 0.5) -> Floats:
        """Opportunities until a customer who stays orders, with this ``chance``; at most :data:`MOST_WAITED`."""
        if not 0 < chance < 1:
            raise ValueError(f"chance must lie between 0 and 1, not {chance}")
        orders, passes = self.alpha + histories.repeat_orders, self.beta + histories.age - histories.repeat_orders
        low, high = np.zeros(len(histories)), np.full(len(histories), float(MOST_WAITED))
        while (high - low).max() > 1:
            middle = np.floor((low + high) / 2)
            silent = np.exp(special.betaln(orders, passes + middle) - special.betaln(orders, passes))
            late = silent > 1 - chance
            low, high = np.where(late, middle, low), np.where(late, high, middle)
        return high

    def _log_stays(self, histories: Histories, ahead: Floats) -> Floats:
        """log of the chance that a customer there at n is there at n + ``ahead`` too."""
        stay = self.delta + histories.age
        return special.betaln(self.gamma, stay + ahead) - special.betaln(self.gamma, stay)

    def _order_share(self, histories: Histories, opportunities: int, count: Floats) -> Floats:
        """P(orders >= count) at so many opportunities of a customer who is there at all of them: beta-binomial."""
        orders, passes = self.alpha + histories.repeat_orders, self.beta + histories.age - histories.repeat_orders
        hits = np.arange(opportunities + 1.0)[:, None]
        ways = -special.betaln(hits + 1, opportunities - hits + 1) - np.log(opportunities + 1)
        chances = np.exp(
            ways + special.betaln(orders + hits, passes + opportunities - hits) - special.betaln(orders, passes)
        )
        return np.where(hits >= count, chances, 0.0).sum(axis=0)


def fit_beta_bernoulli(histories: Histories, *, start: BetaBernoulli | None = None) -> BetaBernoulli:
    """Maximum likelihood of BG/BB; ages count opportunities. ``start`` saves steps in a bootstrap.

    Raises NotConverged with a sentence where there is nothing to learn from; a ``note`` tells of a weak prior.
    ValueError where the ages are not whole numbers or there are more orders than opportunities.
    """
    _check(histories)
    refuse_hopeless(histories)
    near = None if start is None else start.log_parameters
    found, note = most_likely(
        lambda at: log_likelihood(at, histories), USUAL, BetaBernoulli.PARAMETERS, histories.customers, near
    )
    return BetaBernoulli(
        **BetaBernoulli.named(found.at),
        log_covariance=nested(found.covariance),
        log_likelihood=float(found.value),
        customers=histories.customers, repeat_orders=histories.orders_total, rows=len(histories), note=note,
    )  # fmt: skip


def log_likelihood(at: Floats, histories: Histories) -> tuple[float, Floats]:
    """Log of L summed over customers, and its gradient, at (log alpha, log beta, log gamma, log delta)."""
    terms = _terms(at, histories)
    rows = special.logsumexp(terms, axis=0)
    shares = histories.weight * np.exp(terms - rows)
    alpha, beta, gamma, delta = np.exp(at)
    orders, passes, leaves, stays = _shapes(at, histories)
    digamma = special.digamma
    ordered, stayed = digamma(orders + passes), digamma(leaves + stays)
    n = histories.customers
    slope = [
        (shares * (digamma(orders) - ordered)).sum() - n * (digamma(alpha) - digamma(alpha + beta)),
        (shares * (digamma(passes) - ordered)).sum() - n * (digamma(beta) - digamma(alpha + beta)),
        (shares * (digamma(leaves) - stayed)).sum() - n * (digamma(gamma) - digamma(gamma + delta)),
        (shares * (digamma(stays) - stayed)).sum() - n * (digamma(delta) - digamma(gamma + delta)),
    ]
    return float((histories.weight * rows).sum()), np.array(slope) * np.exp(at)


def _shapes(at: Floats, histories: Histories) -> tuple[Floats, Floats, Floats, Floats]:
    """Shapes of p (two) and theta (two) in each term of L: still there, then left after t_x + i; (1 + terms, n)."""
    alpha, beta, gamma, delta = np.exp(at)
    x, last, age = histories.repeat_orders, histories.last_order_age, histories.age
    i = np.arange(int((age - last).max(initial=0)))[:, None]
    # terms past the last opportunity are cut off in _terms; until then they only must be finite
    known = np.concatenate([age[None], np.minimum(last + i, age)])
    left = np.concatenate([np.zeros((1, 1)), np.ones((len(i), 1))])
    return alpha + x + 0 * known, beta + known - x, gamma + left + 0 * known, delta + known


def _terms(at: Floats, histories: Histories) -> Floats:
    """Logarithms of the terms of L, (1 + terms, n); -inf beyond the history's own."""
    alpha, beta, gamma, delta = np.exp(at)
    orders, passes, leaves, stays = _shapes(at, histories)
    logs = special.betaln(orders, passes) + special.betaln(leaves, stays)
    i = np.arange(-1, len(logs) - 1)[:, None]
    inside = i < np.maximum(histories.age - histories.last_order_age, 0)
    return np.where(inside, logs, -np.inf) - special.betaln(alpha, beta) - special.betaln(gamma, delta)


def _whole(weeks: ArrayLike, rows: int) -> Floats:
    horizon = np.broadcast_to(np.asarray(weeks, float), rows)
    if (horizon != np.floor(horizon)).any():
        raise ValueError("BG/BB looks ahead a whole number of opportunities")
    return horizon


def _check(histories: Histories) -> None:
    columns = (histories.last_order_age, histories.age)
    if any((column != np.floor(column)).any() for column in columns):
        raise ValueError("for BG/BB, ages count opportunities: they must be whole numbers")
    if (histories.repeat_orders > histories.last_order_age).any():
        raise ValueError("for BG/BB, there cannot be more repeat orders than opportunities (last_order_age)")
