"""Static covariates as cells: customers who share channel, country or first month share alpha, a and b.

Fader and Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models" (note 019): for a
customer with traits z (numbers of order one, or 0 and 1),

    alpha(z) = alpha exp(-e'z),   a(z) = a exp(f'z),   b(z) = b exp(g'z)

so that e raises the pace by exp(e), while r, the shape of what differs beyond the traits, is common to all. Customers of
equal traits form a cell, whose model is a plain one, and whose histories stay distinct rows: a fit costs what its rows
cost. The likelihood is the product over cells, and its gradient that of the cells, added up along the traits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from okaeri.predict.purchases.beta_geometric import USUAL, BetaGeometric, log_likelihood
from okaeri.predict.purchases.fitting import Floats, Usual, most_likely, nested, refuse_hopeless
from okaeri.predict.purchases.histories import Histories

#: Which parameters traits act on, and in which direction a positive effect moves their logarithm.
ACTS_ON = ("alpha", "a", "b")
DIRECTIONS = np.array([[0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
#: An effect beyond exp(8) is one the data cannot tell from any other.
WIDEST_EFFECT = 8.0


@dataclass(frozen=True, kw_only=True)
class TraitModel:
    """A model for every combination of traits.

    ``plain`` is that of a customer whose traits are all 0; ``effects`` and ``errors`` have a row for each trait of
    ``names`` and a column each for alpha (pace), a and b; ``log_likelihood`` is of all cells together. ``covariance`` is
    that of (log r, log alpha, log a, log b, effects row by row).
    """

    plain: BetaGeometric
    names: tuple[str, ...]
    effects: tuple[tuple[float, ...], ...]
    errors: tuple[tuple[float, ...], ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    note: str = ""

    def model_of(self, traits: ArrayLike) -> BetaGeometric:
        """The model of a cell: for forecasts of its customers. ``traits`` are as many numbers as ``names``."""
        values = np.asarray(traits, float)
        if values.shape != (len(self.names),):
            raise ValueError(f"expected the traits {', '.join(self.names)}, not {values.tolist()}")
        logs = self.plain.log_parameters + values @ np.reshape(self.effects, (-1, 3)) @ DIRECTIONS
        return replace(self.plain, **BetaGeometric.named(logs))

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only."""
        return {"model": "beta_geometric_traits", **asdict(self), "plain": self.plain.to_json()}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`."""
        tables: dict[str, Any] = {name: nested(np.array(saved[name])) for name in ("effects", "errors", "covariance")}
        rest: dict[str, Any] = {name: saved[name] for name in ("log_likelihood", "note")}
        return cls(plain=BetaGeometric.from_json(saved["plain"]), names=tuple(saved["names"]), **tables, **rest)


def fit_traits(
    cells: Sequence[Histories], traits: ArrayLike, names: Sequence[str], *, modified: bool = True, k: int = 1
) -> TraitModel:
    """Maximum likelihood of (M)BG/NBD or (M)BG/CNBD-``k`` with covariates.

    ``cells`` are the histories of each cell and ``traits`` theirs, shape (cells, traits). Raises NotConverged with a
    sentence where no cell has repeat orders; a ``note`` tells which effects the customers do not determine.
    """
    known = np.asarray(traits, float)
    if known.shape != (len(cells), len(names)) or not np.isfinite(known).all():
        raise ValueError(f"traits must be numbers of shape ({len(cells)}, {len(names)}), not {known.shape}")
    everyone = _together(cells)
    refuse_hopeless(everyone)
    unit = everyone.weeks_total / everyone.orders_total

    def function(at: Floats) -> tuple[float, Floats]:
        value, slope = 0.0, np.zeros_like(at)
        effects = at[4:].reshape(-1, 3)
        for cell, own in zip(cells, known, strict=True):
            part, steep = log_likelihood(at[:4] + own @ effects @ DIRECTIONS, cell, modified, k, unit)
            value += part
            slope[:4] += steep
            slope[4:] += np.outer(own, DIRECTIONS @ steep).ravel()
        return value, slope

    labels = (*BetaGeometric.PARAMETERS, *(f"{name} on {parameter}" for name in names for parameter in ACTS_ON))
    found, note = most_likely(function, _usual(len(names), k), labels, everyone.customers)
    logs = found.at[:4] + np.array([0.0, np.log(unit), 0.0, 0.0])
    gaps = 0.0 if k == 1 or everyone.log_gaps is None else (k - 1) * everyone.log_gaps_total
    likelihood = float(found.value + gaps - everyone.orders_total * (special.gammaln(k) + k * np.log(unit)))
    plain = BetaGeometric(
        **BetaGeometric.named(logs), modified=modified, k=k, log_covariance=nested(found.covariance[:4, :4]),
        log_likelihood=likelihood, customers=everyone.customers, repeat_orders=everyone.orders_total,
        rows=len(everyone), note=note,
    )  # fmt: skip
    errors = np.sqrt(np.diag(found.covariance))[4:].reshape(-1, 3)
    return TraitModel(
        plain=plain, names=tuple(names), effects=nested(found.at[4:].reshape(-1, 3)), errors=nested(errors),
        covariance=nested(found.covariance), log_likelihood=likelihood, note=note,
    )  # fmt: skip


def _together(cells: Sequence[Histories]) -> Histories:
    """All cells as one table."""
    x, last, age, weight = (
        np.concatenate([np.empty(0), *(getattr(cell, name) for cell in cells)])
        for name in ("repeat_orders", "last_order_age", "age", "weight")
    )
    gaps = [cell.log_gaps for cell in cells if cell.log_gaps is not None]
    return Histories.of(x, last, age, weight, np.concatenate(gaps) if gaps and len(gaps) == len(cells) else None)


def _usual(traits: int, k: int) -> Usual:
    """Starts and bounds: the plain model's, and effects from 0 on."""
    none, widest = np.zeros(3 * traits), np.full(3 * traits, WIDEST_EFFECT)
    return Usual(
        start=np.concatenate([USUAL.start - [0.0, np.log(k), 0.0, 0.0], none]),
        low=np.concatenate([USUAL.low, -widest]),
        high=np.concatenate([USUAL.high, widest]),
        held=np.concatenate([USUAL.held, widest > 0]),
    )
