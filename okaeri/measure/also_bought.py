"""Who bought this also bought: each product's nearest others by the orders that hold both."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.schema.measured.reordering import also_bought as TABLE

#: Others told of each product.
MOST = 50


def also_bought(basket_pairs: ir.Table) -> ir.Table:
    """The :data:`MOST` others of each product with the highest cosine, among pairs of enough customers.

    Cosine of two products as vectors of orders, 1 where an order holds it (Sarwar and others 2001, "Item-based
    collaborative filtering recommendation algorithms"). Compared to a billionth: engines' roots may differ in the last
    bit. Ties by id.
    """
    both, one, other = (basket_pairs[name].cast("float64") for name in ("pair_count", "product_count", "other_count"))
    rows = basket_pairs.mutate(cosine=both / (one * other).sqrt())
    nearest = (rows.cosine * 1e9 + 0.5).floor()
    order = ibis.window(group_by=rows.product_id, order_by=(nearest.desc(), rows.other_product_id))
    ranked = rows.drop("rank").mutate(rank=ibis.row_number().over(order) + whole(1))
    return ranked.filter(ranked["rank"] <= MOST).select(*TABLE.column_names)
