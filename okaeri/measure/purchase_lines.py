"""Goods on orders that count."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.history import purchase_lines as TABLE


def purchase_lines(purchases: ir.Table, order_lines: ir.Table) -> ir.Table:
    """One row per product of an order that counts, with its pieces added up."""
    counted = purchases.filter(purchases.is_purchase).select("customer_id", "order_id", "order_no", "order_day")
    goods = order_lines.filter(order_lines.kind == "goods", order_lines.product_id.notnull(), order_lines.quantity > 0)
    goods = goods.mutate(
        revenue=goods.quantity * goods.unit_price.cast("float64") - goods.discount.cast("float64").fill_null(0.0)
    )
    by_product = goods.group_by("order_id", "product_id").agg(
        quantity=goods.quantity.sum(), revenue=goods.revenue.sum()
    )
    return counted.inner_join(by_product, "order_id").select(*TABLE.column_names)
