"""What a dip costs: how often it is met, times what those who meet it bring less afterwards.

*Whose loss*: of orders whose customers, when asked, speak of the step. Surveys go to everybody, so their share of answers
is a share of orders, and nobody's choice to speak decides who is compared: who volunteers is more content or more cross than
others, and by how much depends on what befell them. Where too few were asked, all voices count, which is too many.

*How much less*: all who spoke of the step, content or not, against what is expected of the same orders by those who spoke
where nothing is wrong (see ``alike``), by what was known before anything could befall them: goods, store, number, the
customer's rhythm and spending. To compare only the discontent would take people who are never content for people whom the
dip made so, and to compare different goods would take a dear bottle for a loss of those who bought a cheap one.

    loss = orders x (share of answers that speak of the step) x fall

*Worth* y: orders in the three quarters after the signal, valued by the revenue of the year that customers with as many had
(a surrogate index: Athey, Chetty, Imbens and Kang 2019, NBER 26463), as orders scatter far less than revenue.

The interval is by what leaving each customer out does to the loss (jackknife), with Student's t. It may reach below
nought: then it is not clear that the dip costs anything. Of the loss, ``share`` x ``loss_each`` is a reading: the share of
orders beyond the usual whose customers are below there, as if these alone bore the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from okaeri.predict.emotion.alike import clustered_error, shortfall

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

LEVEL = 0.9
#: Orders after a signal from which customers are alike.
MOST_ORDERS = 6
FEWEST_ASKED = 30
#: Customers at the dip, and of the rest, below which nothing is compared.
FEWEST = 20
#: Chance below which more than usual are below: a loss per person of nobody is no figure.
RARE = 0.02


@dataclass(frozen=True)
class Spoken:
    """Signals (n,): ``at_dip``, or of the ``rest`` they are compared with, or neither; ``below`` their channel's usual
    score, ``asked`` or volunteered, what followed in yen (``worth``, nan where it is not known yet), the ``traits`` (n, k)
    by which they are compared (see ``alike.traits_of``), and whose they are."""

    at_dip: Flags
    rest: Flags
    below: Flags
    asked: Flags
    worth: Floats
    traits: Floats
    customer: Places

    def only(self, rows: Flags) -> Spoken:
        """Some of the signals."""
        return Spoken(self.at_dip[rows], self.rest[rows], self.below[rows], self.asked[rows], self.worth[rows],
                      self.traits[rows], self.customer[rows])  # fmt: skip


@dataclass(frozen=True)
class Price:
    """Of one dip: ``share`` of orders in it, ``loss_each`` in yen per order in it, ``loss`` in yen over ``orders``, with
    the bounds of the 90% interval, and whether only those asked were counted."""

    share: float
    loss_each: float
    loss: float
    low: float
    high: float
    asked: bool


def worth_of(orders_after: ArrayLike, revenue: ArrayLike, valued: ArrayLike, group: ArrayLike) -> Floats:
    """Revenue of the year after, (n,), expected of ``orders_after`` in its first part and the ``group`` of customers.

    Learned from signals with the year on record (``valued``); without any, nan.
    """
    count = np.minimum(np.asarray(orders_after), MOST_ORDERS).astype(int)
    groups = np.unique(np.asarray(group), return_inverse=True)[1].reshape(-1)
    known, money = np.asarray(valued, bool), np.asarray(revenue, float)
    if not known.any():
        return np.full(len(count), np.nan)
    by_count = _mean(count, money, known, MOST_ORDERS + 1, np.full(MOST_ORDERS + 1, money[known].mean()), 1.0)
    cell = groups * (MOST_ORDERS + 1) + count
    size = (int(groups.max()) + 1) * (MOST_ORDERS + 1)
    # a cell of few leans on all customers with as many orders after
    return _mean(cell, money, known, size, np.resize(by_count, size), 10.0)[cell]


def _mean(cell: Places, y: Floats, known: Flags, size: int, prior: Floats, weight: float) -> Floats:
    n = np.bincount(cell[known], minlength=size)
    return (np.bincount(cell[known], y[known], size) + weight * prior) / (n + weight)


def price(spoken: Spoken, orders: float) -> Price | None:
    """The price of a dip over ``orders``; None where there are too few to compare, or where it is not clear that more than
    usual are below."""
    known = ~np.isnan(spoken.worth)
    asked = int((spoken.asked & spoken.at_dip & known).sum()) >= FEWEST_ASKED
    told = spoken.only(spoken.asked) if asked else spoken
    known = ~np.isnan(told.worth)
    if min(_people(told, known & told.at_dip), _people(told, known & told.rest)) < FEWEST:
        return None
    fall, by_fall = shortfall(told.worth, told.at_dip & known, told.rest & known, told.traits, told.customer)
    excess, by_excess = shortfall(-told.below.astype(float), told.at_dip, told.rest, told.traits, told.customer)
    freedom = _people(told, known & told.at_dip) - 1
    if not stats.t.sf(excess / max(clustered_error(by_excess, told.customer), 1e-12), freedom) < RARE:
        return None
    share = float(told.at_dip.mean())
    loss = orders * share * fall
    by_loss = orders * (share * by_fall + fall * (told.at_dip - share) / len(known))
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * clustered_error(by_loss, told.customer)
    return Price(share * excess, fall / excess, loss, loss - reach, loss + reach, asked)


def _people(spoken: Spoken, rows: Flags) -> int:
    return len(np.unique(spoken.customer[rows]))
