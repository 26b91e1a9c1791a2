"""Before against after a repair: those who came in each time, standardised for how they differ.

    change = mean after - what is expected of those after by those before (see ``alike``)

Where others are given whom the repair does not touch, their own change in the same time is taken off: so a shop that pleases
more at every step is not said to have repaired one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from okaeri.predict.emotion.alike import clustered_error, shortfall

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = 0.9
#: Customers on either side below which nothing is compared.
FEWEST = 30


@dataclass(frozen=True)
class Compared:
    """Means ``before`` (of those alike with those after) and ``after``, their difference with its 90% interval, the chance
    to see as much either way where nothing changed, and how many on either side."""

    before: float
    after: float
    change: float
    low: float
    high: float
    p: float
    n_before: int
    n_after: int


def compared(
    y: ArrayLike, before: Flags, after: Flags, traits: Floats, customer: ArrayLike,
    others: tuple[Flags, Flags] | None = None,
) -> Compared | None:  # fmt: skip
    """``y`` (n,) of those ``after`` against those ``before``, less the change of ``others`` (before, after) if there are;
    None of fewer than FEWEST customers on any side."""
    value, who = np.asarray(y, float), np.asarray(customer)
    pairs = [(before, after)] if others is None else [(before, after), others]
    fewest = min(len(np.unique(who[side])) for pair in pairs for side in pair)
    if fewest < FEWEST:
        return None
    found = [shortfall(value, late, early, traits, who) for early, late in pairs]
    change, influence = -found[0][0], -found[0][1]
    for fall, by_fall in found[1:]:
        change, influence = change + fall, influence + by_fall
    error, freedom = clustered_error(influence, who), fewest - 1
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(change) / error, freedom)) if error > 0 else 1.0
    mean = float(value[after].mean())
    return Compared(mean - change, mean, change, change - reach, change + reach, p, int(before.sum()), int(after.sum()))
