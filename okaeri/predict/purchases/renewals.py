"""Orders of a customer who stays, when each gap is made of k stages: exact for every k.

A gap is Erlang-k: k stages of exponential length at a rate lambda, which over customers like this one is
gamma(R, A). Of the gap now open, j stages are done (0 <= j < k). Stages done within t weeks, M, are Poisson(lambda t),
so over customers M is negative binomial, and orders within t are N = floor((M + j) / k). With k = 1 this is the plain
Poisson process of BG/NBD.

    P(M >= m)      = I_{t / (A + t)}(m, R), the regularised incomplete beta function
    E[w^M]         = (1 + (1 - w) t / A)^(-R), for any complex w with |w| <= 1
    q^floor(m / k) = sum over the k-th roots w of q of g_w w^m,   g_w = (1 / k) sum over i < k of w^(-i)

The last identity (both sides are multiplied by q when m grows by k, and agree for m < k) turns the mean of a function
of whole gaps into k means of powers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

#: Below this chance of leaving times orders, E[(1 - q^N) / p] is a straight line in p, drawn through its values there
#: and at twice that. 1 - E[q^N] has 16 digits, of which the division leaves 11; the line's bend is then below 1e-10.
FLAT = 1e-5
#: q is kept above this, so that roots of 1 / q lose no more than half of the digits.
LEAST_STAY = 1e-9


def reached(stages: Floats, size: Floats, scale: Floats, weeks: Floats) -> Floats:
    """P(M >= ``stages``) for a stage rate of gamma(``size``, ``scale``); 1 where ``stages`` <= 0."""
    share = weeks / (scale + weeks)
    return np.where(stages > 0, special.betainc(np.maximum(stages, 1.0), size, share), 1.0)


def orders_before_leaving(leave: Floats, size: Floats, scale: Floats, weeks: Floats, k: int) -> Floats:
    """E[(1 - (1 - p)^N) / p], the orders of a customer who leaves after each with chance p: shape (k, rows).

    Row j of the result has j stages of the open gap done and a stage rate of gamma(``size`` + j, ``scale``).
    ``leave`` is p, shape (rows, nodes); ``size``, ``scale`` and ``weeks`` have shape (rows, 1).
    """
    if k == 1:
        return (-np.expm1(-size * np.log1p(leave * (weeks / scale))) / leave)[None]
    likely = (size + k) * weeks / (scale * k)
    flat = FLAT / (1.0 + likely)
    least, twice, found = (_orders(p, size, weeks / scale, k) for p in (flat, 2 * flat, np.maximum(leave, flat)))
    return np.maximum(found + np.minimum(leave - flat, 0.0) * (twice - least) / flat, 0.0)


def _orders(p: Floats, size: Floats, time: Floats, k: int) -> Floats:
    """E[(1 - q^N) / p] by division."""
    stayed = _staying(np.maximum(1.0 - p, LEAST_STAY), size, time, k)
    return (1.0 - np.array(stayed)) / p


def stays_through(leave: Floats, size: Floats, scale: Floats, weeks: Floats, k: int) -> Floats:
    """E[(1 - p)^N], the chance not to have left within ``weeks``; arguments and shape of orders_before_leaving."""
    return 1.0 - leave * orders_before_leaving(leave, size, scale, weeks, k)


def _staying(q: Floats, size: Floats, time: Floats, k: int) -> list[Floats]:
    """E[q^floor((M + j) / k)] for j = 0 .. k - 1, each of the shape of ``q``."""
    sums = [np.zeros(np.broadcast_shapes(q.shape, size.shape)) for _ in range(k)]
    # roots come in conjugate pairs, of which one is computed and its real part counted twice
    for turn in range(k // 2 + 1):
        alone = 2 * turn in (0, k)
        root = q ** (1 / k) * np.exp(2j * np.pi * turn / k)
        if alone:
            root = root.real
        factor = sum(root**-i for i in range(k)) / k
        shrink = 1.0 / (1.0 + (1.0 - root) * time)
        power = (1.0 if alone else 2.0) * factor * shrink**size
        for j in range(k):
            sums[j] += power.real
            power = power * (root * shrink)
    return sums


def open_gap(size: Floats, done: Floats, k: int) -> Floats:
    """log of sum over j < k of (R)_j / j! u^j, with u = ``done`` in [0, 1), and the terms' shares: shape (1 + k, rows).

    The sum is the likelihood of a gap that is still open, relative to a plain Poisson process; the shares are the
    chances that j stages of it are done. ``u`` = (T - t_x) / (alpha + T).
    """
    terms = np.empty((k + 1, len(done)))
    terms[1] = 1.0
    for j in range(1, k):
        terms[j + 1] = terms[j] * (size + j - 1) / j * done
    total = terms[1:].sum(axis=0)
    terms[1:] /= total
    terms[0] = np.log(total)
    return terms
