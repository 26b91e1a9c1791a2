"""What makes customers buy a product at their next visit, as weights."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.next_basket import Ranker, explore_bonus, fit, untrained
from okaeri.schema.errors import NotConverged
from okaeri.schema.measured.recommending import BENDS, PERSON, SIGNALS, TERMS
from okaeri.schema.rules import Rules

#: Room for the number of a snapshot.
SNAPSHOTS_APART = 1000


def next_basket_weights(next_basket_choices: pa.Table, *, rules: Rules) -> pa.Table:
    """The weights of the ranker and the bonus of new products; plain ones where nothing can be learnt."""
    return told_weights(next_basket_choices, rules.recommendation_count)


def told_weights(rows: pa.Table, most: int) -> pa.Table:
    """The same for lists of ``most`` products."""
    own, customer, bought = (rows[name].to_numpy() for name in ("is_own", "customer_no", "is_bought"))
    # a customer's candidates at each snapshot are a choice of their own
    person = customer * SNAPSHOTS_APART + rows["snapshot"].to_numpy()
    x = covariates(rows)
    try:
        ranker = fit(TERMS, x, own, person, bought, PERSON, BENDS)
    except NotConverged as reason:
        return from_rows("next_basket_weights", _told(untrained(TERMS), 0.0, str(reason)))
    bonus = explore_bonus(ranker.score(x, own), own, person, bought, most)
    return from_rows("next_basket_weights", _told(ranker, bonus, ""))


def covariates(rows: pa.Table) -> NDArray[np.float32]:
    """The terms (n, k) of candidates; those that bend are of own ones only."""
    x = np.zeros((rows.num_rows, len(TERMS)), np.float32)
    for place, name in enumerate(SIGNALS):
        x[:, place] = rows[name].to_numpy()
    own = np.flatnonzero(rows["is_own"].to_numpy())
    for place, pair in enumerate(BENDS.values(), len(SIGNALS)):
        one, other = (x[own, SIGNALS.index(name)] for name in pair)
        x[own, place] = one * other
    return x


def _told(ranker: Ranker, bonus: float, note: str) -> list[dict[str, object]]:
    told = [*ranker.weights(), ("explore", "bonus", bonus)]
    return [
        {
            "part": part,
            "covariate": name,
            "weight": None if math.isnan(weight) else weight,
            "customer_count": ranker.customers,
            "note": note,
        }
        for part, name, weight in told
    ]
