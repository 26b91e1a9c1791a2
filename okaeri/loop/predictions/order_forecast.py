"""Orders bought one by one and their revenue, expected of the customers the shop has, period by period."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.lib.periods import day_number, day_of
from okaeri.loop.predictions.models import purchases_of
from okaeri.loop.predictions.reduced import Reduced, column, from_rows, reduced
from okaeri.predict.combining import Combination
from okaeri.schema.measured.prospects import PERIOD_DAYS
from okaeri.schema.rules import Rules

#: Rows of forecast_level by target, or one of same_again.
Ways = dict[str, Any]


def order_forecast(
    value_histories: pa.Table,
    value_predictions: pa.Table,
    model_fits: pa.Table,
    forecast_level: pa.Table,
    same_again: pa.Table,
    *,
    as_of: date,
    rules: Rules,
) -> pa.Table:
    """Four-week periods up to the forecast horizon, by year of the first order; none without a purchase model.

    Histories and their predictions come in the same order. Model and same again are weighed as for single customers;
    the same again is spread evenly over the periods.
    """
    purchases = purchases_of(model_fits)
    if purchases is None:
        return from_rows("order_forecast", [])
    rows = reduced(value_histories, "customer_count", "log_gap_sum")
    whole, values, sd = (
        column(value_predictions, name) for name in ("expected_orders", "expected_order_value", "residual_sd")
    )
    ways = {row["target"]: row for row in forecast_level.to_pylist()}
    worth = column(value_predictions, "relative_value")
    # row by row, as sums of rows cannot be tilted any more
    more, dearer = (worth ** ways[target]["value_slope"] for target in ("orders", "revenue"))
    variance = rows.weight * (sd * dearer) ** 2
    years = _years(rows, as_of)
    again = {row["cohort_year"]: row for row in same_again.to_pylist()}
    part = PERIOD_DAYS / (rules.forecast_weeks * 7)
    told, before = [], np.zeros(len(rows.histories))
    for number in range(1, int(1 / part) + 1):
        until = purchases.expected_orders(rows.histories, number * PERIOD_DAYS / 7)
        orders = np.maximum(until - before, 0.0)[rows.place]
        before = until
        share = orders / np.maximum(whole, 1e-12)
        bought = rows.weight * orders
        sums = np.stack([rows.weight, bought * more, bought * values * dearer, variance * share])
        for year in np.unique(years):
            told.append(_row(number, int(year), sums[:, years == year].sum(axis=1), ways, again.get(year), part))
    return from_rows("order_forecast", told)


def levels(forecast_level: pa.Table) -> dict[str, float]:
    """By how much a target's totals are off beyond chance."""
    return {row["target"]: row["level_error"] for row in forecast_level.to_pylist()}


def _years(rows: Reduced, as_of: date) -> NDArray[np.int64]:
    """The year of each row's first order."""
    last = day_number(as_of) - 1
    first = np.array([day_of(last - round(age * 7)).year for age in rows.histories.age])
    return first[rows.place]


def _row(
    number: int, year: int, sums: NDArray[np.float64], ways: Ways, again: Ways | None, part: float
) -> dict[str, object]:
    """A period's row. Orders come one by one, so a period has its share of the horizon's variance."""
    _, orders, revenue, variance = (float(value) for value in sums)
    before = {target: part * again[target] if again else 0.0 for target in ("orders", "revenue")}
    told = {
        target: float(Combination(ways[target]["model_share"], ways[target]["level"]).of(said, before[target]))
        for target, said in (("orders", orders), ("revenue", revenue))
    }
    scaled = variance * (told["revenue"] / revenue) ** 2 if revenue > 0 else variance
    return {
        "cohort_year": year, "period_no": number, "expected_orders": told["orders"],
        "expected_revenue": told["revenue"],
        "revenue_sd": float(np.sqrt(scaled + (ways["revenue"]["level_error"] * told["revenue"]) ** 2)),
    }  # fmt: skip
