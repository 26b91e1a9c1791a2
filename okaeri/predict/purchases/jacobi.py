"""Means over a beta distribution by Gauss-Jacobi quadrature.

Golub and Welsch (1969): the nodes are the eigenvalues of the symmetric tridiagonal matrix of the recurrence of the
Jacobi polynomials, and the weights the squares of the first entries of its eigenvectors. Taken so, the weights sum to 1
without any gamma function, so that nothing overflows however large the shapes are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dstev

Floats = NDArray[np.float64]

FEWEST, MOST = 12, 256
#: Digits, in natural logarithms, that the number of nodes is chosen for: 12 decimal ones.
DIGITS = 28.0
#: The least chance a node may have: functions of the nodes divide by it.
LEAST = 1e-200


def nodes_for(stretch: float) -> int:
    """How many nodes a function of p needs that is singular at p = -1 / ``stretch``, such as (1 + p t / A)^-R.

    The error falls like rho^(-2 n), where rho is the sum of the half axes of the ellipse around [0, 1] through the
    singularity. Beyond a stretch of 1,600 (a horizon 1,600 times as long as what is known) there are :data:`MOST`.
    """
    away = 1.0 + 2.0 / max(stretch, 1e-9)
    needed = 4.0 + DIGITS / (2.0 * np.log(away + np.sqrt(away * away - 1.0)))
    # in fours, so that horizons that differ little are computed alike
    return int(np.clip(4 * np.ceil(needed / 4), FEWEST, MOST))


def jacobi(a: float | Floats, b: float | Floats, nodes: int) -> tuple[Floats, Floats]:
    """Nodes in (0, 1] and weights, both of shape (m, ``nodes``), of beta(``a``, ``b``) densities of shape (m,).

    ``(weights * f(points)).sum(axis=1)`` is the mean of f; exact for polynomials of degree 2 * ``nodes`` - 1.
    """
    a, b = np.broadcast_arrays(np.atleast_1d(np.asarray(a, float)), np.atleast_1d(np.asarray(b, float)))
    k = np.arange(float(nodes))
    diagonal, beside = _diagonal(a[:, None], b[:, None], k), np.sqrt(_beside(a[:, None], b[:, None], k[1:]))
    points, weights = np.empty((len(a), nodes)), np.empty((len(a), nodes))
    # one by one, by LAPACK's own routine: the wrappers around it would take longer than these small matrices
    for row in range(len(a)):
        z, vectors, _ = dstev(diagonal[row], beside[row])
        points[row], weights[row] = (z + 1) / 2, vectors[0] ** 2
    return np.clip(points, LEAST, 1.0), weights


def _diagonal(a: Floats, b: Floats, k: Floats) -> Floats:
    """Diagonal on [-1, 1], where the density is (1 - z)^(b-1) (1 + z)^(a-1)."""
    width = 2 * k + a + b - 2
    # (a-1)^2 - (b-1)^2 = (a - b)(a + b - 2), which the first row cancels with its denominator
    rest = (a - b) * (a + b - 2) / np.where(k > 0, width * (width + 2), 1.0)
    return np.where(k > 0, rest, (a - b) / (a + b))


def _beside(a: Floats, b: Floats, k: Floats) -> Floats:
    """Squares of the entries beside the diagonal, k from 1 on."""
    both = a + b - 2
    width = 2 * k + both
    later = k > 1
    inner = 4 * k * (k + a - 1) * (k + b - 1) * (k + both) / np.where(later, width**2 * (width + 1) * (width - 1), 1.0)
    # k = 1, with (1 + both) cancelled against (width - 1)
    return np.where(later, inner, 4 * a * b / ((a + b) ** 2 * (a + b + 1)))
