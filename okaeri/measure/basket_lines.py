"""Goods by basket, in numbers: what tables of product pairs are counted from."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.numbered import numbered
from okaeri.schema.measured.products import basket_lines as TABLE

#: Orders of more different goods than this (wholesale, stock for a salon) say little of what goes together or what
#: follows, and the pairs of an order grow with the square of its goods.
MOST_PRODUCTS = 100
#: Room for a customer's orders in the number of a basket.
ORDERS_APART = 1_000_000


def basket_lines(purchase_lines: ir.Table) -> ir.Table:
    """One row per product of an order with at most :data:`MOST_PRODUCTS` different ones."""
    customers = numbered(purchase_lines, "customer_id", "customer_no")
    products = numbered(purchase_lines, "product_id", "product_no")
    rows = purchase_lines.inner_join(customers, "customer_id").inner_join(products, "product_id")
    lines = rows.mutate(basket_no=rows.customer_no * whole(ORDERS_APART) + rows.order_no)
    sizes = lines.group_by("basket_no").agg(size=lines.count())
    large = sizes.filter(sizes["size"] > MOST_PRODUCTS).select("basket_no")
    return lines.select(*TABLE.column_names).anti_join(large, "basket_no")
