"""How long one piece of a product lasts: as the catalogue says, and as buyers' re-orders show."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.reorders import reorders
from okaeri.schema.measured.products import use_up_time as TABLE


def use_up_time(purchase_lines: ir.Table, products: ir.Table) -> ir.Table:
    """Stated days of supply, and quartiles of the days per piece between a customer's purchases."""
    rows = reorders(purchase_lines)
    lasted = rows.days_per_piece
    learned = rows.group_by("product_id").agg(
        low_quartile_days=lasted.quantile(0.25),
        median_days=lasted.median(),
        high_quartile_days=lasted.quantile(0.75),
        n=lasted.count(),
        customer_count=rows.customer_id.nunique(where=lasted.notnull()),
    )
    stated = products.select(stated_id="product_id", stated_days="days_of_supply")
    return learned.left_join(stated, [("product_id", "stated_id")]).select(*TABLE.column_names)
