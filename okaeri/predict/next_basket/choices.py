"""Fits the weights of a conditional logit with own and new candidates; formulas in :mod:`.ranker`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

#: Precision of the prior of a weight per standard deviation of its covariate, in customers.
PENALTY = 20.0
#: Later steps change no list any more.
STEPS = 100
NOTHING_BOUGHT = (
    "No customer's latest visit holds a product that could have been foretold: there is nothing to learn from."
)


@dataclass(frozen=True)
class Part:
    """Candidates of one kind: ``z`` (m, k) standardised, and the means and scales of their covariates (k,)."""

    z: Singles
    means: Floats
    scales: Floats

    @classmethod
    def of(cls, x: Singles) -> Self:
        if not len(x):
            return cls(x, np.zeros(x.shape[1]), np.ones(x.shape[1]))
        means, scales = x.mean(axis=0, dtype=float), x.std(axis=0, dtype=float)
        varies = scales > 1e-6
        scales = np.where(varies, scales, 1.0)
        return cls(((x - means) / scales * varies).astype(np.float32), means, scales)


@dataclass(frozen=True)
class Choices:
    """Candidates of customers who bought one of them, sorted by customer; ``starts`` are their first rows."""

    own: NDArray[np.bool_]
    bought: NDArray[np.bool_]
    starts: NDArray[np.intp]
    place: NDArray[np.intp]
    bought_count: Floats
    mine: Part
    new: Part

    @classmethod
    def of(cls, x: Singles, own: NDArray[np.bool_], customer: NDArray[np.int64], bought: NDArray[np.bool_]) -> Self:
        """Raises NotConverged where no customer bought any candidate."""
        kept = np.flatnonzero(np.isin(customer, customer[bought]))
        if not len(kept):
            raise NotConverged(NOTHING_BOUGHT)
        kept = kept[np.argsort(customer[kept], kind="stable")]
        _, starts, place = np.unique(customer[kept], return_index=True, return_inverse=True)
        x, own, bought = x[kept], own[kept], bought[kept]
        count = np.bincount(place, bought).astype(float)
        return cls(own, bought, starts, place.reshape(-1), count, Part.of(x[own]), Part.of(x[~own]))


@dataclass(frozen=True)
class Weights:
    """Of covariates as they come: (k,) of own and of new candidates."""

    own: Floats
    new: Floats
    own_intercept: float
    customers: int
    log_likelihood: float


def most_likely(choices: Choices) -> Weights:
    """The weights of the highest penalised likelihood, by L-BFGS."""
    k = choices.mine.z.shape[1]
    found = optimize.minimize(
        _loss, np.zeros(2 * k + 1), (choices,), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 20}
    ).x
    own, new = found[:k] / choices.mine.scales, found[k : 2 * k] / choices.new.scales
    intercept = float(found[2 * k] - own @ choices.mine.means + new @ choices.new.means)
    customers = len(choices.starts)
    penalty = 0.5 * PENALTY * float(found[: 2 * k] @ found[: 2 * k])
    return Weights(own, new, intercept, customers, (penalty - _loss(found, choices)[0]) / customers)


def _loss(at: Floats, choices: Choices) -> tuple[float, Floats]:
    """Minus the penalised log-likelihood at ``at`` (own weights, new weights, own intercept), and its gradient."""
    k = choices.mine.z.shape[1]
    score = _scores(at.astype(np.float32), choices, k)
    top = np.maximum.reduceat(score, choices.starts)
    share = np.exp(score - top[choices.place])
    total = np.add.reduceat(share, choices.starts)
    weight = 1.0 / choices.bought_count[choices.place]
    height = float((weight * score)[choices.bought].sum() - (np.log(total) + top).sum())
    pull = choices.bought * weight - share / total[choices.place]
    own, new = pull[choices.own].astype(np.float32), pull[~choices.own].astype(np.float32)
    slope = np.concatenate([own @ choices.mine.z, new @ choices.new.z, [pull[choices.own].sum()]]).astype(float)
    prior = PENALTY * np.append(at[: 2 * k], 0.0)
    return 0.5 * float(prior @ at) - height, prior - slope


def _scores(at: Singles, choices: Choices, k: int) -> Floats:
    score = np.empty(len(choices.own))
    score[choices.own] = choices.mine.z @ at[:k] + at[2 * k]
    score[~choices.own] = choices.new.z @ at[k : 2 * k]
    return score
