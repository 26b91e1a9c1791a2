"""How near forecasts of single customers came to what followed: seven figures, each of weighted rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.ranks import rank_correlation

Floats = NDArray[np.float64]

DECILES = 10


@dataclass(frozen=True)
class Accuracy:
    """Of a forecast: ``total_bias`` and ``decile_error`` as shares, ``mae`` and ``rmse`` in the unit of the forecast.

    total_bias     sum predicted / sum actual - 1
    mae, rmse      mean absolute error, root of the mean squared error, per customer
    decile_error   customers in ten equal groups by forecast: mean over groups of |mean predicted - mean actual|, as a
                   share of the overall mean
    gini           area between the gain curve of customers ranked by forecast and chance, as a share of that of a
                   perfect ranking: 1 is perfect, 0 is chance (Wang, Liu and Miao 2019, arXiv 1912.07753)
    spearman       rank correlation

    A share of nothing is None: nothing was bought, or by all the same.
    """

    total_bias: float | None
    mae: float
    rmse: float
    decile_error: float | None
    gini: float | None
    spearman: float


def accuracy(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> Accuracy:
    """Of what came and what was forecast, shape (n,) each, at least one customer; ``weights`` customers per row."""
    came, said = np.asarray(actual, float), np.asarray(predicted, float)
    w = np.ones_like(came) if weights is None else np.asarray(weights, float)
    return Accuracy(
        total_bias=_ratio((w * (said - came)).sum(), (w * came).sum()),
        mae=float(np.average(np.abs(said - came), weights=w)),
        rmse=float(np.sqrt(np.average((said - came) ** 2, weights=w))),
        decile_error=decile_error(came, said, w),
        gini=normalised_gini(came, said, w),
        spearman=rank_correlation(came, said, w),
    )


def decile_error(actual: Floats, predicted: Floats, weights: Floats) -> float | None:
    """Mean distance between mean forecast and mean actual over tenths of the customers, by overall mean actual.

    Customers with the same forecast count with their mean actual, however the bounds of the tenths cut them.
    """
    said, came, w = _tied(actual, predicted, weights)
    bounds = np.linspace(0, w.sum(), DECILES + 1)
    reached = np.append(0.0, np.cumsum(w))
    gaps = [np.diff(np.interp(bounds, reached, np.append(0.0, np.cumsum(w * value)))) for value in (said, came)]
    return _ratio(np.abs(gaps[0] - gaps[1]).sum(), (w * came).sum())


def normalised_gini(actual: Floats, predicted: Floats, weights: Floats) -> float | None:
    """Gini of the actual ranked by forecast, as a share of that ranked by itself; ties lie on a straight line."""
    return _ratio(_gini(actual, predicted, weights), _gini(actual, actual, weights))


def interval_coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Share of customers whose actual lies within their interval, bounds included: shape (n,) each."""
    came = np.asarray(actual, float)
    held = (np.asarray(low, float) <= came) & (came <= np.asarray(high, float))
    w = np.ones_like(came) if weights is None else np.asarray(weights, float)
    return float((w * held).sum() / w.sum())


def _gini(actual: Floats, predicted: Floats, weights: Floats) -> float:
    """Twice the area between the gain curve and chance, times total and customers; 0 for a constant forecast."""
    _, came, w = _tied(actual, -predicted, weights)
    gained = np.append(0.0, np.cumsum(w * came))
    area = (w * (gained[1:] + gained[:-1])).sum()
    return float(area - w.sum() * gained[-1])


def _tied(actual: Floats, predicted: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Distinct forecasts in rising order, the mean actual of each, and its customers."""
    levels, place = np.unique(predicted, return_inverse=True)
    mass = np.bincount(place, weights).astype(float)
    kept = mass > 0
    sums = np.bincount(place, weights * actual)
    return levels[kept], sums[kept] / mass[kept], mass[kept]


def _ratio(part: float, whole: float) -> float | None:
    """None where there is no whole, or one that is nothing but rounding."""
    return float(part / whole) if whole > 1e-12 * max(abs(part), 1e-300) else None
