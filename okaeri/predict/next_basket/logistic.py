"""A small logistic regression by Newton's method, for turning scores into chances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

#: Precision of the prior of a coefficient per standard deviation: one trial's worth, so that separable data have a fit.
PENALTY = 1.0
STEPS = 50


def logistic(x: Floats, y: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Intercept and coefficients (k,) of log-odds of ``y`` (n,) on ``x`` (n, k), per unit of each covariate."""
    means, scales = x.mean(axis=0), x.std(axis=0)
    scales = np.where(scales > 1e-9, scales, 1.0)
    rows = np.column_stack([np.ones(len(x)), (x - means) / scales])
    penalty = np.append(1e-6, np.full(x.shape[1], PENALTY))
    at = np.zeros(rows.shape[1])
    at[0] = special.logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))
    for _ in range(STEPS):
        chance = special.expit(rows @ at)
        slope = rows.T @ (y - chance) - penalty * at
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        # a step further than this leaves the region where the quadratic is a fair picture
        at = at + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-300))
        if float(slope @ step) < 1e-12:
            break
    coefficients = at[1:] / scales
    return float(at[0] - coefficients @ means), coefficients
