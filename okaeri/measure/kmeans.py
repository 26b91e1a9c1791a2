"""k-means on weighted points, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STARTS = 8
ROUNDS = 200


def kmeans(points: Floats, weights: Floats, count: int, seed: int = 0) -> Floats:
    """Centres, shape (``count``, d), of ``points`` (n, d) with ``weights`` (n,): Lloyd from k-means++ starts.

    The best of several starts by weighted squared distance; same input, same centres. ``count`` may not exceed n.
    """
    chance = np.random.default_rng(seed)
    tries = [_lloyd(points, weights, _plus_plus(points, weights, count, chance)) for _ in range(STARTS)]
    return min(tries, key=lambda found: found[1])[0]


def _distances(points: Floats, centres: Floats) -> Floats:
    """Squared distances, shape (n, k)."""
    return np.square(points[:, None, :] - centres[None, :, :]).sum(axis=2)


def _plus_plus(points: Floats, weights: Floats, count: int, chance: np.random.Generator) -> Floats:
    """First centres: each next one with a chance that grows with its squared distance (Arthur, Vassilvitskii 2007)."""
    chosen = [int(chance.choice(len(points), p=weights / weights.sum()))]
    while len(chosen) < count:
        far = weights * _distances(points, points[chosen]).min(axis=1)
        if far.sum() == 0:
            break
        chosen.append(int(chance.choice(len(points), p=far / far.sum())))
    return points[chosen]


def _lloyd(points: Floats, weights: Floats, centres: Floats) -> tuple[Floats, float]:
    """Centres moved to the mean of their points until nothing changes, and the weighted squared distance left."""
    for _ in range(ROUNDS):
        nearest = _distances(points, centres).argmin(axis=1)
        moved = np.array([
            np.average(points[own], axis=0, weights=weights[own]) if (own := nearest == place).any() else centre
            for place, centre in enumerate(centres)
        ])  # fmt: skip
        if np.allclose(moved, centres, rtol=0, atol=1e-10):
            break
        centres = moved
    return centres, float((weights * _distances(points, centres).min(axis=1)).sum())
