"""Which stages fall below the others: tests for many looks at once, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from okaeri.predict.emotion.stages import FEWEST, Stages

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

PERMUTATIONS = 999
#: Weeks below which no change is looked for.
FEWEST_WEEKS = 12
#: A change is dated that chance makes this rarely: a date that is none would leave out all that was said before it.
RARE = 0.01


@dataclass(frozen=True)
class Look:
    """One comparison: how far below, its standard error, and the chance to see as much where nothing is (one-sided)."""

    fall: float
    error: float
    p: float


NO_LOOK = Look(float("nan"), float("nan"), float("nan"))


def against_rest(stages: Stages, stage: int, fewest: int = FEWEST) -> Look:
    """A stage against the mean of all other stages, weighted by their signals."""
    others = (np.arange(len(stages.n)) != stage) & (stages.n > 0)
    if stages.n[stage] < fewest or stages.n[others].sum() < fewest:
        return NO_LOOK
    weights = np.where(others, -stages.n / stages.n[others].sum(), 0.0)
    weights[stage] = 1.0
    return _look(stages, weights, stage)


def against_before(stages: Stages, stage: int, fewest: int = FEWEST) -> Look:
    """A stage against the nearest one before it with enough signals."""
    before = np.flatnonzero(stages.n[:stage] >= fewest)
    if stages.n[stage] < fewest or not len(before):
        return NO_LOOK
    weights = np.zeros(len(stages.n))
    weights[stage], weights[before[-1]] = 1.0, -1.0
    return _look(stages, weights, stage)


def _look(stages: Stages, weights: Floats, stage: int) -> Look:
    fall, error = stages.contrast(weights)
    if not error > 0:
        return NO_LOOK
    return Look(fall, error, float(stats.t.cdf(fall / error, max(stages.customers[stage] - 1, 1))))


def within_channel(
    y: ArrayLike, chosen: ArrayLike, channel: ArrayLike, customer: ArrayLike, fewest: int = FEWEST
) -> Look:
    """Chosen signals against the others of the same channel, errors clustered by customer (Frisch and Waugh's residuals)."""
    value, d = np.asarray(y, float), np.asarray(chosen, float)
    if d.sum() < fewest or (1 - d).sum() < fewest:
        return NO_LOOK
    c = np.unique(np.asarray(channel), return_inverse=True)[1].reshape(-1)
    who = np.unique(np.asarray(customer), return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(c)
    d_left, y_left = (part - (np.bincount(c, part) / sizes)[c] for part in (d, value))
    information = float(d_left @ d_left)
    if information < 1e-9:
        return NO_LOOK
    fall = float(d_left @ y_left) / information
    scores = np.bincount(who, d_left * (y_left - fall * d_left))
    error = float(np.sqrt(scores @ scores)) / information
    people = len(np.unique(who[d > 0]))
    return Look(fall, error, float(stats.t.cdf(fall / error, max(people - 1, 1)))) if error > 0 else NO_LOOK


def holm(chances: ArrayLike) -> Floats:
    """Chances corrected for as many looks (Holm 1979, Scandinavian Journal of Statistics 6:65); nan stays nan."""
    p = np.asarray(chances, float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    corrected = np.full(len(p), np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return corrected


@dataclass(frozen=True)
class Change:
    """The first ``week`` after the clearest change of a mean, the chance to see one as clear where nothing changed, and
    whether the mean is higher after it."""

    week: int
    p: float
    rises: bool


def change(
    y: ArrayLike, week: ArrayLike, chance: np.random.Generator, permutations: int = PERMUTATIONS
) -> Change | None:
    """The largest weighted difference of means before and after a week (the likelihood-ratio statistic of one change),
    against weeks in random order. ``y`` (n,) are values, ``week`` (n,) their weeks; None of too few weeks."""
    value, at = np.asarray(y, float), np.asarray(week, np.intp)
    weeks, place = np.unique(at, return_inverse=True)
    if len(weeks) < FEWEST_WEEKS:
        return None
    n = np.bincount(place).astype(float)
    sums = np.bincount(place, value - value.mean()).astype(float)
    found, size = _breaks(sums[None, :], n[None, :])
    drawn = np.argsort(chance.random((permutations, len(weeks))), axis=1)
    _, by_chance = _breaks(sums[drawn], n[drawn])
    p = float((1 + (by_chance >= size[0]).sum()) / (1 + permutations))
    cut = int(found[0])
    return Change(int(weeks[cut]), p, bool(sums[cut:].sum() > 0))


def since_when(
    y: ArrayLike, week: ArrayLike, chance: np.random.Generator, permutations: int = PERMUTATIONS
) -> tuple[int | None, float]:
    """The first week of a lasting fall, and the chance to see one as clear where nothing changed (see :func:`change`).

    None where no change is clear at 1 %, or the change is a rise.
    """
    found = change(y, week, chance, permutations)
    if found is None:
        return None, float("nan")
    return (found.week if found.p <= RARE and not found.rises else None), found.p


def until_when(
    y: ArrayLike, week: ArrayLike, chance: np.random.Generator, permutations: int = PERMUTATIONS
) -> tuple[int | None, Change | None]:
    """The week in which a dip began (None where it was there from the start, or nothing tells), and the rise that ended it.

    Where the clearest change is a fall, a rise is looked for after it; where it is a rise, a fall before it. The rise is
    as clear as its own chance says, whatever stands beside it; None where the clearest change after all is no rise.
    """
    value, at = np.asarray(y, float), np.asarray(week, np.intp)
    first = change(value, at, chance, permutations)
    if first is None:
        return None, None
    if first.rises:
        before = at < first.week
        began, _ = since_when(value[before], at[before], chance, permutations)
        return began, first
    if first.p > RARE:
        return None, None
    after = at >= first.week
    second = change(value[after], at[after], chance, permutations)
    return first.week, second if second and second.rises else None


def _breaks(sums: Floats, n: Floats) -> tuple[Places, Floats]:
    """Of rows of weeks: where a change fits best (the first week after it), and how well."""
    total = n.sum(axis=1, keepdims=True)
    before, count = np.cumsum(sums, axis=1)[:, :-1], np.cumsum(n, axis=1)[:, :-1]
    gain = before**2 * (1 / count + 1 / (total - count))
    at = np.argmax(gain, axis=1)
    return at + 1, gain[np.arange(len(gain)), at]
