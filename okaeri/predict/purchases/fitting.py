"""What fitting has in common for all purchase models: refusals, the maximum, and what to do where there is none.

Parameters are fitted on their logarithms, with time in units of the mean weeks per repeat order, so that one start and
one set of bounds suits a daily habit and a yearly gift. Some shops do not determine all parameters: nobody has left, all
buy at one pace, or there are 80 customers in all. Then the likelihood has no maximum inside the bounds, or one so flat
that a parameter is known to no better than :data:`VAGUE`. Such a fit is done again with a weak prior, a normal law of
standard deviation :data:`WEAK` around usual values of the logarithms, worth less than one customer's history where the
data speak at all; the model's ``note`` says so. What cannot be learned at all is refused in a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.fitted import Fitted
from okaeri.predict.maximum import LogLikelihood, Maximum, maximise
from okaeri.predict.purchases.histories import Histories
from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

#: Standard deviation of a log parameter above which the data do not determine it: a factor of 50 both ways at 95%.
VAGUE = 2.0
WEAK = 1.5

NO_CUSTOMERS = "There are no customers to learn from."
NO_REPEATS = (
    "None of the {customers:.0f} customers has ordered a second time, so there is no rhythm to learn from: "
    "wait for repeat orders, or look at the share of customers who come back at all."
)
NO_MAXIMUM = (
    "The purchase histories of {customers:.0f} customers do not fit this kind of model: "
    "no values of its parameters explain them better than all others."
)
HELD = "These customers do not determine {parameters}; a weak prior holds them near the values usual in other shops."


@dataclass(frozen=True, kw_only=True)
class FittedPurchases(Fitted):
    """A fitted purchase model: its numbers, and what they rest on.

    ``repeat_orders`` and ``rows`` count the repeat orders and distinct rows it was fitted on. ``note`` is empty, or one
    sentence that says which parameters the data leave open.
    """

    repeat_orders: float
    rows: int
    note: str = ""


@dataclass(frozen=True)
class Usual:
    """Where a search starts and ends: shape (k,) each, of logarithms of parameters in scaled time.

    ``held`` tells which of them the weak prior holds (a pure scale needs no prior: any repeat order determines it).
    """

    start: Floats
    low: Floats
    high: Floats
    held: NDArray[np.bool_]

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """As optimisers want them."""
        return [(float(low), float(high)) for low, high in zip(self.low, self.high, strict=True)]

    def prior(self, at: Floats) -> tuple[float, Floats]:
        """Log density of the weak prior, up to a constant, and its gradient."""
        away = np.where(self.held, at - self.start, 0.0) / WEAK
        return float(-0.5 * away @ away), -away / WEAK


def refuse_hopeless(histories: Histories) -> None:
    """Raise NotConverged where no model of repeat purchase can be fitted at all."""
    if histories.customers <= 0:
        raise NotConverged(NO_CUSTOMERS)
    if histories.orders_total <= 0:
        raise NotConverged(NO_REPEATS, customers=histories.customers)


def week_unit(histories: Histories) -> float:
    """Weeks observed per repeat order: the unit of time a fit is done in."""
    return histories.weeks_total / histories.orders_total


def most_likely(
    function: LogLikelihood, usual: Usual, names: Sequence[str], customers: float, start: Floats | None = None
) -> tuple[Maximum, str]:
    """The maximum of a log-likelihood, with the weak prior's help where needed, and the note that says so.

    ``names`` are the parameters' own; ``start`` (k,) is where an earlier fit ended. The value is the log-likelihood without the prior.
    """
    first = usual.start if start is None else np.clip(start, usual.low, usual.high)
    found = maximise(function, first, usual.bounds, customers)
    if not open_parameters(found).any():
        return found, ""
    left_open = ", ".join(name for name, is_open in zip(names, open_parameters(found), strict=True) if is_open)

    def with_prior(at: Floats) -> tuple[float, Floats]:
        value, slope = function(at)
        belief, pull = usual.prior(at)
        return value + belief, slope + pull

    held = maximise(with_prior, usual.start, usual.bounds, customers)
    if open_parameters(held).any() or not np.isfinite(held.value):
        raise NotConverged(NO_MAXIMUM, customers=customers)
    return replace(held, value=function(held.at)[0]), HELD.format(parameters=left_open)


def open_parameters(found: Maximum) -> NDArray[np.bool_]:
    """Which parameters ran into a bound or are known to no better than :data:`VAGUE`."""
    return found.low | found.high | (np.sqrt(np.diag(found.covariance)) > VAGUE)


def nested(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    """A matrix as plain numbers, for a model to carry."""
    return tuple(tuple(map(float, row)) for row in matrix)
