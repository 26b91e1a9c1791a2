"""How often customers in the same situation left."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.leaving import SITUATION_KEY
from okaeri.schema.measured.leaving import leaving_counts as TABLE

#: The latest share of known outcomes is what a fit on the others is judged by.
RECENT = 0.25


def leaving_counts(deliveries: ir.Table, order_outcomes: ir.Table) -> ir.Table:
    """Known outcomes by situation, of subscribers and of a sample of those who buy one by one."""
    known = with_outcome(deliveries, order_outcomes)
    cut = known.group_by(cut_kind=known.kind).agg(cut_day=known.order_day.cast("float64").quantile(1 - RECENT))
    rows = known.inner_join(cut, [("kind", "cut_kind")])
    rows = rows.mutate(is_recent=rows.order_day > rows.cut_day)
    return (
        rows.group_by(*SITUATION_KEY, "is_recent").agg(n=rows.count(), left_count=rows.left.sum())
        .select(*TABLE.column_names)
    )  # fmt: skip


def with_outcome(deliveries: ir.Table, order_outcomes: ir.Table) -> ir.Table:
    """Orders of both kinds whose outcome is known: their situation, place (order or delivery number), order_day,
    days_to_next, and left: 1 or 0."""
    old_enough = order_outcomes.filter(order_outcomes.is_sampled, order_outcomes.outcome != "open")
    told = (deliveries.filter(deliveries.is_mature).rename(place="delivery_no"), old_enough.rename(place="order_no"))
    return ibis.union(*(
        table.select(
            *SITUATION_KEY, "place", "order_day", "days_to_next", left=(table.outcome == "left").ifelse(1, 0)
        )
        for table in told
    ))  # fmt: skip
