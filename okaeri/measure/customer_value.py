"""What each customer has been worth, and is expected to be worth."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.intervals import bound_of_sum
from okaeri.measure.one_by_one import one_by_one
from okaeri.schema.measured.prospects import customer_value as TABLE
from okaeri.schema.rules import Rules

BOUNDS = ("low_80", "high_80", "low_95", "high_95")


def customer_value(
    order_days: ir.Table,
    customer_history: ir.Table,
    value_predictions: ir.Table,
    forecast_level: ir.Table,
    subscriber_value: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """Predictions of each history, back at the customers who have it, and of their subscriptions, beside their past."""
    rows = one_by_one(order_days, value_predictions, forecast_level, as_of, rules)
    past = customer_history.select(
        "customer_id", "cohort_month", "acquired_via", past_value="revenue", past_gross_profit="gross_profit"
    )
    rows = past.left_join(rows, [("customer_id", "reduced_id")]).cross_join(_shop_margin(past))
    rows = _with_subscriptions(rows, subscriber_value, as_of, rules)
    own = (rows.past_value > 0).ifelse(rows.past_gross_profit / rows.past_value.nullif(0.0), ibis.null("float64"))
    return rows.mutate(
        lifetime_value=rows.past_value + rows.residual_value,
        residual_gross_profit=rows.residual_value * ibis.coalesce(own, rows.shop_margin),
    ).select(*TABLE.column_names)


def _with_subscriptions(rows: ir.Table, subscriber_value: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """Orders one by one and deliveries together. Who has neither a history nor a subscription has left."""
    delivered = subscriber_value.rename({f"s_{name}": name for name in subscriber_value.columns})
    rows = rows.left_join(delivered, [("customer_id", "s_customer_id")])
    is_left = rows.reduced_id.isnull() & rows.s_customer_id.isnull()
    has_model = rows.expected_orders.notnull() | rows.s_customer_id.notnull() | is_left

    def known(value: ir.FloatingColumn) -> ir.FloatingColumn:
        return has_model.ifelse(value, ibis.null("float64"))

    orders = known(rows.expected_orders.fill_null(0.0) + rows.s_expected_deliveries.fill_null(0.0))
    ordered = (rows.expected_orders * rows.expected_order_value).fill_null(0.0)
    revenue = known(ordered + rows.s_expected_revenue.fill_null(0.0))
    bounds = {name: known(_bound(name, rows, ordered, revenue)) for name in BOUNDS}
    spread = rows.residual_sd.fill_null(0.0)
    extra = rows.s_sd.fill_null(0.0)
    order_value = (orders > 0).ifelse(revenue / orders.nullif(0.0), rows.expected_order_value)
    first = whole(day_number(as_of))
    soon = rows.next_order_days <= rules.forecast_weeks * 7
    due = soon.ifelse(as_date(first + soon.ifelse(rows.next_order_days, 0.0).ceil().cast("int64")), ibis.null("date"))
    return rows.mutate(
        **bounds,
        p_alive=rows.s_customer_id.notnull().ifelse(ibis.literal(1.0), known(rows.p_alive.fill_null(0.0))),
        expected_orders=orders,
        expected_deliveries=rows.s_expected_deliveries.fill_null(0.0),
        expected_order_value=order_value,
        residual_value=known(rows.residual_value.fill_null(0.0) + rows.s_residual_value.fill_null(0.0)),
        residual_sd=known((spread * spread + extra * extra).sqrt()),
        next_order_on=ibis.coalesce(ibis.least(due, rows.s_next_delivery_on), due, rows.s_next_delivery_on),
    )  # fmt: skip


def _bound(name: str, rows: ir.Table, ordered: ir.FloatingColumn, revenue: ir.FloatingColumn) -> ir.FloatingColumn:
    """A bound of both parts' revenue."""
    off = (rows[name] - ordered).fill_null(0.0)
    extra = (rows[f"s_{name}"] - rows.s_expected_revenue).fill_null(0.0)
    one_part = rows.s_customer_id.isnull().ifelse(rows[name].fill_null(0.0), ibis.null("float64"))
    return ibis.coalesce(one_part, bound_of_sum(name, revenue, off * off + extra * extra))


def _shop_margin(past: ir.Table) -> ir.Table:
    """The share of gross profit in the revenue of customers whose costs are all known."""
    known = past.filter(past.past_gross_profit.notnull())
    return known.agg(shop_margin=known.past_gross_profit.sum() / known.past_value.sum().nullif(0.0))
