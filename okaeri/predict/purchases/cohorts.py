"""Customers who were there when the records began, and those won since: one model for each, where they differ.

The records of a shop begin at some day, its customers do not: who orders in the first weeks has mostly been a customer
before. A customer turns up there the sooner the more often he orders (length-biased sampling), and has passed chances
to leave that nobody counted. So these order more, and stay longer, than customers who are really new, and one gamma and
one beta law for both promises too much of the new ones and too little of the old. Which it is, the likelihood tells: two
models are used where they are more likely by more than Schwarz's criterion asks of their parameters (1978, Annals of
Statistics 6), log(customers) / 2 for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from okaeri.predict.purchases.beta_geometric import BetaGeometric, fit_beta_geometric
from okaeri.predict.purchases.fitting import Floats
from okaeri.predict.purchases.histories import Histories
from okaeri.predict.purchases.pareto import ParetoNBD, fit_pareto
from okaeri.schema.errors import NotConverged

#: Customers of the first quarter of the records may have been customers before.
FIRST_SHARE = 0.25
#: Fewer of either kind tell nothing apart.
FEWEST = 100

Part = BetaGeometric | ParetoNBD
KINDS: dict[str, type[Part]] = {model.NAME: model for model in (BetaGeometric, ParetoNBD)}


@dataclass(frozen=True, kw_only=True)
class TwoCohorts:
    """``first`` for customers whose age is ``since`` weeks or more, ``later`` for the others and for newcomers."""

    NAME: ClassVar[str] = "two_cohorts"

    first: Part
    later: Part
    since: float
    note: str = ""

    @property
    def label(self) -> str:
        """The model's name in the literature, and that there are two."""
        return f"{self.later.label}, two cohorts"

    @property
    def log_likelihood(self) -> float:
        """Of all customers."""
        return self.first.log_likelihood + self.later.log_likelihood

    @property
    def parameters(self) -> dict[str, float]:
        """Those of the customers won later by their names, those of the first ones with ``first_`` before it."""
        return {**self.later.parameters, **_first(self.first.parameters)}

    @property
    def standard_errors(self) -> dict[str, float]:
        """By the same names."""
        return {**self.later.standard_errors, **_first(self.first.standard_errors)}

    def p_alive(self, histories: Histories) -> Floats:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.p_alive`."""
        return self._each(histories, lambda model, rows, _: model.p_alive(rows))

    def p_alive_after(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.p_alive_after`."""
        time = np.broadcast_to(np.asarray(weeks, float), len(histories))
        return self._each(histories, lambda model, rows, kept: model.p_alive_after(rows, time[kept]))

    def expected_orders(self, histories: Histories, weeks: ArrayLike) -> Floats:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.expected_orders`."""
        time = np.broadcast_to(np.asarray(weeks, float), len(histories))
        return self._each(histories, lambda model, rows, kept: model.expected_orders(rows, time[kept]))

    def orders_until(self, histories: Histories, ends: Iterable[float]) -> Iterator[Floats]:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.orders_until`."""
        old, horizons = self._first_ones(histories), list(ends)
        parts = (self.first.orders_until(histories.only(old), horizons),
                 self.later.orders_until(histories.only(~old), horizons))  # fmt: skip
        for first, later in zip(*parts, strict=True):
            found = np.empty(len(histories))
            found[old], found[~old] = first, later
            yield found

    def order_tail(self, histories: Histories, weeks: ArrayLike, count: ArrayLike) -> Floats:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.order_tail`."""
        time, n = (np.broadcast_to(np.asarray(value, float), len(histories)) for value in (weeks, count))
        return self._each(histories, lambda model, rows, kept: model.order_tail(rows, time[kept], n[kept]))

    def next_order_weeks(self, histories: Histories, chance: float = 0.5) -> Floats:
        """As :meth:`~okaeri.predict.purchases.forecast.PurchaseModel.next_order_weeks`."""
        return self._each(histories, lambda model, rows, _: model.next_order_weeks(rows, chance))

    def draws(self, count: int, chance: np.random.Generator) -> list[Self]:
        """``count`` models whose parameters could as well be the true ones."""
        pairs = zip(self.first.draws(count, chance), self.later.draws(count, chance), strict=True)
        return [replace(self, first=cast(Part, first), later=cast(Part, later)) for first, later in pairs]

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only."""
        return {
            "model": self.NAME, "since": self.since, "note": self.note,
            "first": self.first.to_json(), "later": self.later.to_json(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`."""
        first, later = (KINDS[saved[part]["model"]].from_json(saved[part]) for part in ("first", "later"))
        return cls(first=first, later=later, since=saved["since"], note=saved["note"])

    def _first_ones(self, histories: Histories) -> NDArray[np.bool_]:
        return histories.age >= self.since

    def _each(self, histories: Histories, answer: Callable[[Part, Histories, NDArray[np.bool_]], Floats]) -> Floats:
        """The answers of both models, back in the order of the rows."""
        found, old = np.empty(len(histories)), self._first_ones(histories)
        for model, kept in ((self.first, old), (self.later, ~old)):
            if kept.any():
                found[kept] = answer(model, histories.only(kept), kept)
        return found


def split(model: Part, histories: Histories) -> TwoCohorts | None:
    """The same kind of model for first and later customers; None where one for all is likely enough."""
    two = _two(model, histories)
    asked = len(model.PARAMETERS) * np.log(histories.customers) / 2
    return two if two is not None and two.log_likelihood > model.log_likelihood + asked else None


def fit_again(model: Part | TwoCohorts, histories: Histories) -> Part | TwoCohorts:
    """A model of the same kind for other histories; one for all where two cannot be fitted.

    Raises NotConverged with a sentence where there is nothing to learn from.
    """
    if isinstance(model, TwoCohorts):
        return _two(model.later, histories) or _again(model.later, histories)
    return _again(model, histories)


def _two(model: Part, histories: Histories) -> TwoCohorts | None:
    """Both models; None where customers are too few to be told apart."""
    since = float(histories.age.max() * (1 - FIRST_SHARE))
    old = histories.age >= since
    parts = histories.only(old), histories.only(~old)
    if min(part.customers for part in parts) < FEWEST:
        return None
    try:
        first, later = (_again(model, part) for part in parts)
    except NotConverged:
        return None
    return TwoCohorts(first=first, later=later, since=since, note=" ".join(sorted({first.note, later.note} - {""})))


def _again(model: Part, histories: Histories) -> Part:
    """A model of the same kind, fitted to some of the customers."""
    if isinstance(model, ParetoNBD):
        return fit_pareto(histories)
    return fit_beta_geometric(histories, modified=model.modified, k=model.k)


def _first(named: dict[str, float]) -> dict[str, float]:
    return {f"first_{name}": value for name, value in named.items()}
