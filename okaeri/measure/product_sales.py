"""What each product sold, whether its buyers came again, and how often it came back."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.intervals import wilson
from okaeri.schema.measured.products_judged import product_sales as TABLE
from okaeri.schema.rules import Rules

SENT = ("placed", "paid", "shipped", "returned")


def product_sales(
    purchases: ir.Table, purchase_lines: ir.Table, orders: ir.Table, order_lines: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """One row per product on an order that counts."""
    sold = _sold(purchases, purchase_lines, as_of, rules)
    rows = sold.left_join(_sent(orders, order_lines, as_of), [("product_id", "sent_id")])
    rows = rows.mutate(sent_count=rows.sent_count.fill_null(0), return_count=rows.return_count.fill_null(0))
    again_low, again_high = wilson(rows.again_count, rows.n)
    return_low, return_high = wilson(rows.return_count, rows.sent_count)
    return rows.mutate(
        again_rate=rows.again_count / rows.n.nullif(0), again_low=again_low, again_high=again_high,
        return_rate=rows.return_count / rows.sent_count.nullif(0), return_low=return_low, return_high=return_high,
    ).select(*TABLE.column_names)  # fmt: skip


def _sold(purchases: ir.Table, purchase_lines: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """Sums per product; a customer's first order with it tells whether the customer came again."""
    after = purchases.filter(purchases.is_purchase).select("days_to_next", sale_id="order_id")
    lines = purchase_lines.inner_join(after, [("order_id", "sale_id")])
    line = ibis.window(group_by=(lines.customer_id, lines.product_id), order_by=lines.order_no)
    rows = lines.mutate(place=ibis.row_number().over(line))
    window = rules.conversion_window
    is_over = (rows.place == 0) & (rows.order_day < day_literal(as_of) - window)
    return rows.group_by("product_id").agg(
        order_count=rows.count(),
        pieces=rows.quantity.sum(),
        revenue=rows.revenue.sum(),
        buyer_count=rows.count(where=rows.place == 0),
        rebuyer_count=rows.count(where=rows.place == 1),
        latest_day=rows.order_day.max(),
        n=rows.count(where=is_over),
        again_count=rows.count(where=is_over & (rows.days_to_next <= window).fill_null(False)),
    )


def _sent(orders: ir.Table, order_lines: ir.Table, as_of: date) -> ir.Table:
    """Per product, orders that were not cancelled and those of them that came back."""
    known = orders.filter(orders.order_date < as_of, orders.status.isin(SENT), orders.subtotal.fill_null(0) >= 0)
    goods = order_lines.filter(order_lines.kind == "goods", order_lines.product_id.notnull())
    pairs = goods.select("product_id", line_id=goods.order_id).distinct()
    rows = pairs.inner_join(known.select("order_id", "status"), [("line_id", "order_id")])
    return rows.group_by(sent_id=rows.product_id).agg(
        sent_count=rows.count(), return_count=rows.count(where=rows.status == "returned")
    )
