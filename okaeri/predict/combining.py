"""A model's forecast and "each the same again", weighed by how both came out from earlier origins.

A model shrinks customers towards each other and knows nothing of what moves the whole shop; what each did in as long a
time before is noisy, and knows no leaving. Their mean is mostly nearer to what comes than either (Bates and Granger
1969, Operational Research Quarterly 20), and near half each hard to better by weights from few origins, so that these are
drawn to one half (Smith and Wallis 2009, Oxford Bulletin 71). The model enters at its level: totals it missed to the
same side from every origin are missed so again, as it is the shop that grows or shrinks.

Gamma-gamma takes frequency and order value for independent (Fader and Hardie 2013, note 025). Where those whose orders
are dear come more often, or less, than the model says, the forecast is tilted so, by Poisson regression on what came:

    forecast = share * level * model * relative_value^slope + (1 - share) * same again
    slope    = mean over origins of the slope of log(actual / model) on log relative_value, a priori 0 +- :data:`USUAL_SLOPE`
    share    = mean over origins of the share with the least squared error there, in [0, 1], and one origin at 1/2
    level    = exp(shrink * mean over origins of log(actual / model)),   shrink = n / (n + s^2 / :data:`USUAL_ERROR`^2)

A young shop's origins are followed by fewer days than the horizon to be forecast. The chance in what each customer did
in a time grows as that time, its variance like a Poisson count's; a model is wrong about rates, and its squared error
grows as the time squared. So the odds of the same again grow in proportion to the horizon (:meth:`Lesson.over`).

where relative_value is the order value expected of a customer over the mean one, model in share and level is the tilted
one, and s^2 is the variance of these logarithms, drawn to the usual one as worth one origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import PoissonRegressor

Floats = NDArray[np.float64]

#: What totals of shops are typically off by, in logarithms.
USUAL_ERROR = 0.15
#: By what share orders typically differ from the model's where order values differ by a factor e.
USUAL_SLOPE = 0.2


@dataclass(frozen=True)
class Lesson:
    """What an origin taught: the model's share with the least squared error, log(actual / model) of the total, both of
    the tilted model, and its slope."""

    share: float
    log_ratio: float | None
    slope: float = 0.0

    def over(self, times: float) -> Lesson:
        """What it teaches of a horizon so many times as long."""
        return replace(self, share=self.share / (self.share + times * (1 - self.share)))


@dataclass(frozen=True)
class Combination:
    """How forecasts are put together; alone the model speaks for itself, as it must where no forecast has come due."""

    share: float = 1.0
    level: float = 1.0
    slope: float = 0.0

    def of(self, model: ArrayLike, same_again: ArrayLike, relative_value: ArrayLike = 1.0) -> Floats:
        """The forecast from both, in their shape."""
        tilted = np.asarray(model, float) * np.asarray(relative_value, float) ** self.slope
        return self.share * self.level * tilted + (1 - self.share) * np.asarray(same_again, float)


#: Nothing but what each customer did before.
SAME_AGAIN = Combination(share=0.0)


def lesson(
    actual: ArrayLike,
    model: ArrayLike,
    same_again: ArrayLike,
    weights: ArrayLike | None = None,
    relative_value: ArrayLike | None = None,
) -> Lesson:
    """Of what came from an origin, what both forecast there, and the customers behind each row: shape (n,)."""
    came, said, before = (np.asarray(values, float) for values in (actual, model, same_again))
    w = np.ones_like(came) if weights is None else np.asarray(weights, float)
    worth = np.ones_like(came) if relative_value is None else np.asarray(relative_value, float)
    slope = _slope(came, said, np.log(worth), w)
    said = said * worth**slope
    apart = said - before
    size = float(w @ apart**2)
    share = float(w @ (apart * (came - before))) / size if size > 0 else 0.5
    totals = float(w @ came), float(w @ said)
    log_ratio = float(np.log(totals[0] / totals[1])) if min(totals) > 0 else None
    return Lesson(min(max(share, 0.0), 1.0), log_ratio, slope)


def _slope(came: Floats, said: Floats, log_worth: Floats, w: Floats) -> float:
    """Quasi-Poisson regression of what came on the order value, with log(said) as offset; a priori normal about 0.

    With the offset in the weights, the penalty of scikit-learn's mean deviance is dispersion / (prior variance * sum of
    weights).
    """
    used = (said > 0) & (w > 0)
    came, said, log_worth, w = came[used], said[used], log_worth[used], w[used]
    if not len(said) or not w @ came > 0 or np.ptp(log_worth) == 0:
        return 0.0
    expected = said * (w @ came) / (w @ said)
    dispersion = float(w @ ((came - expected) ** 2 / expected)) / float(w.sum())
    penalty = dispersion / (USUAL_SLOPE**2 * float(w @ expected))
    fit = PoissonRegressor(alpha=penalty, solver="newton-cholesky")
    return float(fit.fit(log_worth[:, None], came / expected, sample_weight=w * expected).coef_[0])


def combination(lessons: Sequence[Lesson]) -> Combination:
    """How to forecast from now on; the model alone without a lesson."""
    if not lessons:
        return Combination()
    share = (sum(one.share for one in lessons) + 0.5) / (len(lessons) + 1)
    slope = sum(one.slope for one in lessons) / len(lessons)
    logs = np.array([one.log_ratio for one in lessons if one.log_ratio is not None])
    if not len(logs):
        return Combination(share, slope=slope)
    usual = USUAL_ERROR**2
    variance = (usual + ((logs - logs.mean()) ** 2).sum()) / len(logs)
    level = float(np.exp(logs.mean() * len(logs) / (len(logs) + variance / usual)))
    return Combination(share, level, slope)
