"""Chosen ones against what is expected of them by others alike: imputation by a linear model, and how sure it is.

    shortfall = mean over the chosen of (x_i b - y_i),    b = (X'X + lean)^-1 X'y over the rest

The Oaxaca-Blinder estimator, which is right where the model of the rest is, or where the chosen's odds are linear in x
(Kline 2011, American Economic Review 101:532). Its variance is the jackknife's, customers left out one at a time (CV3 of
Bell and McCaffrey 2002, Survey Methodology 28:169; MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics
38:671): residuals of the rest are too small, as the model has learned from them, and the more so the more traits it knows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: What is known of a label leans on all others as if by so many signals more.
LEAN = 5.0


def traits_of(numbers: ArrayLike, labels: ArrayLike) -> Floats:
    """Columns by which signals are compared: ``numbers`` (n, j) in standard deviations, 0 where not known, and one column
    for each distinct of the ``labels`` (n, m), column by column."""
    x = np.asarray(numbers, float)
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    off = np.where(known, x - np.where(known, x, 0.0).sum(axis=0) / n, 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / n)
    columns = [np.divide(off, spread, out=np.zeros_like(off), where=spread > 1e-9)]
    for label in np.asarray(labels).T:
        names, place = np.unique(label, return_inverse=True)
        columns.append(np.eye(len(names))[place.reshape(-1)])
    return np.concatenate(columns, axis=1)


def shortfall(y: Floats, chosen: Flags, rest: Flags, traits: Floats, customer: ArrayLike) -> tuple[float, Floats]:
    """How much lower ``y`` (n,) is among the ``chosen`` than expected by the ``rest`` with such ``traits`` (n, k), and what
    each signal adds to that (n,): summed over one ``customer`` (n,), what leaving the customer out takes away. ``y`` counts
    in either of both only."""
    x = np.concatenate([np.ones((len(y), 1)), traits], axis=1)
    lean = np.full(x.shape[1], LEAN)
    lean[0] = 1e-9
    inverse = np.linalg.inv(x[rest].T @ x[rest] + np.diag(lean))
    expected = x @ (inverse @ (x[rest].T @ y[rest]))
    gap = np.where(chosen | rest, expected - np.where(chosen | rest, y, 0.0), 0.0)
    found = float(gap[chosen].mean())
    reach = x @ (inverse @ x[chosen].mean(axis=0))
    missed = np.zeros(len(y))
    missed[rest] = _left_out(gap[rest], x[rest], inverse, np.asarray(customer)[rest])
    return found, np.where(chosen, (gap - found) / chosen.sum(), 0.0) - reach * missed


def _left_out(gap: Floats, x: Floats, inverse: Floats, customer: NDArray[np.generic]) -> Floats:
    """Gaps (n,) as they would be had the model not learned from the same customer: (I - H)^-1 gap, H the customer's block
    of the hat matrix; customers of as many signals at once."""
    who, count = np.unique(customer, return_inverse=True, return_counts=True)[1:]
    order = np.argsort(who, kind="stable")
    first = np.cumsum(count) - count
    learned, found = x @ inverse, np.empty(len(gap))
    for size in np.unique(count).tolist():
        rows = order[first[count == size][:, None] + np.arange(size)]
        hat = learned[rows] @ x[rows].transpose(0, 2, 1)
        found[rows] = np.linalg.solve(np.eye(size) - hat, gap[rows][..., None])[..., 0]
    return found


def clustered_error(influence: Floats, customer: ArrayLike) -> float:
    """Standard error of a sum of influences, those of one customer together."""
    who = np.unique(np.asarray(customer), return_inverse=True)[1].reshape(-1)
    each = np.bincount(who, influence)
    return float(np.sqrt((each**2).sum() * len(each) / max(len(each) - 1, 1)))
