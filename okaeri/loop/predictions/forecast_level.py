"""How far the shop's totals were off at earlier dates."""

from __future__ import annotations

import math

import pyarrow as pa

from okaeri.loop.predictions.reduced import from_rows

#: Without an earlier date to learn from: what totals of shops are typically off by.
USUAL_ERROR = 0.15


def forecast_level(report_card: pa.Table) -> pa.Table:
    """Root mean squared relative error of the model's totals, drawn to the usual one (as one more origin)."""
    model = [row for row in report_card.to_pylist() if row["is_model"] and row["bias"] is not None]
    return from_rows("forecast_level", [
        _level(target, [row["bias"] for row in model if row["target"] == target]) for target in ("orders", "revenue")
    ])  # fmt: skip


def _level(target: str, errors: list[float]) -> dict[str, object]:
    level = math.sqrt((sum(error * error for error in errors) + USUAL_ERROR**2) / (len(errors) + 1))
    return {"target": target, "origin_count": len(errors), "level_error": level}
