"""The chance to leave at each period, as it depends on what is known of a customer: a discrete-time hazard model.

Allison (1982), "Discrete-time methods for the analysis of event histories", Sociological Methodology 13:61; Singer and
Willett (1993). Each customer and period (a delivery, a month) is a trial that ends in leaving or not:

    log(h / (1 - h)) = intercept + sum over j of coefficient_j (x_j - mean_j) / scale_j
    chance to leave within n periods = 1 - product over t = 1 .. n of (1 - h_t)

Periods alike in everything known are one row with ``exposures`` trials of which ``leavings`` ended in leaving; time
since the start enters as covariates of its own. Coefficients, not the intercept, have a weak normal prior (Gelman and
others 2008, "A weakly informative default prior distribution for logistic and other regression models"), without which
a covariate that separates leavers from stayers would have no finite estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

#: Standard deviation of the prior of a coefficient per standard deviation of its covariate: odds times 12 are usual.
PRIOR = 2.5
STEPS = 100

NO_PERIODS = "There are no periods in which anybody could have left."
NOBODY_LEFT = "Nobody has left yet: there is no leaving to learn from."
ALL_LEFT = "Everybody left in the first period seen: there is no staying to learn from."
NO_END = "The chance to leave could not be fitted in {steps} steps; look for extreme values of {names}."


@dataclass(frozen=True)
class Hazard:
    """Fitted model. ``means`` and ``scales`` (k,) are of the covariates over all periods seen, so that 0 is average.

    ``covariance`` (k + 1, k + 1) is of intercept and coefficients. A covariate not known (NaN) counts as average.
    """

    names: tuple[str, ...]
    intercept: float
    coefficients: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    exposures: float
    leavings: float
    prior: float

    def contributions(self, covariates: ArrayLike) -> Floats:
        """What each covariate adds to the log-odds of leaving, against the average customer: shape (..., k).

        ``covariates`` has shape (..., k) in the order of ``names``.
        """
        return _standard(np.asarray(covariates, float), self.means, self.scales) * self.coefficients

    def chance(self, covariates: ArrayLike) -> Floats:
        """Chance to leave in a period with these covariates, shape (..., k) -> (...)."""
        return special.expit(self.intercept + self.contributions(covariates).sum(axis=-1))

    def chance_within(self, path: ArrayLike) -> Floats:
        """Chance to have left by the end of each of the next n periods: (..., n, k) -> (..., n), never falling."""
        return left_within(self.chance(path))

    def chance_interval(self, covariates: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
        """Bounds of :meth:`chance` by the uncertainty of the coefficients, shape (...) each."""
        rows = _design(_standard(np.asarray(covariates, float), self.means, self.scales))
        middle = rows @ np.array([self.intercept, *self.coefficients])
        spread = np.sqrt(np.einsum("...i,ij,...j->...", rows, np.array(self.covariance), rows))
        reach = special.ndtri((1 + level) / 2) * spread
        return special.expit(middle - reach), special.expit(middle + reach)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the coefficients (per standard deviation of the covariate), by name, and of the ``intercept``."""
        errors = np.sqrt(np.diag(self.covariance))
        return dict(zip(("intercept", *self.names), map(float, errors), strict=True))

    @property
    def odds_ratios(self) -> dict[str, float]:
        """By which factor the odds of leaving change with one unit more of a covariate, by name."""
        each = zip(self.names, self.coefficients, self.scales, strict=True)
        return {name: float(np.exp(np.clip(coefficient / scale, -700, 700))) for name, coefficient, scale in each}

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only."""
        return {"model": "hazard", **{name: _plain(value) for name, value in asdict(self).items()}}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`; ValueError where the numbers are another model's."""
        if saved["model"] != "hazard":
            raise ValueError(f"a model {saved['model']!r} is no 'hazard'")
        return cls(**{field.name: _tupled(saved[field.name]) for field in fields(cls)})


def fit(
    names: Sequence[str],
    covariates: ArrayLike,
    exposures: ArrayLike,
    leavings: ArrayLike,
    prior: float = PRIOR,
) -> Hazard:
    """The most likely coefficients given rows of ``covariates`` (n, k; NaN = not known) and counts (n,), by Newton.

    ``prior`` is the standard deviation of a coefficient per standard deviation of its covariate. Raises NotConverged
    with a sentence where nobody or everybody has left, ValueError where counts or covariates are impossible.
    """
    x, n, y = _checked(covariates, exposures, leavings)
    means, scales = _moments(x, n)
    rows = _design(_standard(x, means, scales))
    penalty = np.array([0.0] + [prior**-2] * len(names))
    start = np.zeros(len(penalty))
    start[0] = special.logit(y.sum() / n.sum())
    at = _climb(rows, n, y, penalty, start, names)
    return Hazard(
        names=tuple(names),
        intercept=float(at[0]),
        coefficients=_tupled(at[1:].tolist()),
        means=_tupled(means.tolist()),
        scales=_tupled(scales.tolist()),
        covariance=_tupled(np.linalg.inv(_curvature(rows, n, penalty, at)).tolist()),
        log_likelihood=_log_likelihood(rows @ at, n, y),
        exposures=float(n.sum()),
        leavings=float(y.sum()),
        prior=prior,
    )


def left_within(chances: ArrayLike) -> Floats:
    """Chance to have left by the end of each period, of the chances to leave in each, along the last axis."""
    with np.errstate(divide="ignore"):  # the log of a chance of 0 to stay is -inf, which is right
        return -np.expm1(np.cumsum(np.log1p(-np.asarray(chances, float)), axis=-1))


def main_reasons(contributions: ArrayLike, most: int = 3) -> tuple[NDArray[np.int64], Floats]:
    """Per row of (n, k) contributions the ``most`` weighty ones, weightiest first: places of covariates and values.

    Values are signed log-odds: above 0 it speaks for leaving, below 0 for staying. Ties keep the order of covariates.
    """
    values = np.atleast_2d(np.asarray(contributions, float))
    places = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :most]
    return places, np.take_along_axis(values, places, axis=1)


def _checked(covariates: ArrayLike, exposures: ArrayLike, leavings: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, n, y = np.asarray(covariates, float), np.asarray(exposures, float), np.asarray(leavings, float)
    if np.isinf(x).any() or (y < 0).any() or (y > n).any():
        raise ValueError("covariates must be finite or not known, and leavings between none and all exposures")
    if n.sum() <= 0:
        raise NotConverged(NO_PERIODS)
    if y.sum() <= 0:
        raise NotConverged(NOBODY_LEFT)
    if y.sum() >= n.sum():
        raise NotConverged(ALL_LEFT)
    return x[n > 0], n[n > 0], y[n > 0]


def _moments(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each covariate over the periods where it is known; 0 and 1 where never."""
    weight = n[:, None] * ~np.isnan(x)
    known = np.maximum(weight.sum(axis=0), 1e-300)
    means = (weight * np.nan_to_num(x)).sum(axis=0) / known
    spread = np.sqrt((weight * np.nan_to_num(x - means) ** 2).sum(axis=0) / known)
    # what differs by rounding only is constant, and of no use
    return means, np.where(spread > 1e-9 * np.maximum(np.abs(means), 1e-300), spread, 1.0)


def _standard(x: Floats, means: ArrayLike, scales: ArrayLike) -> Floats:
    return np.nan_to_num((x - np.asarray(means)) / np.asarray(scales), nan=0.0)


def _design(standard: Floats) -> Floats:
    """A leading column of ones for the intercept."""
    return np.concatenate([np.ones((*standard.shape[:-1], 1)), standard], axis=-1)


def _climb(rows: Floats, n: Floats, y: Floats, penalty: Floats, at: Floats, names: Sequence[str]) -> Floats:
    """Newton steps, halved where they would lower the penalised likelihood, until nothing is gained."""

    def height(point: Floats) -> float:
        return _log_likelihood(rows @ point, n, y) - 0.5 * float(penalty @ point**2)

    value = height(at)
    for _ in range(STEPS):
        slope = rows.T @ (y - n * special.expit(rows @ at)) - penalty * at
        step = np.linalg.solve(_curvature(rows, n, penalty, at), slope)
        if slope @ step < 1e-10:
            return at + step
        while (tried := height(at + step)) < value - 1e-12 * abs(value):
            step = step / 2
        at, value = at + step, tried
    raise NotConverged(NO_END, steps=STEPS, names=", ".join(names))


def _curvature(rows: Floats, n: Floats, penalty: Floats, at: Floats) -> Floats:
    """Minus the Hessian of the penalised log-likelihood: positive definite, shape (k + 1, k + 1)."""
    chance = special.expit(rows @ at)
    information = (rows * (n * chance * (1 - chance))[:, None]).T @ rows
    # the intercept has no prior; far out, where all chances are 0 or 1, it needs a hair of curvature
    return information + np.diag(penalty) + 1e-10 * np.eye(len(penalty))


def _log_likelihood(log_odds: Floats, n: Floats, y: Floats) -> float:
    return float(y @ log_odds - n @ np.logaddexp(0.0, log_odds))


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(_tupled(part) for part in value) if isinstance(value, list) else value
