"""How many products new to a customer a list can hold before it foretells less.

A bonus is added to the score of new products: the choice of the list that gains most new ones bought per own one given
up, whatever the customer's habit. Customers who buy the same again keep few places for new products, others many.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Bonuses tried, in nats.
BONUSES = tuple(np.arange(0.0, 2.01, 0.1).round(1).tolist())
#: A bonus learnt from fewer customers is drawn to none, with the weight of as many.
PRIOR_CUSTOMERS = 100.0
#: Share of the recall that may be given up on the customers the bonus is chosen from; the rest of 1% is for others.
MOST_LOSS = 0.006


def explore_bonus(
    score: ArrayLike, own: ArrayLike, customer: ArrayLike, bought: ArrayLike, most: int, loss: float = MOST_LOSS
) -> float:
    """The largest bonus at which lists of ``most`` keep ``1 - loss`` of the recall they have without one, shrunk.

    ``score``, ``own``, ``customer`` and ``bought`` (n,) are of the candidates of past visits. 0 without anything bought.
    """
    values, mine, bought = np.asarray(score, float), np.asarray(own, bool), np.asarray(bought, bool)
    _, person = np.unique(customer, return_inverse=True)
    kept = _within_reach(values, mine, person.reshape(-1), bought, most)
    values, mine, person, bought = values[kept], mine[kept], person.reshape(-1)[kept], bought[kept]
    least = (1.0 - loss) * recall(values, person, bought, most)
    # recall falls as the bonus grows, but for a rise of the first few tenths: the bonus is sought by halving
    low, high = 0, len(BONUSES)
    while high - low > 1:
        middle = (low + high) // 2
        holds = recall(values + BONUSES[middle] * ~mine, person, bought, most) >= least
        low, high = (middle, high) if holds else (low, middle)
    customers = len(np.unique(person[bought]))
    return BONUSES[low] * customers / (customers + PRIOR_CUSTOMERS)


def _within_reach(
    score: Floats, own: NDArray[np.bool_], person: NDArray[np.intp], bought: NDArray[np.bool_], most: int
) -> NDArray[np.bool_]:
    """Candidates some bonus brings into a list: the ``most`` best own and new ones; and all that were bought."""
    kind = 2 * person + own
    order = np.lexsort((-score, kind))
    kept = bought.copy()
    kept[order] |= _places(kind[order]) < most
    return kept


def _places(sorted_keys: NDArray[np.intp]) -> NDArray[np.intp]:
    """0, 1, ... within each run of equal keys."""
    first = np.r_[0, np.flatnonzero(np.diff(sorted_keys)) + 1]
    return np.arange(len(sorted_keys)) - np.repeat(first, np.diff(np.r_[first, len(sorted_keys)]))


def recall(score: Floats, person: NDArray[np.intp], bought: NDArray[np.bool_], most: int) -> float:
    """Mean share of what each person (0 .. m - 1, of those who bought a candidate) bought within the ``most`` best."""
    order = np.lexsort((-score, person))
    sorted_person = person[order]
    place = _places(sorted_person)
    hits = np.bincount(person, np.where(bought, 1.0, 0.0))
    shown = np.bincount(sorted_person, bought[order] & (place < most), minlength=len(hits))
    return float((shown[hits > 0] / hits[hits > 0]).mean()) if (hits > 0).any() else 0.0
