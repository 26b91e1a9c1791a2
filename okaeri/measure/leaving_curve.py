"""When customers leave, by order or delivery number."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.intervals import wilson
from okaeri.measure.leaving_counts import with_outcome
from okaeri.schema.measured.leaving import leaving_curve as TABLE
from okaeri.schema.rules import Rules


def leaving_curve(deliveries: ir.Table, order_outcomes: ir.Table, *, rules: Rules) -> ir.Table:
    """Kaplan and Meier's (1958) product of staying rates, order by order; rows of few orders are left out."""
    known = with_outcome(deliveries, order_outcomes)
    known = known.mutate(number="place", days=(known.left == 0).ifelse(known.days_to_next, ibis.null("int64")))
    every = known.select("kind", "number", "left", "days", segment=ibis.literal("all", "string"))
    rows = every.union(known.select("kind", "number", "left", "days", segment="product_id"))
    rows = rows.group_by("kind", "segment", "number").agg(
        n=rows.count(), left_count=rows.left.sum(), usual_days=rows.days.cast("float64").median()
    )
    rows = rows.filter(rows.n >= rules.min_support)
    rate = rows.left_count / rows.n
    low, high = wilson(rows.left_count, rows.n)
    everyone = rows.left_count == rows.n
    rows = rows.mutate(
        leaving_rate=rate, low=low, high=high, ends=everyone.ifelse(1, 0),
        log_kept=everyone.ifelse(ibis.literal(1.0), 1.0 - rate).ln(),
    )  # fmt: skip
    so_far = ibis.cumulative_window(group_by=(rows.kind, rows.segment), order_by=rows.number)
    rows = rows.mutate(log_kept=rows.log_kept.sum().over(so_far), ended=rows.ends.sum().over(so_far))
    staying = (rows.ended > 0).ifelse(ibis.literal(0.0), rows.log_kept.exp())
    return rows.mutate(staying_rate=staying).select(*TABLE.column_names)
