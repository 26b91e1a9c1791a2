"""Means along stages with the channel mix held still: stage and channel effects, errors clustered by customer.

    y_i = stage_s(i) + channel_c(i) + error_i,    least squares;  errors of one customer may hang together

Variance by the sandwich with customers as clusters (Liang and Zeger 1986, Biometrika 73:13), times m / (m - 1) of m
customers. A stage's standardised mean is its effect plus the channels' effects at the mix of all signals. Where a channel
speaks at one stage only, nothing tells the two apart: a faint ridge on the channels leaves the difference to the stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from okaeri.predict.emotion.scale import spread_beyond_chance

Floats = NDArray[np.float64]

RIDGE = 1e-3
#: Stages of fewer signals than FEWEST are refused; those of fewer than ENOUGH drawn to the mean of all.
FEWEST, ENOUGH = 30, 50


@dataclass(frozen=True)
class Stages:
    """Of S stages: signals ``n``, ``customers``, plain means ``raw`` (S,), standardised ``means`` (S,) with their
    ``covariance`` (S, S). A stage without signals has nan."""

    n: Floats
    customers: Floats
    raw: Floats
    means: Floats
    covariance: Floats

    @property
    def errors(self) -> Floats:
        """Standard errors, (S,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def shrunk(self) -> tuple[Floats, Floats]:
        """Means and standard errors, those of few signals drawn to the mean of all by how much stages truly differ."""
        means, errors = self.means.copy(), self.errors.copy()
        known = (self.n > 1) & (errors > 0)
        if known.sum() < 2:
            return means, errors
        weights = np.zeros(len(means))
        weights[known] = errors[known] ** -2.0
        centre = float(weights[known] @ means[known] / weights.sum())
        spread = spread_beyond_chance(means[known], weights[known])
        thin = known & (self.n < ENOUGH)
        trust = spread * weights / (1 + spread * weights)
        means[thin] = centre + trust[thin] * (means[thin] - centre)
        # where stages do not differ the mean of all speaks, with its own error
        errors[thin] = np.sqrt(trust[thin] * errors[thin] ** 2 + (1 - trust[thin]) / weights.sum())
        return means, errors

    def contrast(self, weights: ArrayLike) -> tuple[float, float]:
        """A weighted sum of standardised means and its standard error; stages of weight 0 do not count."""
        w = np.asarray(weights, float)
        used = w != 0
        variance = w[used] @ self.covariance[np.ix_(used, used)] @ w[used]
        return float(w[used] @ self.means[used]), float(np.sqrt(max(variance, 0.0)))


def fit(y: ArrayLike, stage: ArrayLike, channel: ArrayLike, customer: ArrayLike, count: int) -> Stages:
    """Means of ``count`` stages from signals (n,): value, and the numbers of stage, channel and customer."""
    value, s = np.asarray(y, float), np.asarray(stage, np.intp)
    c = np.unique(np.asarray(channel), return_inverse=True)[1].reshape(-1)
    who = np.unique(np.asarray(customer), return_inverse=True)[1].reshape(-1)
    n = np.bincount(s, minlength=count).astype(float)
    there = np.flatnonzero(n)
    place = np.full(count, -1)
    place[there] = np.arange(len(there))
    result = _regression(value, place[s], c, who, len(there))
    means, covariance = np.full(count, np.nan), np.full((count, count), np.nan)
    means[there], covariance[np.ix_(there, there)] = result
    people = np.unique(s * (who.max(initial=0) + 1) + who) // (who.max(initial=0) + 1)
    raw = np.bincount(s, value, count) / np.where(n > 0, n, np.nan)
    return Stages(n, np.bincount(people, minlength=count).astype(float), raw, means, covariance)


def _regression(
    y: Floats, stage: NDArray[np.intp], channel: NDArray[np.intp], who: NDArray[np.intp], stages: int
) -> tuple[Floats, Floats]:
    """Standardised means and their covariance."""
    channels = int(channel.max(initial=-1)) + 1
    size = stages + channels
    cells = np.bincount(stage * channels + channel, minlength=stages * channels).reshape(stages, channels)
    gram = np.zeros((size, size))
    gram[:stages, :stages] = np.diag(cells.sum(axis=1))
    gram[stages:, stages:] = np.diag(cells.sum(axis=0) + RIDGE * len(y))
    gram[:stages, stages:], gram[stages:, :stages] = cells, cells.T
    inverse = np.linalg.pinv(gram, hermitian=True)
    moments = np.concatenate([np.bincount(stage, y, stages), np.bincount(channel, y, channels)])
    effects = inverse @ moments
    left = y - effects[stage] - effects[stages + channel]
    clusters = int(who.max(initial=-1)) + 1
    scores = np.zeros((clusters, size))
    np.add.at(scores, (who, stage), left)
    np.add.at(scores, (who, stages + channel), left)
    filling = scores.T @ scores * clusters / max(clusters - 1, 1)
    mix = cells.sum(axis=0) / max(len(y), 1)
    outlook = np.concatenate([np.eye(stages), np.tile(mix, (stages, 1))], axis=1) @ inverse
    return outlook @ moments, outlook @ filling @ outlook.T


def band(mean: ArrayLike, error: ArrayLike, customers: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Bounds of means by Student's t with one degree of freedom less than customers."""
    m, e, freedom = (np.asarray(part, float) for part in (mean, error, customers))
    reach = stats.t.ppf((1 + level) / 2, np.maximum(freedom - 1, 1)) * e
    return m - reach, m + reach
