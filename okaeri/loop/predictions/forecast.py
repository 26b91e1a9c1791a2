"""Orders and revenue expected of the customers the shop has, period by period."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.lib.periods import day_number, day_of
from okaeri.loop.predictions.models import purchases_of
from okaeri.loop.predictions.reduced import Reduced, column, from_rows, reduced
from okaeri.measure.value_sums import Z
from okaeri.schema.rules import Rules

PERIOD_DAYS = 28


def forecast(
    value_histories: pa.Table,
    value_predictions: pa.Table,
    model_fits: pa.Table,
    forecast_level: pa.Table,
    *,
    as_of: date,
    rules: Rules,
) -> pa.Table:
    """Four-week periods up to the forecast horizon, by year of the first order; none without a purchase model.

    Histories and their predictions come in the same order.
    """
    purchases = purchases_of(model_fits)
    if purchases is None:
        return from_rows("forecast", [])
    rows = reduced(value_histories, "customer_count", "log_gap_sum")
    whole, values, sd = (
        column(value_predictions, name) for name in ("expected_orders", "expected_order_value", "residual_sd")
    )
    variance = rows.weight * sd**2
    years = _years(rows, as_of)
    level = levels(forecast_level)["revenue"]
    told, before = [], np.zeros(len(rows.histories))
    for number in range(1, rules.forecast_weeks * 7 // PERIOD_DAYS + 1):
        until = purchases.expected_orders(rows.histories, number * PERIOD_DAYS / 7)
        orders = np.maximum(until - before, 0.0)[rows.place]
        before = until
        share = orders / np.maximum(whole, 1e-12)
        told += _by_year(number, years, as_of, level, np.stack([
            rows.weight, rows.weight * orders, rows.weight * orders * values, variance * share,
        ]))  # fmt: skip
    return from_rows("forecast", told)


def levels(forecast_level: pa.Table) -> dict[str, float]:
    """By how much a target's totals are off beyond chance."""
    return {row["target"]: row["level_error"] for row in forecast_level.to_pylist()}


def _years(rows: Reduced, as_of: date) -> NDArray[np.int64]:
    """The year of each row's first order."""
    last = day_number(as_of) - 1
    first = np.array([day_of(last - round(age * 7)).year for age in rows.histories.age])
    return first[rows.place]


def _by_year(
    number: int, years: NDArray[np.int64], as_of: date, level: float, sums: NDArray[np.float64]
) -> list[dict[str, object]]:
    """A period's rows. Orders come one by one, so a period has its share of the horizon's variance."""
    told: list[dict[str, object]] = []
    for year in np.unique(years):
        customers, orders, revenue, variance = sums[:, years == year].sum(axis=1)
        sd = float(np.sqrt(variance + (level * revenue) ** 2))
        bounds = {f"high_{share}": revenue + z * sd for share, z in Z.items()}
        bounds |= {f"low_{share}": max(revenue - z * sd, 0.0) for share, z in Z.items()}
        told.append({
            "cohort_year": int(year), "period_no": number,
            "first_on": as_of + timedelta(days=(number - 1) * PERIOD_DAYS),
            "last_on": as_of + timedelta(days=number * PERIOD_DAYS - 1),
            "customer_count": round(customers), "expected_orders": orders, "expected_revenue": revenue, **bounds,
        })  # fmt: skip
    return told
