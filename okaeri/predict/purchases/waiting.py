"""How long until the next order of a customer who has not left.

No order within t weeks has, with the open gap of g weeks and S(u) = sum over j < k of (R)_j / j! u^j, the chance

    (A / (A + t))^R S((g + t) / (A + t)) / S(g / A)

for a stage rate of gamma(R, A): the likelihood of a gap still open after g + t weeks, against one open after g. For
k = 1 this is Pareto's (A / (A + t))^R, whose quantile is a formula; otherwise it is found by halving.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.purchases.renewals import open_gap

Floats = NDArray[np.float64]

#: No wait is told longer than a century, in weeks.
LONGEST = 5218.0
HALVINGS = 50


def weeks_until(chance: float, size: Floats, scale: Floats, gap: Floats, k: int = 1) -> Floats:
    """Weeks within which the next order comes with ``chance`` in (0, 1); shape as ``size``, at most LONGEST."""
    if not 0 < chance < 1:
        raise ValueError(f"chance must lie between 0 and 1, not {chance}")
    if k == 1:
        # capped in the exponent, before it can overflow
        stretch = np.minimum(-np.log1p(-chance) / size, np.log1p(LONGEST / scale))
        return np.minimum(scale * np.expm1(stretch), LONGEST)
    before = open_gap(size, gap / scale, k)[0]
    low, high = np.zeros_like(size), np.log1p(LONGEST / scale)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        weeks = scale * np.expm1(middle)
        silent = open_gap(size, (gap + weeks) / (scale + weeks), k)[0] - before - size * middle
        late = silent > np.log1p(-chance)
        low, high = np.where(late, middle, low), np.where(late, high, middle)
    return scale * np.expm1((low + high) / 2)
