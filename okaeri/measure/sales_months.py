"""Sales by month and kind of order."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import month_number
from okaeri.measure.cuts import month_text
from okaeri.measure.days import whole
from okaeri.schema.measured.changes import sales_months as TABLE


def sales_months(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """Orders, revenue and candidates of each month; candidates are those of :func:`okaeri.measure.sales_change`."""
    bought = purchases.is_purchase
    kinds = {"first": purchases.order_no == 1, "second": purchases.order_no == 2, "later": purchases.order_no > 2}
    counts = {f"{name}_orders": (bought & kind).ifelse(1, 0).sum() for name, kind in kinds.items()}
    sums = {f"{name}_revenue": (bought & kind).ifelse(purchases.revenue, 0.0).sum() for name, kind in kinds.items()}
    unknown = purchases.gross_profit.isnull().ifelse(1, 0).sum()
    months = purchases.group_by("order_month").agg(
        **counts, **sums, credit_notes=bought.ifelse(0.0, purchases.revenue).sum(), revenue=purchases.revenue.sum(),
        profit=purchases.gross_profit.sum(), unknown=unknown,
    )  # fmt: skip
    line = ibis.cumulative_window(order_by=months.order_month)
    seconds = months.second_orders.sum().over(line)
    return months.mutate(
        month=month_text(months.order_month),
        newcomers=months.first_orders,
        second_candidates=months.first_orders.sum().over(line) - seconds + months.second_orders,
        later_candidates=seconds,
        gross_profit=(months.unknown == 0).ifelse(months.profit, ibis.null("float64")),
        is_over=months.order_month < whole(month_number(as_of)),
    ).select(*TABLE.column_names)
