"""Deliveries of running subscriptions and their revenue, period by period."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import column, from_rows
from okaeri.loop.predictions.situations import hazard_of, situations
from okaeri.predict.leaving import ahead
from okaeri.schema.measured.prospects import PERIOD_DAYS
from okaeri.schema.rules import Rules


def delivery_forecast(running_amounts: pa.Table, leaving_fits: pa.Table, *, rules: Rules) -> pa.Table:
    """Four-week periods up to the forecast horizon, by year of the first order; none without subscriptions."""
    model = hazard_of(leaving_fits, "subscription")
    if model is None or not running_amounts.num_rows:
        return from_rows("delivery_forecast", [])
    horizon = float(rules.forecast_weeks * 7)
    usual, since, later = (column(running_amounts, name) for name in ("usual_days", "days_since", "later_rate"))
    found = ahead(model, situations(running_amounts), usual, since, later, horizon)
    count, amount, squares = (column(running_amounts, name) for name in ("n", "amount", "amount_squares"))
    years = column(running_amounts, "cohort_year")
    told = []
    for number in range(1, int(horizon / PERIOD_DAYS) + 1):
        end, start = number * PERIOD_DAYS, (number - 1) * PERIOD_DAYS
        orders, spread = found.deliveries(end, since=start), found.spread(end, since=start)
        for year in np.unique(years):
            own = years == year
            told.append({
                "cohort_year": int(year), "period_no": number, "expected_orders": float(orders[own] @ count[own]),
                "expected_revenue": float(orders[own] @ amount[own]),
                "revenue_sd": float(np.sqrt(spread[own] ** 2 @ squares[own])),
            })  # fmt: skip
    return from_rows("delivery_forecast", told)
