"""Which targets bring a wanted sum."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from okaeri.predict.plan.factors import AS_NOW, Factors

#: How many times the way to the goal is looked for at most.
FARTHEST = 10.0
#: How exactly the way is told.
EXACT = 1e-6


def way_to(wanted: float, brings: Callable[[Factors], float], goal: Factors) -> float | None:
    """How much of the way from the present to ``goal`` brings ``wanted``: 0 where the present does, None where no
    :data:`FARTHEST` times that way does. ``brings`` tells the sum that factors bring and grows along the way.
    """

    def missing(share: float) -> float:
        return brings(AS_NOW.toward(goal, share)) - wanted

    if missing(0.0) >= 0:
        return 0.0
    if missing(FARTHEST) < 0:
        return None
    return EXACT * bisect_left(range(round(FARTHEST / EXACT)), 0.0, key=lambda step: missing(EXACT * step))
