"""The terms of the model: what features become before they are weighed.

Features stay within what was seen in training (their first and last knot), as a line of best fit says nothing beyond.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.schema.measured.reordering import CROSSED, FEATURES, HINGES, crossed, over

Floats = NDArray[np.float64]

NAMES = tuple(feature.name for feature in FEATURES)
PAIRS = tuple(combinations(CROSSED, 2))
#: Shares of the training rows below each knot. The first and the last bound the feature, between them its slope changes.
SHARES = (0.001, 0.3, 0.6, 0.9, 0.999)
#: Names of all terms in order.
TERMS = (
    *(over(name, place) for name in NAMES for place in range(HINGES + 1)),
    *(crossed(*pair) for pair in PAIRS),
)


def knots(features: ArrayLike) -> Floats:
    """Knots (k, 5) of features (n, k)."""
    return np.quantile(np.asarray(features, float), SHARES, axis=0).T


def terms(features: ArrayLike, at: Floats) -> Floats:
    """Terms (n, t) of features (n, k) with knots ``at`` (k, 5), in the order of :data:`TERMS`."""
    inside = np.clip(np.asarray(features, float), at[:, 0], at[:, -1])
    steps = np.stack([inside, *(np.maximum(inside - at[:, place], 0.0) for place in range(1, HINGES + 1))], axis=2)
    place = {name: number for number, name in enumerate(NAMES)}
    pairs = [inside[:, place[one]] * inside[:, place[other]] for one, other in PAIRS]
    return np.column_stack([steps.reshape(len(inside), -1), *pairs])
