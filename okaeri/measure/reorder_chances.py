"""What each customer is likely to buy again, and when it is due."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.numbered import numbered
from okaeri.measure.reorder_features import pair_features
from okaeri.measure.reorder_score import chances
from okaeri.schema.measured.reordering import reorder_chances as TABLE

#: A pair is told where its chance within 30 days is at least this, or where it was bought in as many days.
LEAST_CHANCE = 0.01
RECENT = 30


def reorder_chances(
    purchase_lines: ir.Table,
    reorder_days: ir.Table,
    reorder_hazard: ir.Table,
    reorder_weights: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """One row per customer and product with a chance worth telling."""
    today = day_number(as_of)
    visits = reorder_days.select("customer_no", "order_day").distinct()
    rows = chances(pair_features(reorder_days, visits, reorder_hazard, (today,)), reorder_weights)
    told = rows.filter((rows.reorder_chance_30 >= LEAST_CHANCE) | (rows.last_ago <= RECENT))
    named = told.inner_join(numbered(purchase_lines, "customer_id", "customer_no"), "customer_no")
    named = named.inner_join(numbered(purchase_lines, "product_id", "product_no"), "product_no")
    last_day = whole(today) - named.last_ago
    return named.mutate(
        last_bought_on=as_date(last_day),
        days_since=named.last_ago,
        due_on=as_date(last_day + (named.usual_days + 0.5).floor().cast("int64")),
    ).select(*TABLE.column_names)
