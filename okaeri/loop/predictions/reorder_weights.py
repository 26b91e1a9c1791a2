"""What makes a customer buy a product again, as weights."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import Floats, column, from_rows
from okaeri.predict.reorder import ReorderModel, by_hazard, fit
from okaeri.predict.reorder.terms import NAMES, TERMS, over
from okaeri.schema.errors import NotConverged
from okaeri.schema.measured.reordering import HORIZONS


def reorder_weights(reorder_training: pa.Table) -> pa.Table:
    """The terms of each horizon's model; the product's own chance where there is too little to learn from."""
    return from_rows(
        "reorder_weights", [row for days in HORIZONS for row in _rows(days, fitted(reorder_training, days))]
    )


def fitted(rows: pa.Table, days: int) -> ReorderModel:
    """The model of a horizon, from the training rows whose ``days`` have passed."""
    passed = rows.filter(rows[f"is_again_{days}"].is_valid())
    if not passed.num_rows:
        return by_hazard(note="No purchase is old enough to tell whether it was followed by another.")
    try:
        return fit(features(passed), column(passed, f"offset_{days}"), column(passed, f"is_again_{days}"))
    except NotConverged as reason:
        return by_hazard(passed.num_rows, str(reason))


def features(rows: pa.Table) -> Floats:
    """Features (n, k) of training rows in the model's order."""
    return np.column_stack([column(rows, name) for name in NAMES])


def _rows(days: int, model: ReorderModel) -> list[dict[str, object]]:
    weights = dict(zip(TERMS, model.weights, strict=True))
    knots = {
        over(name, place): knot for name, own in zip(NAMES, model.knots, strict=True) for place, knot in enumerate(own)
    }
    first = {"horizon_days": days, "term": "intercept", "weight": model.intercept, "row_count": model.rows,
             "note": model.note}  # fmt: skip
    return [first] + [
        {"horizon_days": days, "term": term, "knot": knots.get(term), "weight": weights.get(term, 0.0),
         "row_count": model.rows, "note": ""}
        for term in dict.fromkeys([*weights, *knots])
    ]  # fmt: skip
