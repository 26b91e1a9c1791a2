"""Groups of customers in numbers: the sums every summary shows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir


def group_sums(
    customer_history: ir.Table, groups: ir.Table, by: tuple[str, ...], more: Mapping[str, ir.Value] | None = None
) -> ir.Table:
    """Customers, orders, revenue and gross profit of every group, with shares of the whole.

    ``groups`` has ``customer_id`` and the columns ``by``; ``more`` are further sums over deferred columns of both.
    """
    past = customer_history.select("customer_id", "order_count", "revenue", "gross_profit", "first_day", "last_day")
    drop = [name for name in groups.columns if name in past.columns and name != "customer_id"]
    rows = past.inner_join(groups.drop(*drop).rename(group_id="customer_id"), [("customer_id", "group_id")])
    unknown = rows.gross_profit.isnull().ifelse(1, 0).sum()
    sums = rows.group_by(*by).agg(
        customers=rows.count(),
        orders=rows.order_count.sum(),
        revenue=rows.revenue.sum(),
        gross_profit=(unknown == 0).ifelse(rows.gross_profit.sum(), ibis.null("float64")),
        **(more or {}),
    )
    return with_shares(sums)


def with_shares(sums: ir.Table) -> ir.Table:
    """Add each group's share of customers and revenue, revenue per order and per customer."""
    everyone, money = sums.customers.sum().over(), sums.revenue.sum().over()
    return sums.mutate(
        customer_share=sums.customers.cast("float64") / everyone.nullif(0),
        revenue_share=sums.revenue / money.nullif(0.0),
        mean_order_value=sums.revenue / sums.orders.nullif(0),
        revenue_per_customer=sums.revenue / sums.customers.nullif(0),
    )
