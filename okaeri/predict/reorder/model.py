"""Fitting chances to buy again: Newton's method on the penalised log-likelihood, with an offset.

Penalty as in ridge regression (le Cessie and van Houwelingen 1992, "Ridge estimators in logistic regression", Applied
Statistics 41:191), on terms in standard deviations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.reorder.terms import NAMES, SHARES, TERMS, knots, terms
from okaeri.schema.errors import NotConverged
from okaeri.schema.measured.reordering import MOST_LOG_ODDS

Floats = NDArray[np.float64]

#: Strength of the draw to 0: a term's weight is half believed once the rows tell as much as this many.
RIDGE = 10.0
#: So many purchases again, and as many that were not, are the least to learn from.
FEWEST = 100
STEPS = 50

TOO_FEW = (
    "Bought again {again} times and not {other} times: fewer than {fewest} of either is too little to learn habits from, "
    "so chances are those of the product."
)
NO_END = "The chances to buy again could not be fitted in {steps} steps."


@dataclass(frozen=True)
class ReorderModel:
    """Fitted chances. ``knots`` (k, 5) are of the features, ``weights`` (t,) of the terms; ``rows`` learnt from."""

    knots: tuple[tuple[float, ...], ...]
    intercept: float
    weights: tuple[float, ...]
    rows: int
    note: str = ""

    def chance(self, features: ArrayLike, offset: ArrayLike) -> Floats:
        """Chances (n,) of features (n, k), in the order of ``terms.NAMES``, and log odds by the product (n,)."""
        weighed = terms(features, np.array(self.knots)) @ np.array(self.weights)
        score = np.asarray(offset, float) + self.intercept + weighed
        return special.expit(np.clip(score, -MOST_LOG_ODDS, MOST_LOG_ODDS))


def by_hazard(rows: int = 0, note: str = "") -> ReorderModel:
    """The product's own chance, whatever the customer's habit."""
    flat = tuple((0.0,) * len(SHARES) for _ in NAMES)
    return ReorderModel(flat, 0.0, (0.0,) * len(TERMS), rows, note)


def fit(features: ArrayLike, offset: ArrayLike, again: ArrayLike, ridge: float = RIDGE) -> ReorderModel:
    """The most likely weights given features (n, k), log odds by the product (n,) and what came (n,), 0 or 1.

    The product's own chance where fewer than :data:`FEWEST` were, or were not, bought again. Raises NotConverged.
    """
    x, known, y = (np.asarray(values, float) for values in (features, offset, again))
    came = int(y.sum())
    if min(came, len(y) - came) < FEWEST:
        return by_hazard(len(y), TOO_FEW.format(again=came, other=len(y) - came, fewest=FEWEST))
    at = knots(x)
    rows = terms(x, at)
    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales = np.where(scales > 1e-6, scales, 1.0)
    rows = np.column_stack([np.ones(len(rows)), (rows - means) / scales])
    found = _climb(rows, known, y, np.array([0.0] + [ridge] * len(TERMS)))
    weights = found[1:] / scales
    return ReorderModel(
        tuple(tuple(map(float, own)) for own in at),
        float(found[0] - weights @ means),
        tuple(map(float, weights)),
        len(y),
    )


def _climb(rows: Floats, offset: Floats, y: Floats, penalty: Floats) -> Floats:
    """The maximum by Newton's steps, each halved until it climbs."""
    at = np.zeros(rows.shape[1])
    height = _log_likelihood(rows, offset, y, penalty, at)
    for _ in range(STEPS):
        chance = special.expit(offset + rows @ at)
        slope = rows.T @ (y - chance) - penalty * at
        weight = chance * (1 - chance)
        # The intercept has no penalty: a trace keeps its row regular where all chances are near 0.
        curvature = (rows * weight[:, None]).T @ rows + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, slope)
        if slope @ step < 1e-12 * len(y):
            return at + step
        size, higher = 1.0, _log_likelihood(rows, offset, y, penalty, at + step)
        while higher < height and size > 1e-6:
            size /= 2
            higher = _log_likelihood(rows, offset, y, penalty, at + size * step)
        at, height = at + size * step, higher
    raise NotConverged(NO_END.format(steps=STEPS))


def _log_likelihood(rows: Floats, offset: Floats, y: Floats, penalty: Floats, at: Floats) -> float:
    score = offset + rows @ at
    return float((y * score - np.logaddexp(0.0, score)).sum() - penalty @ (at * at) / 2)
