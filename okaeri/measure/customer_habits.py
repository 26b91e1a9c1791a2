"""How often and how much each customer buys, and how much of it again."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.recommending import customer_habits as TABLE


def customer_habits(own_products: ir.Table) -> ir.Table:
    """One row per snapshot and customer with a purchase by then."""
    rows = own_products.group_by("snapshot", "customer_no").agg(
        visit_count=own_products.visit_count.max(),
        line_count=own_products.bought_count.sum(),
        product_count=own_products.count(),
        silent_days=own_products.last_days_ago.min(),
        first_days_ago=own_products.first_days_ago.max(),
    )
    between = (rows.first_days_ago - rows.silent_days) / ibis.greatest(rows.visit_count - 1, 1)
    return rows.mutate(
        basket_size=rows.line_count / rows.visit_count,
        again_rate=1.0 - rows.product_count / rows.line_count,
        usual_days=between,
    ).select(*TABLE.column_names)
