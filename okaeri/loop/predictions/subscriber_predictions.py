"""What subscribers are expected to do."""

from __future__ import annotations

import pyarrow as pa

from okaeri.loop.predictions.reduced import as_table, column, from_rows
from okaeri.loop.predictions.situations import hazard_of, of_kind, situations
from okaeri.predict.leaving import ahead
from okaeri.schema.measured.leaving import AHEAD, SUBSCRIBER_KEY
from okaeri.schema.rules import Rules

BOUNDS = {"low_80": 0.1, "high_80": 0.9, "low_95": 0.025, "high_95": 0.975}


def subscriber_predictions(situations_now: pa.Table, leaving_fits: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per distinct situation of a running subscription."""
    rows = of_kind(situations_now, "subscription")
    model = hazard_of(leaving_fits, "subscription")
    if model is None or not rows.num_rows:
        return from_rows("subscriber_predictions", [])
    horizon = float(rules.forecast_weeks * 7)
    usual, since, later = (column(rows, name) for name in ("usual_days", "days_since", "later_rate"))
    found = ahead(model, situations(rows), usual, since, later, max(horizon, *AHEAD))
    return as_table("subscriber_predictions", {
        **{name: rows[name] for name in SUBSCRIBER_KEY},
        **{f"leaving_chance_{days}": found.leaving_within(days) for days in AHEAD},
        **{f"order_chance_{days}": found.delivery_within(days) for days in AHEAD},
        "expected_deliveries": found.deliveries(horizon),
        "discounted_deliveries": found.deliveries(horizon, rules.discount_rate),
        "deliveries_sd": found.spread(horizon),
        **{name: found.quantile(horizon, share) for name, share in BOUNDS.items()},
    })  # fmt: skip
