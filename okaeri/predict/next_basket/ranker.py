"""Ranks what a customer may buy next: the chance that a product bought is this one of all candidates.

McFadden (1974), "Conditional logit analysis of qualitative choice behavior"; as a loss for rankings the top-one loss of
ListNet (Cao and others 2007). With candidates c of a customer and those bought B:

    score_c = intercept_g + sum over j of weight_gj x_cj,  g = own (bought before) or new (intercept 0)
    log-likelihood = sum over customers of 1 / |B| x sum over b in B of (score_b - log sum over c of exp(score_c))

Products bought before and new ones have weights of their own and yet compete in one list; every customer counts the
same. Weights per standard deviation of their covariate have a normal prior. What is the same for all candidates of a
customer does not move the ranking; it enters the chance, a logistic regression on the score and such covariates:

    chance_c = 1 / (1 + exp(-(intercept + sum over j of chance_j z_cj))),  z = score, own, covariates of the customer
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from okaeri.predict.next_basket.choices import Choices, most_likely
from okaeri.predict.next_basket.logistic import logistic

Floats = NDArray[np.float64]

#: What the chance depends on beside the covariates of the customer.
SCORE, OWN = "score", "own"
#: Candidates the few coefficients of the chance are learnt from.
CHANCES_FROM = 100_000
#: Candidates scored at a time.
BLOCK = 65_536


@dataclass(frozen=True)
class Ranker:
    """Fitted weights of the covariates ``names``, in nats per unit.

    ``chance_weights`` belong to score, own and the covariates ``chance_names``. ``customers`` bought a candidate;
    ``log_likelihood`` is per customer.
    """

    names: tuple[str, ...]
    own_weights: tuple[float, ...]
    new_weights: tuple[float, ...]
    own_intercept: float
    chance_names: tuple[str, ...]
    chance_weights: tuple[float, ...]
    chance_intercept: float
    customers: int
    log_likelihood: float

    def score(self, x: ArrayLike, own: ArrayLike) -> Floats:
        """Score of candidates (n, k), which were bought before where ``own`` (n,): shape (n,)."""
        weights = np.array(self.own_weights), np.array(self.new_weights)
        return _score(np.asarray(x), np.asarray(own, bool), *weights, self.own_intercept)

    def chance(self, x: ArrayLike, own: ArrayLike) -> Floats:
        """Chance that the next visit holds each candidate, arguments as of :meth:`score`."""
        rows = _telling(self.score(x, own), x, own, self.names, self.chance_names)
        return special.expit(self.chance_intercept + rows @ np.array(self.chance_weights))

    def weights(self) -> list[tuple[str, str, float]]:
        """Every number as (part, covariate, weight); parts are own, new and chance, intercepts a covariate."""
        parts = {
            "own": zip((*self.names, "intercept"), (*self.own_weights, self.own_intercept), strict=True),
            "new": zip(self.names, self.new_weights, strict=True),
            "chance": zip(
                (SCORE, OWN, *self.chance_names, "intercept"),
                (*self.chance_weights, self.chance_intercept),
                strict=True,
            ),
        }
        return [(part, name, float(weight)) for part, pairs in parts.items() for name, weight in pairs]

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {"model": "next basket", **plain}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`; ValueError where the numbers are another model's."""
        if saved["model"] != "next basket":
            raise ValueError(f"a model {saved['model']!r} is no 'next basket'")
        rest: dict[str, Any] = {name: value for name, value in saved.items() if name != "model"}
        return cls(**rest | {name: tuple(value) for name, value in rest.items() if isinstance(value, list)})


def fit(
    names: Sequence[str],
    x: ArrayLike,
    own: ArrayLike,
    customer: ArrayLike,
    bought: ArrayLike,
    chance_names: Sequence[str] = (),
    doubted: Collection[str] = (),
) -> Ranker:
    """The most likely weights given candidates with covariates ``x`` (n, k); ``own``, ``customer`` and ``bought`` (n,).

    ``chance_names`` are those of ``names`` that are the same for all candidates of a customer; ``doubted`` those with a
    tighter prior. Raises NotConverged with
    a sentence where no customer bought any candidate.
    """
    rows, own, bought = np.asarray(x, np.float32), np.asarray(own, bool), np.asarray(bought, bool)
    tight = np.isin(names, list(doubted))
    found = most_likely(Choices.of(rows, own, np.asarray(customer), bought, tight), rows.shape[1])
    score = _score(rows, own, found.own, found.new, found.own_intercept)
    told = _some(np.asarray(customer), len(rows) // CHANCES_FROM + 1)
    telling = _telling(score[told], rows[told], own[told], names, chance_names)
    intercept, chances = logistic(telling, bought[told])
    return Ranker(
        tuple(names), tuple(map(float, found.own)), tuple(map(float, found.new)), found.own_intercept,
        tuple(chance_names), tuple(map(float, chances)), intercept, found.customers, found.log_likelihood,
    )  # fmt: skip


def _score(x: NDArray[Any], own: NDArray[np.bool_], mine: Floats, new: Floats, intercept: float) -> Floats:
    """A block at a time: weights are doubles, and a product makes doubles of as many covariates as it is given."""
    score = np.empty(len(x))
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        score[block] = np.where(own[block], x[block] @ mine + intercept, x[block] @ new)
    return score


def _some(customer: NDArray[np.int64], every: int) -> NDArray[np.bool_]:
    """Which rows belong to one customer out of ``every``."""
    place = np.unique(customer, return_inverse=True)[1]
    return np.asarray(place.reshape(-1) % every == 0)


def _telling(score: Floats, x: ArrayLike, own: ArrayLike, names: Sequence[str], chance_names: Sequence[str]) -> Floats:
    """What the chance depends on, shape (n, 2 + number of ``chance_names``)."""
    rows = np.asarray(x)
    columns = [rows[:, list(names).index(name)] for name in chance_names]
    return np.column_stack([score, np.asarray(own, float), *columns]).astype(float)


def untrained(names: Sequence[str]) -> Ranker:
    """What is used without a fit: own products by how often and lately they were bought, then the popular ones.

    ``names`` must hold decayed_85, next_sum and recent. It tells no chance (its weights are NaN).
    """
    own = {"decayed_85": 2.0, "recent": 0.2}
    new = {"recent": 1.0, "next_sum": 1.0}
    weights = [tuple(part.get(name, 0.0) for name in names) for part in (own, new)]
    return Ranker(tuple(names), weights[0], weights[1], 10.0, (), (math.nan, math.nan), math.nan, 0, math.nan)
