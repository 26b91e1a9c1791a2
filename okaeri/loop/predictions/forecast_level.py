"""How the shop's totals are forecast, as forecasts from earlier dates came out."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pyarrow as pa

from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.combining import SAME_AGAIN, USUAL_ERROR, Combination, Lesson, combination
from okaeri.schema.rules import Rules

MODEL, COMBINED, AGAIN = "model", "combined", "same_again"

Row = dict[str, Any]


def forecast_level(report_card: pa.Table, *, rules: Rules) -> pa.Table:
    """Per target how to forecast it, and the root mean squared relative error of totals so forecast at earlier dates,
    drawn to the usual one (as one more origin).

    Where the combined forecast of the newest origin did not beat each naive one, the same again is left.
    """
    rows = report_card.to_pylist()
    return from_rows("forecast_level", [
        _level(target, [row for row in rows if row["target"] == target], rules) for target in ("orders", "revenue")
    ])  # fmt: skip


def _level(target: str, rows: list[Row], rules: Rules) -> Row:
    newest = max((_origin(row) for row in rows), default=None)
    lost = any(row["model"] == COMBINED and _origin(row) == newest and not row["beats_naive"] for row in rows)
    reach = round(rules.forecast_weeks * 7)
    lessons = [
        Lesson(row["best_share"], row["log_ratio"], row["value_slope"]).over(reach / row["horizon_days"])
        for row in rows
        if row["is_model"]
    ]
    way: Combination = SAME_AGAIN if lost else combination(lessons)
    told = [row for row in rows if row["model"] == (AGAIN if lost else COMBINED) and row["bias"] is not None]
    errors = [float(row["bias"]) for row in told]
    off = math.sqrt((sum(error * error for error in errors) + USUAL_ERROR**2) / (len(errors) + 1))
    method = AGAIN if lost else COMBINED if lessons else MODEL
    return {
        "target": target, "origin_count": len(errors), "level_error": off, "method": method,
        "model_share": way.share, "level": way.level, "value_slope": way.slope,
    }  # fmt: skip


def _origin(row: Row) -> date:
    assert isinstance(row["origin_on"], date)
    return row["origin_on"]
