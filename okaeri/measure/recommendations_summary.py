"""Which products stand first in customers' lists, and why."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.recommending import recommendations_summary as TABLE


def recommendations_summary(recommendations: ir.Table) -> ir.Table:
    """The first of every list, counted by product, with the row of the likeliest buyer; a chance nobody knows is last."""
    first = recommendations.filter(recommendations["rank"] == 1)
    sums = first.group_by(counted_id="product_id").agg(customers=first.count(), mean_chance=first.chance.mean())
    known = ibis.coalesce(first.chance, ibis.literal(-1.0))
    best = ibis.window(group_by=first.product_id, order_by=(known.desc(), first.customer_id))
    rows = first.mutate(place=ibis.row_number().over(best))
    rows = rows.filter(rows.place == 0).rename(best_customer_id="customer_id", best_chance="chance")
    rows = rows.inner_join(sums, [("product_id", "counted_id")])
    return rows.mutate(chance=rows.mean_chance).select(*TABLE.column_names)
