"""Ranks and rank correlation of rows that stand for several customers each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ranks(values: Floats, weights: Floats) -> Floats:
    """Mean rank of each row, shape (n,), as if it were written down ``weights`` times; ties share their mean rank."""
    _, place = np.unique(values, return_inverse=True)
    mass = np.bincount(place, weights)
    return (np.cumsum(mass) - mass / 2 + 0.5)[place]


def correlation(first: Floats, second: Floats, weights: Floats) -> float:
    """Pearson's correlation of weighted rows; 0 where one of them does not vary."""
    one = first - np.average(first, weights=weights)
    other = second - np.average(second, weights=weights)
    spread = np.sqrt((weights * one**2).sum()) * np.sqrt((weights * other**2).sum())
    # below rounding of the ranks' own size, what is left of the spread is noise
    least = 1e-12 * weights.sum() * max(np.abs(first).max(), 1.0) * max(np.abs(second).max(), 1.0)
    return float(np.clip((weights * one * other).sum() / spread, -1.0, 1.0)) if spread > least else 0.0


def rank_correlation(first: Floats, second: Floats, weights: Floats) -> float:
    """Spearman's rank correlation of weighted rows, in [-1, 1]; 0 where one of them does not vary."""
    return correlation(ranks(first, weights), ranks(second, weights), weights)
