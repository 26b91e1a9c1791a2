"""Running subscriptions and what they are expected to bring."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.situations_now import running
from okaeri.schema.measured.leaving import SUBSCRIBER_KEY
from okaeri.schema.measured.leaving import running_subscriptions as TABLE

BOUNDS = ("low_80", "high_80", "low_95", "high_95")


def running_subscriptions(deliveries: ir.Table, subscriber_predictions: ir.Table, *, as_of: date) -> ir.Table:
    """Predictions of each situation, back at the subscriptions in it, times what a delivery brings."""
    rows = _with_amount(running(deliveries, as_of), deliveries)
    said = subscriber_predictions.rename({f"p_{name}": name for name in SUBSCRIBER_KEY})
    rows = rows.left_join(said, [(name, f"p_{name}") for name in SUBSCRIBER_KEY])
    today = day_literal(as_of)
    due = rows.order_day + rows.usual_days * (rows.skips + 1)
    return rows.mutate(
        next_day=(due > today).ifelse(due, today),
        expected_revenue=rows.expected_deliveries * rows.amount,
        residual_value=rows.discounted_deliveries * rows.amount,
        sd=rows.deliveries_sd * rows.amount,
        **{name: rows[name] * rows.amount for name in BOUNDS},
    ).select(*TABLE.column_names)


def _with_amount(rows: ir.Table, deliveries: ir.Table) -> ir.Table:
    """Add what a delivery brings. First ones are often cheaper than those that follow, and stay out."""
    later = deliveries.filter(deliveries.delivery_no > 1)
    own = later.group_by(own_of=later.subscription_id).agg(own_amount=later.revenue.median())
    usual = later.group_by(usual_of=later.product_id).agg(usual_amount=later.revenue.median())
    rows = rows.left_join(own, [("subscription_id", "own_of")]).left_join(usual, [("product_id", "usual_of")])
    amount = ibis.coalesce(rows.own_amount, rows.usual_amount, rows.revenue, ibis.literal(0.0))
    return rows.mutate(amount=(amount < 0).ifelse(ibis.literal(0.0), amount))
