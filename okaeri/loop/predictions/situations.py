"""Situations of customers as the model of leaving wants them, and the model back from its saved numbers."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.loop.predictions.reduced import column
from okaeri.predict.hazard import Hazard
from okaeri.predict.leaving import Situations

HAZARD = "discrete-time hazard"


def of_kind(rows: pa.Table, kind: str) -> pa.Table:
    """The rows of one kind of customer."""
    return rows.filter(pc.equal(rows["kind"], kind))


def situations(rows: pa.Table) -> Situations:
    """Rows with the columns of ``leaving.SITUATION``."""
    names = ("number", "gap_step", "skips", "price_rise", "discounted", "amount_step", "rating_step", "complained", "blocked")  # fmt: skip
    return Situations(np.array(rows["product_id"].to_pylist(), dtype=str), *(column(rows, name) for name in names))


def hazard_of(leaving_fits: pa.Table, kind: str) -> Hazard | None:
    """The model in use for a kind of customer; None where nothing is known of any."""
    saved = [row["parameters"] for row in leaving_fits.to_pylist() if row["kind"] == kind and row["model"] == HAZARD]
    return Hazard.from_json(json.loads(saved[0])) if saved and saved[0] else None
