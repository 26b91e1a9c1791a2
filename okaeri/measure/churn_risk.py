"""Who may leave, why, and what is at stake."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.bounds import sen
from okaeri.measure.days import as_date, day_literal
from okaeri.measure.reduction import reduced
from okaeri.schema.measured.leaving import AHEAD, SITUATION_KEY
from okaeri.schema.measured.leaving import churn_risk as TABLE
from okaeri.schema.predicted.leaving import PRESENCE_KEY

CHANCES = tuple(f"leaving_chance_{days}" for days in AHEAD)
REASONS = tuple(f"reason_{place}{part}" for place in (1, 2, 3) for part in ("", "_odds"))
SHARED = (
    "customer_id",
    "subscription_id",
    *SITUATION_KEY,
    "place",
    "order_day",
    "usual_days",
    *CHANCES,
    "residual_value",
)


def churn_risk(
    order_outcomes: ir.Table,
    order_days: ir.Table,
    rhythm: ir.Table,
    customer_value: ir.Table,
    presence_predictions: ir.Table,
    running_subscriptions: ir.Table,
    leaving_reasons: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Running subscriptions, and customers without one: the riskiest yen first."""
    subscribers = running_subscriptions.rename(place="delivery_no").mutate(
        usual_days=running_subscriptions.usual_days.cast("float64")
    )
    buyers = _buyers(order_outcomes, order_days, rhythm, customer_value, presence_predictions, as_of)
    buyers = buyers.anti_join(running_subscriptions, "customer_id")
    rows = subscribers.select(*SHARED).union(buyers.select(*SHARED))
    told = leaving_reasons.rename({f"r_{name}": name for name in SITUATION_KEY})
    rows = rows.left_join(told, [(name, f"r_{name}") for name in SITUATION_KEY])
    stake = rows.residual_value * rows.leaving_chance_90
    worst = ibis.window(order_by=(sen(stake.fill_null(0.0)).desc(), rows.customer_id, rows.subscription_id))
    return rows.mutate(
        number="place", last_order_on=as_date(rows.order_day), days_silent=day_literal(as_of) - rows.order_day,
        yen_at_stake=stake, risk_rank=ibis.row_number().over(worst) + 1,
    ).select(*TABLE.column_names)  # fmt: skip


def _buyers(
    order_outcomes: ir.Table,
    order_days: ir.Table,
    rhythm: ir.Table,
    customer_value: ir.Table,
    presence_predictions: ir.Table,
    as_of: date,
) -> ir.Table:
    """Customers by their latest order bought by itself: whether they will be there by what is known of their rhythm."""
    latest = order_outcomes.filter(order_outcomes.is_latest).rename(place="order_no")
    seen = reduced(order_days, day_number(as_of)).select(*PRESENCE_KEY, seen_id="customer_id")
    said = presence_predictions.select(*CHANCES, **{f"p_{name}": presence_predictions[name] for name in PRESENCE_KEY})
    rows = latest.inner_join(seen, [("customer_id", "seen_id")])
    rows = rows.left_join(said, [(name, f"p_{name}") for name in PRESENCE_KEY])
    rows = rows.left_join(rhythm.select(rhythm_id="customer_id", usual_days="usual_interval"),
                          [("customer_id", "rhythm_id")])  # fmt: skip
    rows = rows.left_join(customer_value.select("residual_value", valued_id="customer_id"),
                          [("customer_id", "valued_id")])  # fmt: skip
    return rows.mutate(subscription_id=ibis.literal("", "string"))
