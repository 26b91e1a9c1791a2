"""What a dip costs: people times what it does to coming back, times what coming back is worth.

*What it does* is a matched difference: those who spoke at the dip against those who spoke where nothing is wrong through
the same channel, after as many orders, of goods of the same category. All who spoke there count, content or not: to compare only
the discontent would take people who are never content for people whom the dip made so.

*Worth*: orders in the three quarters after the signal, valued by the revenue of the year that customers with as many had (a
surrogate index: Athey, Chetty, Imbens and Kang 2019, NBER 26463), as orders scatter far less than revenue.

*People*: those below over what is usual, as a share of answers to surveys that everybody is sent, times all orders. Where
nobody was asked, the share of all who spoke is taken, which is too high: the discontent speak more.

The interval draws customers, with all their signals, anew (Poisson weights; Rubin 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

DRAWS = 200
LEVEL = 0.9
#: Orders after a signal from which customers are alike.
MOST_ORDERS = 6
FEWEST_ASKED = 30
#: In this share of draws more than usual are below.
CLEAR = 0.98


@dataclass(frozen=True)
class Spoken:
    """Signals (n,): ``at_dip``, or of the ``rest`` they are compared with, or neither; ``below`` their channel's usual score, ``asked`` or volunteered, what followed in yen
    (``worth``), the ``stratum`` within which they are compared, and whose they are."""

    at_dip: Flags
    rest: Flags
    below: Flags
    asked: Flags
    worth: Floats
    stratum: Places
    customer: Places


@dataclass(frozen=True)
class Price:
    """Of one dip: ``share`` of orders in it, ``loss_each`` in yen per order in it, ``loss`` in yen over ``orders``, with
    the bounds of the 90% interval; ``matched`` is the share of those who spoke there with others to compare."""

    share: float
    loss_each: float
    loss: float
    low: float
    high: float
    matched: float
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


def price(spoken: Spoken, orders: float, chance: np.random.Generator, draws: int = DRAWS) -> Price | None:
    """The price of a dip over ``orders``; None where nobody there can be compared, or it is not clear that more than usual
    are below: a loss per person of nobody is no figure."""
    people = int(spoken.customer.max(initial=-1)) + 1
    asked = bool((spoken.asked & spoken.at_dip).sum() >= FEWEST_ASKED)
    first = _once(spoken, np.ones(len(spoken.worth)), asked)
    if first is None or first[0] <= 0:
        return None
    drawn = [_once(spoken, chance.poisson(1.0, people)[spoken.customer].astype(float), asked) for _ in range(draws)]
    told = [one for one in drawn if one is not None and one[0] > 0]
    if len(told) < CLEAR * draws:
        return None
    losses = orders * np.array([one[0] * one[1] for one in told])
    low, high = np.quantile(losses, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    share, each, matched = first
    return Price(share, each, orders * share * each, float(low), float(high), matched, asked)


def _once(spoken: Spoken, w: Floats, asked: bool) -> tuple[float, float, float] | None:
    """Share of orders in the dip, yen per order in it, and share compared, with signals weighted."""
    fall, excess, matched = _against(spoken, w)
    if excess <= 0:
        return None
    each = fall / excess
    if not asked:
        return excess * float(w[spoken.at_dip].sum() / w.sum()), each, matched
    own = np.where(spoken.asked, w, 0.0)
    _, excess_asked, _ = _against(spoken, own)
    return max(excess_asked, 0.0) * float(own[spoken.at_dip].sum() / own.sum()), each, matched


def _against(spoken: Spoken, w: Floats) -> tuple[float, float, float]:
    """Per signal at the dip, against matched others: yen fewer, share more below; and the share matched."""
    size = int(spoken.stratum.max(initial=-1)) + 1
    there, rest = np.where(spoken.at_dip, w, 0.0), np.where(spoken.rest, w, 0.0)
    n, others = (np.bincount(spoken.stratum, part, size) for part in (there, rest))
    both = (n > 0) & (others > 0)
    weight = np.where(both, n, 0.0)
    total = weight.sum()
    if total <= 0:
        return 0.0, 0.0, 0.0
    gaps = []
    for y in (spoken.worth, -spoken.below.astype(float)):
        usual = np.bincount(spoken.stratum, rest * y, size)[both] / others[both]
        found = np.bincount(spoken.stratum, there * y, size)[both] / n[both]
        gaps.append(float(weight[both] @ (usual - found)) / float(total))
    return gaps[0], gaps[1], float(total / n.sum())
