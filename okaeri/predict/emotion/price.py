"""What a dip costs: how often it is met, times what those who meet it bring less afterwards.

*Whose loss*: of orders whose customers, when asked, speak of the step. Surveys go to everybody, so their share of answers
is a share of orders, and nobody's choice to speak decides who is compared: who volunteers is more content or more cross than
others, and by how much depends on what befell them. Where too few were asked, all voices count, which is too many.

*How much less*: all who spoke of the step, content or not, against what the same model expects of them by those who spoke
where nothing is wrong (imputation: Kline 2011, American Economic Review 101:532, which is doubly robust),

    fall = mean over the dip of (x_i b - y_i),    b = (X'X + lean)^-1 X'y over the rest

with x of what was known before anything could befall the order: its goods, store and number, the customer's rhythm and
spending. To compare only the discontent would take people who are never content for people whom the dip made so, and to
compare different goods would take a dear bottle for a loss of those who bought a cheap one.

    loss = orders x (share of answers that speak of the step) x fall

*Worth* y: orders in the three quarters after the signal, valued by the revenue of the year that customers with as many had
(a surrogate index: Athey, Chetty, Imbens and Kang 2019, NBER 26463), as orders scatter far less than revenue.

The interval is by each customer's influence on the loss, customers as clusters, with Student's t. It may reach below
nought: then it is not clear that the dip costs anything. Of the loss, ``share`` x ``loss_each`` is a reading: the share of
orders beyond the usual whose customers are below there, as if these alone bore the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

LEVEL = 0.9
#: Orders after a signal from which customers are alike.
MOST_ORDERS = 6
FEWEST_ASKED = 30
#: Customers at the dip, and of the rest, below which nothing is compared.
FEWEST = 20
#: What is known of a label leans on all others as if by so many signals more.
LEAN = 5.0
#: Chance below which more than usual are below: a loss per person of nobody is no figure.
RARE = 0.02


@dataclass(frozen=True)
class Spoken:
    """Signals (n,): ``at_dip``, or of the ``rest`` they are compared with, or neither; ``below`` their channel's usual
    score, ``asked`` or volunteered, what followed in yen (``worth``, nan where it is not known yet), the ``traits`` (n, k)
    by which they are compared (see :func:`traits_of`), and whose they are."""

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


def traits_of(numbers: ArrayLike, labels: ArrayLike) -> Floats:
    """Columns by which signals are compared: ``numbers`` (n, j) in standard deviations, 0 where not known, and one column
    for each distinct of the ``labels`` (n, m), column by column."""
    x = np.asarray(numbers, float)
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    off = np.where(known, x - np.where(known, x, 0.0).sum(axis=0) / n, 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / n)
    columns = [np.divide(off, spread, out=np.zeros_like(off), where=spread > 1e-9)]
    for label in np.asarray(labels).T:
        names, place = np.unique(label, return_inverse=True)
        columns.append(np.eye(len(names))[place.reshape(-1)])
    return np.concatenate(columns, axis=1)


def price(spoken: Spoken, orders: float) -> Price | None:
    """The price of a dip over ``orders``; None where there are too few to compare, or where it is not clear that more than
    usual are below."""
    known = ~np.isnan(spoken.worth)
    asked = int((spoken.asked & spoken.at_dip & known).sum()) >= FEWEST_ASKED
    told = spoken.only(spoken.asked) if asked else spoken
    known = ~np.isnan(told.worth)
    if min(_people(told, known & told.at_dip), _people(told, known & told.rest)) < FEWEST:
        return None
    fall, by_fall = _against(told, told.worth, known)
    excess, by_excess = _against(told, -told.below.astype(float), np.ones(len(known), dtype=bool))
    freedom = _people(told, known & told.at_dip) - 1
    if not stats.t.sf(excess / max(_error(told, by_excess), 1e-12), freedom) < RARE:
        return None
    share = float(told.at_dip.mean())
    loss = orders * share * fall
    by_loss = orders * (share * by_fall + fall * (told.at_dip - share) / len(known))
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * _error(told, by_loss)
    return Price(share * excess, fall / excess, loss, loss - reach, loss + reach, asked)


def _against(spoken: Spoken, y: Floats, known: Flags) -> tuple[float, Floats]:
    """How much lower ``y`` is at the dip than expected by the rest, and what each signal adds to that (n,)."""
    x = np.concatenate([np.ones((len(y), 1)), spoken.traits], axis=1)
    dip, rest = spoken.at_dip & known, spoken.rest & known
    lean = np.full(x.shape[1], LEAN)
    lean[0] = 1e-9
    inverse = np.linalg.inv(x[rest].T @ x[rest] + np.diag(lean))
    expected = x @ (inverse @ (x[rest].T @ y[rest]))
    gap = np.where(known, expected - np.where(known, y, 0.0), 0.0)
    fall = float(gap[dip].mean())
    reach = x @ (inverse @ x[dip].mean(axis=0))
    return fall, np.where(dip, (gap - fall) / dip.sum(), 0.0) - np.where(rest, reach * gap, 0.0)


def _error(spoken: Spoken, influence: Floats) -> float:
    """Standard error of a sum of influences, those of one customer together."""
    who = np.unique(spoken.customer, return_inverse=True)[1].reshape(-1)
    each = np.bincount(who, influence)
    return float(np.sqrt((each**2).sum() * len(each) / max(len(each) - 1, 1)))


def _people(spoken: Spoken, rows: Flags) -> int:
    return len(np.unique(spoken.customer[rows]))
