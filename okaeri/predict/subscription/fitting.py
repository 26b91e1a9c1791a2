"""What both subscription models share in fitting: refusals, and a weak prior where the data leave a parameter open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.predict.fitted import Fitted
from okaeri.predict.maximum import LogLikelihood, Maximum, maximise
from okaeri.predict.subscription.renewals import Renewals
from okaeri.schema.errors import NotConverged

Floats = NDArray[np.float64]

BOUND = 9.0
#: A log parameter with a larger standard deviation than this is open: a factor of 50 both ways at 95 %.
VAGUE = 2.0
#: Standard deviation of the weak prior around the usual values: worth less than one subscriber where the data speak.
WEAK = 1.5

NOBODY = "There are no subscribers to learn from."
TOO_YOUNG = "Subscribers have come to {seen} renewals so far; {needed} are needed to tell how they will leave."
NOBODY_LEFT = "None of the {subscribers:.0f} subscribers has left yet: there is no leaving to learn from."
ALL_LEFT = "All of the {subscribers:.0f} subscribers left at their first renewal: nobody stays."
HELD = "The renewals do not determine {parameters}; a weak prior holds them near the values usual elsewhere."


@dataclass(frozen=True, kw_only=True)
class FittedSubscription(Fitted):
    """A subscription model and how many renewals it was fitted on.

    ``note`` is empty, or one sentence that says which parameters the data leave open, as where all subscribers are
    alike and their retention does not rise.
    """

    renewals: int
    note: str = ""


def refuse_hopeless(renewals: Renewals, needed: int) -> None:
    """Raise NotConverged where ``needed`` renewals have not been seen, or nobody has left, or everybody at once."""
    if renewals.subscribers <= 0:
        raise NotConverged(NOBODY)
    seen = int((renewals.at_risk > 0).sum())
    if renewals.lost.sum() <= 0:
        raise NotConverged(NOBODY_LEFT, subscribers=renewals.subscribers)
    if seen == 1 and renewals.lost[0] == renewals.at_risk[0]:
        raise NotConverged(ALL_LEFT, subscribers=renewals.subscribers)
    if seen < needed:
        raise NotConverged(TOO_YOUNG, seen=seen, needed=needed)


def most_likely(
    function: LogLikelihood, usual: Floats, renewals: Renewals, model: type[FittedSubscription]
) -> dict[str, Any]:
    """The fields of a fitted model: its maximum, found from ``usual`` (k,), the logarithms of usual parameters."""
    bounds = [(-BOUND, BOUND)] * len(usual)
    size = renewals.at_risk.sum()
    found = maximise(function, usual, bounds, size)
    unknown = _unknown(found)
    note = ""
    if unknown.any():
        note = HELD.format(parameters=", ".join(np.array(model.PARAMETERS)[unknown]))
        found = maximise(lambda at: _with_prior(function, usual, at), usual, bounds, size)
    return {
        **model.named(found.at),
        "log_covariance": tuple(tuple(map(float, row)) for row in found.covariance),
        "log_likelihood": function(found.at)[0],
        "customers": renewals.subscribers,
        "renewals": len(renewals.at_risk),
        "note": note,
    }


def _unknown(found: Maximum) -> NDArray[np.bool_]:
    return found.low | found.high | (np.sqrt(np.diag(found.covariance)) > VAGUE)


def _with_prior(function: LogLikelihood, usual: Floats, at: Floats) -> tuple[float, Floats]:
    value, slope = function(at)
    away = (at - usual) / WEAK
    return value - 0.5 * float(away @ away), slope - away / WEAK
