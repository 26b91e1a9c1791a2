"""A model's forecast and "each the same again", weighed by how both came out from earlier origins.

A model shrinks customers towards each other and knows nothing of what moves the whole shop; what each did in as long a
time before is noisy, and knows no leaving. Their mean is mostly nearer to what comes than either (Bates and Granger
1969, Operational Research Quarterly 20), and near half each hard to better by weights from few origins, so that these are
drawn to one half (Smith and Wallis 2009, Oxford Bulletin 71). The model enters at its level: totals it missed to the
same side from every origin are missed so again, as it is the shop that grows or shrinks.

    forecast = share * level * model + (1 - share) * same again
    share    = mean over origins of the share with the least squared error there, in [0, 1], and one origin at 1/2
    level    = exp(shrink * mean over origins of log(actual / model)),   shrink = n / (n + s^2 / :data:`USUAL_ERROR`^2)

where s^2 is the variance of these logarithms, drawn to the usual one as worth one origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: What totals of shops are typically off by, in logarithms.
USUAL_ERROR = 0.15


@dataclass(frozen=True)
class Lesson:
    """What an origin taught: the model's share with the least squared error, and log(actual / model) of the total."""

    share: float
    log_ratio: float | None


@dataclass(frozen=True)
class Combination:
    """How forecasts are put together; alone the model speaks for itself, as it must where no forecast has come due."""

    share: float = 1.0
    level: float = 1.0

    def of(self, model: ArrayLike, same_again: ArrayLike) -> Floats:
        """The forecast from both, in their shape."""
        return self.share * self.level * np.asarray(model, float) + (1 - self.share) * np.asarray(same_again, float)


#: Nothing but what each customer did before.
SAME_AGAIN = Combination(share=0.0)


def lesson(actual: ArrayLike, model: ArrayLike, same_again: ArrayLike, weights: ArrayLike | None = None) -> Lesson:
    """Of what came from an origin, what both forecast there, and the customers behind each row: shape (n,)."""
    came, said, before = (np.asarray(values, float) for values in (actual, model, same_again))
    w = np.ones_like(came) if weights is None else np.asarray(weights, float)
    apart = said - before
    size = float(w @ apart**2)
    share = float(w @ (apart * (came - before))) / size if size > 0 else 0.5
    totals = float(w @ came), float(w @ said)
    return Lesson(min(max(share, 0.0), 1.0), float(np.log(totals[0] / totals[1])) if min(totals) > 0 else None)


def combination(lessons: Sequence[Lesson]) -> Combination:
    """How to forecast from now on; the model alone without a lesson."""
    if not lessons:
        return Combination()
    share = (sum(one.share for one in lessons) + 0.5) / (len(lessons) + 1)
    logs = np.array([one.log_ratio for one in lessons if one.log_ratio is not None])
    if not len(logs):
        return Combination(share)
    usual = USUAL_ERROR**2
    variance = (usual + ((logs - logs.mean()) ** 2).sum()) / len(logs)
    return Combination(share, float(np.exp(logs.mean() * len(logs) / (len(logs) + variance / usual))))
