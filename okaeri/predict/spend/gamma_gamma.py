"""Gamma-gamma: the mean value of a customer's orders, learned from the customer and from all others.

Fader and Hardie (2013), "The gamma-gamma model of monetary value", note 025. A customer's orders are gamma(p, nu),
whose mean is p / nu; nu varies over customers as gamma(q, v). With x orders of mean m and total z = x m:

    f(m | x)  = G(p x + q) / (G(p x) G(q)) v^q m^(p x - 1) x^(p x) / (v + z)^(p x + q)              (eq. 1)
    nu | x, z ~ gamma(p x + q, v + z)                                                              (eq. 4)
    E[M | x, z] = p (v + z) / (p x + q - 1),   E[M] = p v / (q - 1)                                 (eq. 5, 3)

The note's gamma is v. Of a row only log(z + v) has to be computed for each v; the rest are functions of x alone and two
sums. Which orders count is the caller's: all of them (x + 1), as recommended, or repeats only, as in the note.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.fitted import Fitted
from okaeri.predict.maximum import Maximum, maximise, near_maximum
from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

FEWEST_CUSTOMERS = 20
#: The fit runs over log p, log q and log(p v / q): an order value like a mean that exists for any q, in units of the
#: mean order value. At exp(9) the coefficient of variation within (p) or between (q) customers is one percent.
BOUNDS = [(-5.0, 9.0), (-5.0, 9.0), (-12.0, 12.0)]
START = np.log([3.0, 4.0, 1.0])
#: From there to log p, log q, log v.
TO_V = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 1.0, 1.0]])
#: A mean that hangs on less than this above q = 1 is no number to plan with: it is more than 20 times v p.
LEAST_Q = 1.05

TOO_FEW = "Only {customers:.0f} customers have spent anything, {needed} are needed: use the mean order value for all."
ALL_ALIKE = "All customers spend the same per order: use that mean order value of {mean:.2f} for everyone."
NO_DIFFERENCE = "Customers hardly differ in what they spend per order: use the mean order value of {mean:.2f} for all."
OWN_MEAN = "A customer's orders are all of nearly the same value: use each customer's own mean order value."
NO_MEAN = (
    "A few customers spend so much more than the others that the model has no mean order value (q is {q:.2f}): "
    "look for wrong amounts and wholesale customers, or cap the largest orders."
)


@dataclass(frozen=True, kw_only=True)
class GammaGamma(Fitted):
    """Fitted gamma-gamma: shapes p and q (> 1, else the mean does not exist), scale v in the shop's currency."""

    NAME: ClassVar[str] = "gamma_gamma"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("p", "q", "v")
    LEAST: ClassVar[tuple[float, ...]] = (0.0, 1.0, 0.0)

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """E[M]: mean order value over customers, which is also that of a customer not yet known."""
        return self.p * self.v / (self.q - 1)

    def expected_order_value(self, orders: ArrayLike, spend: ArrayLike) -> Floats:
        """E[M | x, z] of customers with ``orders`` (x, may be 0) and total ``spend`` (z): shape as theirs, > 0."""
        shape, scale = self._posterior(orders, spend)
        return scale / (shape - 1)

    def quantile(self, orders: ArrayLike, spend: ArrayLike, share: float) -> Floats:
        """The mean order value a customer stays below with chance ``share`` in (0, 1): inverse gamma, shape as theirs."""
        shape, scale = self._posterior(orders, spend)
        return scale / special.gammaincinv(shape, 1 - share)

    def mean_draws(self, orders: ArrayLike, spend: ArrayLike, count: int, chance: np.random.Generator) -> Floats:
        """``count`` draws of the mean order value of each customer, shape (count, n)."""
        shape, scale = self._posterior(orders, spend)
        return scale / chance.standard_gamma(shape, size=(count, *np.shape(shape)))

    def spend_draws(self, means: Floats, ordered: ArrayLike, chance: np.random.Generator) -> Floats:
        """Draws of what ``ordered`` orders (0 and more) of customers with these mean order values add up to.

        The sum of n orders of mean M is gamma(p n) M / p. Shapes are broadcast, as (count, n) against (count, n).
        """
        return means / self.p * chance.standard_gamma(self.p * np.asarray(ordered, float))

    def _posterior(self, orders: ArrayLike, spend: ArrayLike) -> tuple[Floats, Floats]:
        """Shape and scale of the inverse gamma law of a customer's mean order value (eq. 4 for p / nu)."""
        x, z = np.asarray(orders, float), np.maximum(np.asarray(spend, float), 0.0)
        return self.p * x + self.q, self.p * (self.v + z)


def fit(
    orders: ArrayLike, spend: ArrayLike, weights: ArrayLike | None = None, start: GammaGamma | None = None
) -> GammaGamma:
    """Maximum likelihood on distinct rows of ``orders`` (x) and total ``spend`` (z), shape (n,), ``weights`` customers.

    Rows without orders or with nothing spent (net of returns) are left out. ``start`` saves steps in a bootstrap.
    Raises NotConverged with a sentence where the model does not exist or would add nothing.
    """
    rows = SpendRows(orders, spend, weights)
    if rows.customers < FEWEST_CUSTOMERS:
        raise NotConverged(TOO_FEW, customers=rows.customers, needed=FEWEST_CUSTOMERS)
    if rows.spread < 1e-6:
        raise NotConverged(ALL_ALIKE, mean=rows.unit)
    found = maximise(rows.log_likelihood, _start(start, rows.unit), BOUNDS, rows.customers)
    _refuse_limits(found, rows.unit)
    p, q, v = np.exp(TO_V @ found.at) * [1, 1, rows.unit]
    turn = np.diag([1, q / (q - 1), 1]) @ TO_V
    covariance = turn @ found.covariance @ turn.T
    return GammaGamma(
        p=float(p),
        q=float(q),
        v=float(v),
        log_covariance=tuple(tuple(map(float, row)) for row in covariance),
        # the density of a mean in the shop's currency, not in units of the mean order value
        log_likelihood=float(found.value - rows.customers * np.log(rows.unit)),
        customers=rows.customers,
    )


def _start(model: GammaGamma | None, unit: float) -> Floats:
    if model is None:
        return START
    near = np.linalg.solve(TO_V, np.log([model.p, model.q, model.v / unit]))
    return np.clip(near, *np.array(BOUNDS).T)


def _refuse_limits(found: Maximum, unit: float) -> None:
    """A parameter at its bound is a simpler world than gamma-gamma's; say which."""
    if np.exp(found.at[1]) < LEAST_Q:
        raise NotConverged(NO_MEAN, q=float(np.exp(found.at[1])))
    if found.high[1]:
        raise NotConverged(NO_DIFFERENCE, mean=unit)
    if found.high[0]:
        raise NotConverged(OWN_MEAN)


class Refits:
    """A model's parameters anew for resamples of the rows it was fitted on, in a tenth of a fit's time.

    Steps go by the Hessian of ``model``, whose covariance the results keep; where they do not arrive, it is a full fit.
    """

    def __init__(self, model: GammaGamma, orders: ArrayLike, spend: ArrayLike):
        self.model, self.orders, self.spend = model, np.asarray(orders, float), np.asarray(spend, float)
        self._rows = SpendRows(self.orders, self.spend)
        p, q, v = model.p, model.q, model.v / self._rows.unit
        self._at = np.linalg.solve(TO_V, np.log([p, q, v]))
        back = np.linalg.inv(np.diag([1, q / (q - 1), 1]) @ TO_V)
        self._covariance = back @ np.array(model.log_covariance) @ back.T

    def fit(self, weights: ArrayLike) -> GammaGamma:
        """For rows with these weights, shape (n,). Raises NotConverged as :func:`fit`."""
        rows = self._rows.weighted(np.asarray(weights, float))
        share = self.model.customers / max(rows.customers, 1.0)
        found = near_maximum(rows.log_likelihood, self._at, self._covariance * share)
        low, high = np.array(BOUNDS).T
        if found is None or (found[0] - low < 1e-3).any() or (high - found[0] < 1e-3).any():
            return fit(self.orders, self.spend, weights, self.model)
        p, q, v = np.exp(TO_V @ found[0]) * [1, 1, rows.unit]
        if q < LEAST_Q:
            raise NotConverged(NO_MEAN, q=float(q))
        likelihood = float(found[1] - rows.customers * np.log(rows.unit))
        return replace(
            self.model, p=float(p), q=float(q), v=float(v), log_likelihood=likelihood, customers=rows.customers
        )


class SpendRows:
    """Rows of spend with all that does not depend on the parameters: computed once, used at every step of a fit.

    Money is in units of ``unit``, the mean order value, so that the same start suits every currency.
    """

    def __init__(self, orders: ArrayLike, spend: ArrayLike, weights: ArrayLike | None = None):
        x, z = np.asarray(orders, float), np.asarray(spend, float)
        w = np.ones_like(x) if weights is None else np.asarray(weights, float)
        self._used = (x > 0) & (z > 0) & (w > 0)
        x, z, w = x[self._used], z[self._used], w[self._used]
        self.unit = float((w * z).sum() / (w * x).sum()) if len(x) else 1.0
        self.spend = z / self.unit
        self.counts, self._place = np.unique(x, return_inverse=True)
        self._log_mean = np.log(self.spend / x)
        self._x_log_spend = x * np.log(self.spend)
        self._weigh(w)

    def weighted(self, weights: Floats) -> SpendRows:
        """The same rows, of all that were told, with other weights: what is common to both is not computed again."""
        again = copy(self)
        again._weigh(weights[self._used])
        return again

    def _weigh(self, weights: Floats) -> None:
        self.weights, self.customers = weights, float(weights.sum())
        self._customers_at = self.by_count(weights)
        #: The two sums: of log m, and of x log z.
        self._sums = (weights * self._log_mean).sum(), (weights * self._x_log_spend).sum()

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm of the mean order value."""
        middle = self._sums[0] / self.customers
        return float(np.sqrt((self.weights * (self._log_mean - middle) ** 2).sum() / self.customers))

    def by_count(self, values: Floats) -> Floats:
        """Sums of a value per row over rows with the same order count."""
        return np.bincount(self._place, values, minlength=len(self.counts)).astype(float)

    def log_likelihood(self, at: Floats) -> tuple[float, Floats]:
        """Log of eq. 1 summed over customers, and its gradient, at (log p, log q, log(p v / q))."""
        p, q, v = np.exp(TO_V @ at)
        x, n, (log_mean, x_log_spend) = self.counts, self._customers_at, self._sums
        logs = self.by_count(self.weights * np.log(self.spend + v))
        parts = self.by_count(self.weights / (self.spend + v))
        value = (
            n @ (special.gammaln(p * x + q) - special.gammaln(p * x))
            + self.customers * (q * np.log(v) - special.gammaln(q))
            + p * x_log_spend - log_mean - (p * x + q) @ logs
        )  # fmt: skip
        above = special.digamma(p * x + q)
        slope_p = n @ (x * (above - special.digamma(p * x))) + x_log_spend - x @ logs
        slope_q = n @ above + self.customers * (np.log(v) - special.digamma(q)) - logs.sum()
        slope_v = self.customers * q / v - (p * x + q) @ parts
        return float(value), TO_V.T @ (np.array([slope_p, slope_q, slope_v]) * [p, q, v])
