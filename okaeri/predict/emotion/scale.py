"""One scale for stars, scores, words and acts: the chance of a repeat order within 90 days.

Each channel and value has a log-odds ratio of repeating, against customers with as many orders, by Peto's one-step
estimate (Yusuf and others 1985, Progress in Cardiovascular Diseases 27:335):

    log odds ratio = (observed - expected) / variance,    variance = sum of e (1 - e)

with e the usual chance of a customer with as many orders. Along a channel's values it must not fall (pool adjacent
violators: Ayer and others 1955, Annals of Mathematical Statistics 26:641); it is drawn to the channel's mean, and this to
nought, by how much such figures differ beyond chance (DerSimonian and Laird 1986, Controlled Clinical Trials 7:177).

Emotion is Yule's Q of the ratio, (OR - 1) / (OR + 1): 0 as usual, -1 never comes back, +1 always does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

#: Customers with this many orders or more are alike; so are those before the first.
ALIKE_FROM = 4


@dataclass(frozen=True)
class Scale:
    """Per cell of a channel and a value: ``n`` signals, ``followed`` of them, ``expected`` so, and the ``log_odds`` ratio as
    seen (``raw``, nan where nothing was) and as used."""

    n: Floats
    followed: Floats
    expected: Floats
    raw: Floats
    log_odds: Floats
    usual: float

    @property
    def emotion(self) -> Floats:
        """Yule's Q of each cell, -1 to 1."""
        return np.tanh(self.log_odds / 2)

    @property
    def chance(self) -> Floats:
        """Chance of repeating of each cell."""
        return chance_of(self.emotion, self.usual)


def chance_of(emotion: ArrayLike, usual: float) -> Floats:
    """The chance of repeating that an emotion means where ``usual`` is that of all; inverse of Yule's Q."""
    q = np.asarray(emotion, float)
    odds = usual * (1 + q)
    return odds / (odds + (1 - usual) * (1 - q))


def usual_chances(order_no: ArrayLike, followed: ArrayLike) -> Floats:
    """The chance of repeating of customers with as many orders, for each signal (n,)."""
    group = np.minimum(np.nan_to_num(np.asarray(order_no, float)), ALIKE_FROM).astype(int)
    hit = np.asarray(followed, float)
    total, seen = np.bincount(group, hit, ALIKE_FROM + 1), np.bincount(group, minlength=ALIKE_FROM + 1)
    mean = (hit.sum() + 0.5) / (len(hit) + 1.0)
    # a group of few is drawn to all: two signals' worth
    return ((total + 2 * mean) / (seen + 2))[group]


def fit(cell: ArrayLike, channel_of: ArrayLike, followed: ArrayLike, expected: ArrayLike) -> Scale:
    """The scale from signals (n,): ``cell`` of each, whether ``followed``, and its ``expected`` chance.

    ``channel_of`` (cells,) numbers each cell's channel; the cells of a channel stand in order of value.
    """
    at, channel = np.asarray(cell, np.intp), np.asarray(channel_of, np.intp)
    e, hit, size = np.asarray(expected, float), np.asarray(followed, float), len(channel)
    n = np.bincount(at, minlength=size).astype(float)
    seen, hoped = np.bincount(at, hit, size).astype(float), np.bincount(at, e, size).astype(float)
    variance = np.bincount(at, e * (1 - e), size).astype(float)
    raw = (seen - hoped) / np.where(variance > 0, variance, np.nan)
    used = _monotone_and_shrunk(raw, variance, channel)
    usual = float(np.clip(hit.mean(), 1e-6, 1 - 1e-6)) if len(hit) else 0.5
    return Scale(n, seen, hoped, raw, used, usual)


def pava(values: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    """The nearest values that never fall, by weighted squares, and each one's block's weight."""
    blocks: list[list[float]] = []
    for value, weight in zip(np.asarray(values, float), np.asarray(weights, float), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            last, first = blocks.pop(), blocks.pop()
            total = first[1] + last[1]
            blocks.append([(first[0] * first[1] + last[0] * last[1]) / total, total, first[2] + last[2]])
    sizes = [int(block[2]) for block in blocks]
    return np.repeat([block[0] for block in blocks], sizes), np.repeat([block[1] for block in blocks], sizes)


def spread_beyond_chance(values: ArrayLike, weights: ArrayLike, group: ArrayLike | None = None) -> float:
    """How much values of precision ``weights`` differ beyond chance from the mean of their group (of all where None): the
    variance between, never below 0 (DerSimonian and Laird 1986, eq. 8, summed over groups)."""
    y, w = np.asarray(values, float), np.asarray(weights, float)
    at = (
        np.zeros(len(y), np.intp) if group is None else np.unique(np.asarray(group), return_inverse=True)[1].reshape(-1)
    )
    totals = np.bincount(at, w)
    free = len(y) - len(totals)
    if free < 1:
        return 0.0
    means = np.bincount(at, w * y) / totals
    excess = float(w @ (y - means[at]) ** 2) - free
    return max(0.0, excess / float((totals - np.bincount(at, w**2) / totals).sum()))


def _monotone_and_shrunk(raw: Floats, weights: Floats, channel: Places) -> Floats:
    known = np.flatnonzero(weights > 0)
    used = np.zeros(len(raw))
    if not len(known):
        return used
    names, place = np.unique(channel[known], return_inverse=True)
    totals = np.bincount(place, weights[known]).astype(float)
    means = np.bincount(place, weights[known] * raw[known]) / totals
    between = spread_beyond_chance(means, totals)
    centres = means * _trust(totals, between)
    rising, block = np.zeros(len(known)), np.zeros(len(known))
    is_level = np.zeros(len(known), dtype=bool)
    for own in (place == number for number in range(len(names))):
        rising[own], block[own] = pava(raw[known][own], weights[known][own])
        is_level[own] = np.diff(rising[own], prepend=np.nan) != 0
    # values that were pooled are one level: by chance alone a channel's differ as that many less one (the chi-bar-square
    # of Barlow and others 1972, Statistical Inference under Order Restrictions, chapter 3)
    within = spread_beyond_chance(rising[is_level], block[is_level], place[is_level])
    drawn = centres[place] + (rising - means[place]) * _trust(block, within)
    for own in (place == number for number in range(len(names))):
        # a thin block is drawn further than its neighbours and may pass them
        drawn[own], _ = pava(drawn[own], weights[known][own])
    used[known] = drawn
    return _filled(used, weights > 0, channel)


def _trust(weights: Floats, spread: float) -> Floats:
    """The share of a figure that stays when it is drawn to the mean."""
    return spread * weights / (1 + spread * weights)


def _filled(used: Floats, known: NDArray[np.bool_], channel: Places) -> Floats:
    """Values never seen take the next one seen of their channel below them, else above."""
    for number in np.unique(channel):
        own = np.flatnonzero(channel == number)
        there = own[known[own]]
        if len(there):
            used[own] = used[there[np.clip(np.searchsorted(there, own, side="right") - 1, 0, None)]]
    return used
