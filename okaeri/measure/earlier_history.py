"""Each buyer's past as it stood some time ago."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.schema.measured.segments import earlier_history as TABLE
from okaeri.schema.rules import Rules


def earlier_history(purchases: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """The columns by which customers are classed, from orders up to ``rules.compare_days`` before ``as_of``."""
    before = purchases.order_day < day_literal(as_of) - rules.compare_days
    order = before & purchases.is_purchase
    sums = purchases.group_by("customer_id").agg(
        first_day=purchases.order_day.min(where=order),
        last_day=purchases.order_day.max(where=order),
        order_count=order.ifelse(1, 0).sum(),
        revenue=before.ifelse(purchases.revenue, 0.0).sum(),
        revenue_between=before.ifelse(0.0, purchases.revenue).sum(),
    )
    return sums.select(*TABLE.column_names)
