"""Parameters and values again and again, from customers drawn anew: how sure they are without believing a Hessian.

Efron (1979, Annals of Statistics 7): so many customers are drawn with replacement, models fitted to them, and the
customers there are valued by these models. A draw is other weights of the same rows; fits start where the first one ended
and take Newton steps, so that a thousand draws of a small shop take a few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.discount import WEEKS_PER_YEAR
from okaeri.predict.purchases.beta_geometric import BetaGeometric, refit
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.spend.gamma_gamma import GammaGamma, Refits

Floats = NDArray[np.float64]

#: Points in time at which orders are asked for to discount them, on [-1, 1], and their weights.
GAUSS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True)
class Replicates:
    """Of each draw (D,): parameters of both models, (D, 4) and (D, 3) in the order of their names, and the value of all
    customers, (D,)."""

    purchases: Floats
    spend: Floats
    value: Floats


def bootstrap(
    purchases: BetaGeometric,
    spend: GammaGamma,
    histories: Histories,
    place: ArrayLike,
    orders: ArrayLike,
    spent: ArrayLike,
    weights: ArrayLike,
    *,
    weeks: float,
    yearly: float,
    count: int,
    chance: np.random.Generator,
) -> Replicates:
    """``count`` draws. Of rows of customers (n,): ``place`` of their history, all their ``orders`` so far and what these
    added up to, and how many customers (``weights``) the row stands for; ``histories`` carry the sums of these.

    The value is of ``weeks`` to come, discounted by ``yearly``. Raises NotConverged where a draw has no fit.
    """
    at, w = np.asarray(place, np.intp), np.asarray(weights, float)
    past, z = np.asarray(orders, float), np.asarray(spent, float)
    (counts, sums), pair = np.unique(np.stack([past, z]), axis=1, return_inverse=True)
    spends = Refits(spend, counts, sums)
    total, chances, pair = round(float(w.sum())), w / w.sum(), pair.reshape(-1)
    found = []
    for _ in range(count):
        drawn = chance.multinomial(total, chances).astype(float)
        model = refit(purchases, histories.weighted(np.bincount(at, drawn, minlength=len(histories))))
        worth = spends.fit(np.bincount(pair, drawn, minlength=len(counts)))
        each = discounted(model, histories, weeks, yearly)[at] * worth.expected_order_value(past, z)
        found.append((*model.parameters.values(), *worth.parameters.values(), float(w @ each)))
    table = np.array(found).reshape(count, -1)
    return Replicates(table[:, :4], table[:, 4:7], table[:, 7])


def discounted(model: BetaGeometric, histories: Histories, weeks: float, yearly: float) -> Floats:
    """Orders within ``weeks``, each worth (1 + yearly)^-years, shape (n,).

    Integrated by parts, with E(t) the orders expected within t weeks and d the rate of a week,

        integral of e^(-d t) dE(t) = e^(-d H) E(H) + d * integral of e^(-d t) E(t) dt,

    the rest by Gauss and Legendre's rule, as E is smooth: within some millionths of daily steps for a year.
    """
    rate = np.log1p(yearly) / WEEKS_PER_YEAR
    points, shares = GAUSS
    times = (points + 1) / 2 * weeks
    factors = rate * shares / 2 * weeks * np.exp(-rate * times)
    ends = [*times, weeks] if rate else [weeks]
    *inner, whole = model.orders_until(histories, ends)
    return sum((factor * until for factor, until in zip(factors, inner, strict=False)), np.exp(-rate * weeks) * whole)
