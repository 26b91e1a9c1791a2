"""The maximum of a smooth log-likelihood of a few parameters, and its curvature there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]
#: Log-likelihood of all customers and its gradient, of parameters of shape (k,).
LogLikelihood = Callable[[Floats], tuple[float, Floats]]

#: A direction the data say nothing about is given this standard deviation, in logarithms a factor of 150 both ways.
WIDEST = 5.0
STEP = 1e-5
NEWTON_STEPS = 6
#: The slope per customer at which the search gives way to Newton steps, and how far one of these may go before the
#: Hessian has to be computed again.
ROUGHLY = 1e-6
NEARBY = 1e-4
#: Steps a resample may take, none longer than so much in a logarithm, and the gain in log-likelihood at which one is the
#: last: it is a hundredth of a standard error long then, and right to a tenth of that.
NEAR_STEPS = 40
FARTHEST = 2.0
SETTLED = 1e-4


@dataclass(frozen=True)
class Maximum:
    """Where the log-likelihood is greatest: ``at`` (k,), its value, the inverse Hessian (k, k).

    ``low`` and ``high`` tell per parameter whether it ran into its bound: such a parameter is not determined.
    """

    at: Floats
    value: float
    covariance: Floats
    low: NDArray[np.bool_]
    high: NDArray[np.bool_]


def maximise(function: LogLikelihood, start: Floats, bounds: list[tuple[float, float]], size: float) -> Maximum:
    """L-BFGS-B from ``start``, made exact by Newton steps; ``size`` (customers) scales the values to order one."""
    floor, ceiling = np.array(bounds).T

    def loss(at: Floats) -> tuple[float, Floats]:
        value, slope = function(at)
        return -value / size, -slope / size

    options = {"maxiter": 500, "ftol": ROUGHLY**2, "gtol": ROUGHLY}
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    at, value, bend = _polished(loss, found.x, floor, ceiling)
    return Maximum(at, -value * size, _inverse(bend * size), at - floor < 1e-3, ceiling - at < 1e-3)


def near_maximum(function: LogLikelihood, at: Floats, covariance: Floats) -> tuple[Floats, float] | None:
    """The maximum near ``at`` and its value, by steps of ``covariance`` times gradient; None where they do not arrive.

    Each step takes one gradient, from which ``covariance`` learns (Broyden, Fletcher, Goldfarb and Shanno's rule); the
    nearer it is to the inverse Hessian there, the fewer there are.
    """
    value, slope = function(at)
    for _ in range(NEAR_STEPS):
        step = covariance @ slope
        gain = float(step @ slope) / 2
        if gain < SETTLED / 2:
            return at + step, value + gain
        if not np.isfinite(step).all() or np.abs(step).max() > FARTHEST:
            return None
        at = at + step
        value, later = function(at)
        covariance, slope = _learned(covariance, step, slope - later), later
    return None


def _learned(covariance: Floats, step: Floats, bent: Floats) -> Floats:
    """The inverse Hessian once the gradient is known to fall by ``bent`` over ``step``."""
    along = float(step @ bent)
    if along <= 0:
        return covariance
    turned = covariance @ bent
    both = np.outer(turned, step)
    return covariance + np.outer(step, step) * ((along + bent @ turned) / along**2) - (both + both.T) / along


def _polished(loss: LogLikelihood, at: Floats, floor: Floats, ceiling: Floats) -> tuple[Floats, float, Floats]:
    """Newton steps as long as they lower the loss: point, loss and Hessian."""
    value, slope = loss(at)
    bend = _hessian(loss, at)
    for _ in range(NEWTON_STEPS):
        inside = (at > floor) & (at < ceiling)
        if np.abs(slope[inside]).max(initial=0.0) < 1e-10 or not _positive(bend):
            break
        tried = np.clip(at - np.linalg.solve(bend, slope * inside), floor, ceiling)
        tried_value, tried_slope = loss(tried)
        if not tried_value <= value:
            break
        # a step this short leaves the Hessian as it was
        if np.abs(tried - at).max() > NEARBY:
            bend = _hessian(loss, tried)
        at, value, slope = tried, tried_value, tried_slope
    return at, value, bend


def _hessian(loss: LogLikelihood, at: Floats) -> Floats:
    """Central differences of the gradient, made symmetric."""
    steps = np.eye(len(at)) * STEP
    rows = np.array([(loss(at + step)[1] - loss(at - step)[1]) / (2 * STEP) for step in steps])
    return (rows + rows.T) / 2


def _positive(bend: Floats) -> bool:
    return bool(np.isfinite(bend).all() and np.linalg.eigvalsh(bend)[0] > 0)


def _inverse(bend: Floats) -> Floats:
    """Inverse Hessian in which no direction is less sure than :data:`WIDEST`."""
    sizes, ways = np.linalg.eigh(np.nan_to_num(bend))
    return (ways / np.maximum(sizes, WIDEST**-2)) @ ways.T
