"""Which of two hazards foretells held-back customers better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from okaeri.predict.ranks import ranks

Floats = NDArray[np.float64]

#: Orders, and leavings among them, below which nothing is judged.
FEWEST, FEWEST_LEFT = 100, 20
LEVEL = 0.9
TOO_LITTLE = "Too few orders of customers who said something to judge by."


@dataclass(frozen=True)
class Verdict:
    """Gain in log-likelihood per order with its 90% interval, areas under the curve, and what ``better`` is."""

    gain: float
    low: float
    high: float
    auc_first: float
    auc_second: float
    orders: int
    better: str


def judge(
    first: ArrayLike, second: ArrayLike, left: ArrayLike, customer: ArrayLike, names: tuple[str, str]
) -> Verdict | None:
    """Chances to leave (n,) foretold by the ``first`` against the ``second`` way; None where there is too little.

    The interval is of the mean over customers as clusters (Vuong 1989, Econometrica 57:307, with clusters); one way is
    better only where it does not hold nought.
    """
    p, q, y = (np.asarray(part, float) for part in (first, second, left))
    if len(y) < FEWEST or min(y.sum(), (1 - y).sum()) < FEWEST_LEFT:
        return None
    each = _log_likelihood(p, y) - _log_likelihood(q, y)
    who = np.unique(np.asarray(customer), return_inverse=True)[1].reshape(-1)
    gain = float(each.mean())
    off = np.bincount(who, each - gain)
    people = len(off)
    error = float(np.sqrt((off**2).sum() * people / max(people - 1, 1))) / len(each)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, max(people - 1, 1))) * error
    better = names[0] if gain - reach > 0 else names[1] if gain + reach < 0 else "alike"
    return Verdict(gain, gain - reach, gain + reach, auc(p, y), auc(q, y), len(y), better)


def _log_likelihood(chance: Floats, left: Floats) -> Floats:
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    return left * np.log(p) + (1 - left) * np.log1p(-p)


def auc(chance: Floats, left: Floats) -> float:
    """Chance that one who left had a higher chance to than one who stayed; ties count one half."""
    place, gone = ranks(chance, np.ones(len(chance))), left.sum()
    return float((place[left > 0].sum() - gone * (gone + 1) / 2) / (gone * (len(left) - gone)))
