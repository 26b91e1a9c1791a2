"""Days with an order: what purchase models count. Deliveries of subscriptions have models of their own."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.prospects import order_days as TABLE


def order_days(purchases: ir.Table) -> ir.Table:
    """One row per customer and day with an order bought by itself; orders of one day are one."""
    bought = purchases.filter(purchases.is_purchase, purchases.subscription_id.isnull())
    days = bought.group_by("customer_id", "order_day").agg(
        revenue=bought.revenue.sum(),
        profit=bought.gross_profit.sum(),
        unknown=bought.gross_profit.isnull().ifelse(1, 0).sum(),
    )
    before = days.order_day.lag().over(ibis.window(group_by=days.customer_id, order_by=days.order_day))
    return days.mutate(
        gross_profit=(days.unknown == 0).ifelse(days.profit, ibis.null("float64")),
        gap_days=days.order_day - before,
    ).select(*TABLE.column_names)
