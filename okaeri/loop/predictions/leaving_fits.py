"""The models of who leaves, and of how long subscriptions last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import column, from_rows
from okaeri.loop.predictions.situations import HAZARD, of_kind, situations
from okaeri.predict import leaving
from okaeri.predict.leaving import Judged
from okaeri.predict.subscription import Renewals, best, discounted_renewals
from okaeri.schema.errors import NotConverged
from okaeri.schema.measured.leaving import KINDS
from okaeri.schema.rules import Rules

Row = dict[str, Any]
LABELS = {"sbg": "sBG", "bdw": "BdW"}


def leaving_fits(leaving_counts: pa.Table, leaving_curve: pa.Table, *, rules: Rules) -> pa.Table:
    """A hazard for each kind of customer, and a survival model for each product delivered by subscription."""
    hazards = [_hazard(kind, of_kind(leaving_counts, kind)) for kind in KINDS]
    return from_rows("leaving_fits", [*hazards, *_survivals(of_kind(leaving_curve, "subscription"), rules)])


def _hazard(kind: str, counts: pa.Table) -> Row:
    n, left = column(counts, "n"), column(counts, "left_count")
    try:
        found = leaving.fit(situations(counts), n, left, counts["is_recent"].to_numpy(zero_copy_only=False))
    except NotConverged as reason:
        found = Judged(leaving.unknowing(float(n.sum()), float(left.sum())), None, None, str(reason))
    return {
        "kind": kind, "segment": "all", "model": HAZARD, "n": n.sum(), "auc": found.auc, "gain": found.gain,
        "expected_deliveries": None, "parameters": json.dumps(found.model.to_json()), "note": found.note,
    }  # fmt: skip


def _survivals(curve: pa.Table, rules: Rules) -> Iterator[Row]:
    """sBG or BdW for each product, and for all."""
    for segment in sorted(set(curve["segment"].to_pylist())):
        rows = [row for row in curve.to_pylist() if row["segment"] == segment]
        row: Row = {"kind": "subscription", "segment": segment, "auc": None, "gain": None, "expected_deliveries": None,
                    "parameters": "", "note": "", "model": "sBG", "n": max(row["n"] for row in rows)}  # fmt: skip
        yield row | _survival(rows, rules)


def _survival(rows: list[Row], rules: Rules) -> Row:
    try:
        model = best(_renewals(rows))
    except NotConverged as reason:
        return {"note": str(reason)}
    days = np.average([row["usual_days"] or 0.0 for row in rows], weights=[row["n"] for row in rows])
    renewals = int(rules.forecast_weeks * 7 / max(days, 1.0))
    expected = 1.0 + float(discounted_renewals(model, 0, horizon=renewals)) if renewals else 1.0
    return {
        "model": LABELS[model.NAME], "expected_deliveries": expected, "parameters": json.dumps(model.to_json()),
        "note": model.note,
    }  # fmt: skip


def _renewals(rows: list[Row]) -> Renewals:
    """Counts by renewal, from the first to the last number seen without a hole."""
    by_number = {row["number"]: row for row in rows}
    numbers: list[Row] = []
    while len(numbers) + 1 in by_number:
        numbers.append(by_number[len(numbers) + 1])
    at_risk = np.array([row["n"] for row in numbers], float)
    return Renewals(at_risk, np.array([row["left_count"] for row in numbers], float), float(at_risk.max(initial=0.0)))
