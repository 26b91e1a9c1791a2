"""What each customer has been worth, and is expected to be worth."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.reduction import reduced, spend_bin
from okaeri.schema.measured.prospects import HISTORY
from okaeri.schema.measured.prospects import customer_value as TABLE
from okaeri.schema.rules import Rules

KEY = [column.name for column in HISTORY]


def customer_value(
    order_days: ir.Table, customer_history: ir.Table, value_predictions: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Predictions of each history, back at the customers who have it, beside their past."""
    histories = reduced(order_days, day_number(as_of)).rename(reduced_id="customer_id")
    histories = histories.mutate(spend_bin=spend_bin(histories.spend)).drop("spend")
    rows = histories.left_join(value_predictions.rename({f"p_{name}": name for name in KEY}),
                               [(name, f"p_{name}") for name in KEY])  # fmt: skip
    past = customer_history.select(
        "customer_id", "cohort_month", "acquired_via", past_value="revenue", past_gross_profit="gross_profit"
    )
    rows = past.inner_join(rows, [("customer_id", "reduced_id")]).cross_join(_shop_margin(past))
    soon = rows.next_order_days <= rules.forecast_weeks * 7
    own = (rows.past_value > 0).ifelse(rows.past_gross_profit / rows.past_value.nullif(0.0), ibis.null("float64"))
    due = whole(day_number(as_of)) + soon.ifelse(rows.next_order_days, 0.0).ceil().cast("int64")
    return rows.mutate(
        lifetime_value=rows.past_value + rows.residual_value,
        residual_gross_profit=rows.residual_value * ibis.coalesce(own, rows.shop_margin),
        next_order_on=soon.ifelse(as_date(due), ibis.null("date")),
    ).select(*TABLE.column_names)


def _shop_margin(past: ir.Table) -> ir.Table:
    """The share of gross profit in the revenue of customers whose costs are all known."""
    known = past.filter(past.past_gross_profit.notnull())
    return known.agg(shop_margin=known.past_gross_profit.sum() / known.past_value.sum().nullif(0.0))
