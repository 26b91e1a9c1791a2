"""What a customer will bring: orders to come times their values, as a law and not as one number.

Given the history, the number of orders Y within the horizon follows the purchase model, and their values the spend
model: with mean order value M, the sum of Y orders is gamma(p Y) M / p (gamma-gamma, note 025). The mean is
E[Y] E[M], as both models hold the two independent; the spread is taken from draws, in which Y runs through its own
quantiles, so that few draws give a steady answer.

Revenue has an atom: nothing at all is often the likeliest. An interval with equal tails would then reach from 0 to what
90% stay below, and hold 90% where it says 80. So it has equal tails only where both lie above 0; else it begins at 0 and
ends at what 80% stay below, and holds them. Where nothing has more than that chance alone, it is the point 0, and holds
more: no interval can hold less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.purchases.forecast import PurchaseModel
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.spend import SpendModel

Floats = NDArray[np.float64]

DRAWS = 128
#: Rows drawn at a time, so that draws stay small in memory.
CHUNK = 4096
#: Orders beyond which the chance of one more is not followed: the rest is one in ten thousand.
RARE = 1e-4
MOST_ORDERS = 2_000
LEVELS = {80: 0.8, 95: 0.95}


@dataclass(frozen=True)
class Outlook:
    """Revenue within the horizon, per row: standard deviation and bounds of the 80% and 95% intervals, shape (n,).

    ``bounds`` has low_80, high_80, low_95 and high_95.
    """

    sd: Floats
    bounds: dict[str, Floats]


def orders_by_quantile(
    model: PurchaseModel, histories: Histories, weeks: float, draws: int = DRAWS
) -> NDArray[np.int64]:
    """Y at the quantiles (i + 1/2) / ``draws`` of its law, shape (draws, n)."""
    above = 1 - (np.arange(draws) + 0.5)[:, None] / draws
    orders = np.zeros((draws, len(histories)), np.int64)
    at, rows = np.arange(len(histories)), histories
    for count in range(1, MOST_ORDERS + 1):
        tail = model.order_tail(rows, weeks, count)
        likely = tail >= RARE
        if not likely.any():
            break
        orders[:, at] += tail[None, :] > above
        # a few customers order so often that the others are left out from here on
        if 2 * likely.sum() < len(at):
            at, rows = at[likely], rows.only(likely)
    return orders


def outlook(
    orders: NDArray[np.int64], place: NDArray[np.intp], spend: SpendModel, past_orders: ArrayLike, past_spend: ArrayLike,
    chance: np.random.Generator,
) -> Outlook:  # fmt: skip
    """Revenue of customers whose history stands in column ``place`` of ``orders``, shape (n,).

    ``past_orders`` and ``past_spend`` are all their orders so far and the revenue of these.
    """
    past, spent = np.asarray(past_orders, float), np.asarray(past_spend, float)
    sd = np.empty(len(place))
    bounds = {f"{end}_{level}": np.empty(len(place)) for level in LEVELS for end in ("low", "high")}
    for part in _parts(len(place)):
        means = spend.mean_draws(past[part], spent[part], len(orders), chance)
        sums = np.sort(spend.spend_draws(means, orders[:, place[part]], chance), axis=0)
        sd[part] = sums.std(axis=0)
        for level, share in LEVELS.items():
            bounds[f"low_{level}"][part], bounds[f"high_{level}"][part] = _interval(sums, share)
    return Outlook(sd, bounds)


def _interval(sums: Floats, share: float) -> tuple[Floats, Floats]:
    """Bounds that hold ``share`` of sorted draws (draws, n), from 0 on where the lower tail has nothing else."""
    last = len(sums) - 1
    low, high = sums[round((1 - share) / 2 * last)], sums[round((1 + share) / 2 * last)]
    return low, np.where(low > 0, high, sums[round(share * last)])


def _parts(rows: int) -> Iterator[slice]:
    for begin in range(0, rows, CHUNK):
        yield slice(begin, begin + CHUNK)
