"""Fits the weights of a conditional logit with own and new candidates; formulas in :mod:`.ranker`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

#: Precision of the prior of a weight per standard deviation of its covariate, in customers.
PENALTY = 20.0
#: Of a covariate that is doubted the precision is as many times that, and one more, as this is times the customers: a
#: small shop, whose few choices many weights would fit by chance, hardly uses it.
FEW = 2000.0
#: Newton steps at most, halvings of one at most, and the gain in nats per customer from which on no list changes.
STEPS, HALVINGS, ENOUGH = 30, 12, 1e-6
NOTHING_BOUGHT = (
    "No customer's latest visit holds a product that could have been foretold: there is nothing to learn from."
)


@dataclass(frozen=True)
class Part:
    """Candidates of one kind: ``rows`` among all, ``z`` (m, j) of the covariates ``varies`` (j of k), standardised."""

    rows: NDArray[np.intp]
    z: Singles
    varies: NDArray[np.intp]
    means: Floats
    scales: Floats

    @classmethod
    def of(cls, x: Singles, rows: NDArray[np.intp], kept: NDArray[np.intp]) -> Self:
        """``kept`` are the rows of ``x`` that are candidates, ``rows`` those of them in this part."""
        z = x[kept[rows]]
        means = z.mean(axis=0, dtype=float) if len(rows) else np.zeros(x.shape[1])
        z -= means.astype(np.float32)
        scales = np.sqrt([float(column @ column) / max(len(rows), 1) for column in z.T])
        varies = np.flatnonzero(scales > 1e-6)
        means, scales = means[varies], scales[varies]
        z = z[:, varies]
        z /= scales.astype(np.float32)
        return cls(rows, z, varies, means, scales)

    def plain(self, found: Floats, k: int) -> tuple[Floats, float]:
        """Weights (k,) of covariates as they come, and what their means add to the intercept."""
        weights = np.zeros(k)
        weights[self.varies] = found / self.scales
        return weights, float(weights[self.varies] @ self.means)


@dataclass(frozen=True)
class Choices:
    """Candidates of customers who bought one of them, sorted by customer; ``starts`` are their first rows."""

    bought: NDArray[np.bool_]
    starts: NDArray[np.intp]
    place: NDArray[np.intp]
    weight: Floats
    mine: Part
    new: Part
    doubted: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        x: Singles,
        own: NDArray[np.bool_],
        customer: NDArray[np.int64],
        bought: NDArray[np.bool_],
        doubted: NDArray[np.bool_],
    ) -> Self:
        """``doubted`` (k,) says which covariates are. Raises NotConverged where no customer bought any candidate."""
        kept = np.flatnonzero(np.isin(customer, customer[bought]))
        if not len(kept):
            raise NotConverged(NOTHING_BOUGHT)
        kept = kept[np.argsort(customer[kept], kind="stable")]
        _, starts, place = np.unique(customer[kept], return_index=True, return_inverse=True)
        own, bought, place = own[kept], bought[kept], place.reshape(-1)
        weight = bought / np.bincount(place, bought)[place]
        mine, new = (Part.of(x, np.flatnonzero(which), kept) for which in (own, ~own))
        return cls(bought, starts, place, weight, mine, new, doubted)

    @property
    def shape(self) -> tuple[int, int]:
        """Weights of own and of new candidates; the own intercept comes last."""
        return self.mine.z.shape[1], self.new.z.shape[1]

    def prior(self) -> Floats:
        """Precisions of the weights of own and of new candidates and of the own intercept, which is free."""
        each = PENALTY * np.where(self.doubted, 1.0 + FEW / max(len(self.starts), 1), 1.0)
        return np.concatenate([each[self.mine.varies], each[self.new.varies], [0.0]])


@dataclass(frozen=True)
class Weights:
    """Of covariates as they come: (k,) of own and of new candidates."""

    own: Floats
    new: Floats
    own_intercept: float
    customers: int
    log_likelihood: float


def most_likely(choices: Choices, k: int) -> Weights:
    """The weights of the ``k`` covariates of the highest penalised likelihood, by Newton's method."""
    at = np.zeros(sum(choices.shape) + 1)
    height, share = _height(at, choices)
    customers = len(choices.starts)
    for _ in range(STEPS):
        slope, curve = _bend(at, share, choices)
        step: Floats = np.linalg.solve(curve, slope).astype(float)
        before = height
        at, height, share = _ahead(at, step, height, share, choices)
        if height - before < ENOUGH * customers:
            break
    mine = choices.shape[0]
    own, own_mean = choices.mine.plain(at[:mine], k)
    new, new_mean = choices.new.plain(at[mine:-1], k)
    likelihood = height + 0.5 * float(choices.prior() @ at**2)
    return Weights(own, new, float(at[-1]) - own_mean + new_mean, customers, likelihood / customers)


def _ahead(
    at: Floats, step: Floats, height: float, share: Singles, choices: Choices
) -> tuple[Floats, float, Singles]:  # fmt: skip
    """A step that leads higher: the whole one, or what is left of it after halving; else none."""
    for halving in range(HALVINGS):
        there = at + step * 0.5**halving
        higher, shares = _height(there, choices)
        if higher > height:
            return there, higher, shares
    return at, height, share


def _height(at: Floats, choices: Choices) -> tuple[float, Singles]:
    """The penalised log-likelihood at ``at`` (own weights, new weights, own intercept), and every candidate's share."""
    mine = choices.shape[0]
    score = np.empty(len(choices.bought))
    score[choices.mine.rows] = choices.mine.z @ at[:mine].astype(np.float32) + at[-1]
    score[choices.new.rows] = choices.new.z @ at[mine:-1].astype(np.float32)
    top = np.maximum.reduceat(score, choices.starts)
    share = np.exp(score - top[choices.place])
    total = np.add.reduceat(share, choices.starts)
    height = float(choices.weight @ score - (np.log(total) + top).sum())
    return height - 0.5 * float(choices.prior() @ at**2), (share / total[choices.place]).astype(np.float32)


def _bend(at: Floats, share: Singles, choices: Choices) -> tuple[Floats, Floats]:
    """Slope and (minus) curvature of the penalised log-likelihood.

    Curvature: sum over customers of the covariance of the covariates under the shares; own and new ones meet only in the
    means.
    """
    pull = (choices.weight - share).astype(np.float32)
    own, new = choices.mine, choices.new
    weighed = own.z * share[own.rows, None], new.z * share[new.rows, None]
    customers = len(choices.starts)
    means = np.hstack([
        _by_customer(weighed[0], choices.place[own.rows], customers),
        _by_customer(weighed[1], choices.place[new.rows], customers),
        np.bincount(choices.place[own.rows], share[own.rows], customers)[:, None].astype(np.float32),
    ])  # fmt: skip
    mine = choices.shape[0]
    curve = -(means.T @ means).astype(float)
    curve[:mine, :mine] += weighed[0].T @ own.z
    curve[mine:-1, mine:-1] += weighed[1].T @ new.z
    edge = weighed[0].sum(axis=0, dtype=float)
    curve[:mine, -1] += edge
    curve[-1, :mine] += edge
    # a trifle keeps the intercept apart from a column that is the same for all own candidates
    curve[-1, -1] += share[own.rows].sum(dtype=float) + 1e-3
    slope = np.concatenate([pull[own.rows] @ own.z, pull[new.rows] @ new.z, [pull[own.rows].sum(dtype=float)]])
    prior = choices.prior()
    return slope - prior * at, curve + np.diag(prior)


def _by_customer(rows: Singles, place: NDArray[np.intp], customers: int) -> Singles:
    """Sums (customers, j) of ``rows`` (m, j), which are sorted by ``place``."""
    sums = np.zeros((customers, rows.shape[1]), np.float32)
    if len(place):
        starts = np.r_[0, np.flatnonzero(np.diff(place)) + 1]
        sums[place[starts]] = np.add.reduceat(rows, starts, axis=0)
    return sums
