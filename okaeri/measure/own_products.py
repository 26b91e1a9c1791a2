"""How often, how lately and how regularly each customer bought each product."""

from __future__ import annotations

import math

import ibis.expr.types as ir

from okaeri.schema.measured.recommending import DAY_HALF_LIVES, VISIT_DECAYS
from okaeri.schema.measured.recommending import own_products as TABLE


def own_products(past_lines: ir.Table) -> ir.Table:
    """One row per snapshot, customer and product bought by then."""
    ago, days = past_lines.visits_ago.cast("float64"), past_lines.days_ago.cast("float64")
    by_visit = {f"decayed_{int(rate * 100)}": (ago * math.log(rate)).exp().sum() for rate in VISIT_DECAYS}
    by_day = {
        f"decayed_{half}_days": (days * (-math.log(2) / half)).exp().sum().fill_null(0.0) for half in DAY_HALF_LIVES
    }
    return (
        past_lines.group_by("snapshot", "customer_no", "product_no")
        .agg(
            bought_count=past_lines.count(),
            visit_count=past_lines.visit_count.max(),
            first_visits_ago=past_lines.visits_ago.max(),
            last_visits_ago=past_lines.visits_ago.min(),
            first_days_ago=past_lines.days_ago.max(),
            last_days_ago=past_lines.days_ago.min(),
            log_visit_size=past_lines.visit_size.cast("float64").ln().mean(),
            least_visit_size=past_lines.visit_size.min(),
            **by_visit,
            **by_day,
        )
        .select(*TABLE.column_names)
    )
