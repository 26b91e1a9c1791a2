"""Movement of customers between classes from one date to another."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.intervals import wilson


def movement(earlier: ir.Table, now: ir.Table) -> ir.Table:
    """Customers by class then and now.

    ``earlier`` has customer_id, from_class and revenue_between; ``now`` has now_id and to_class of the same customers.
    """
    pairs = earlier.inner_join(now, [("customer_id", "now_id")])
    moves = pairs.group_by("from_class", "to_class").agg(
        customers=pairs.count(), revenue_between=pairs.revenue_between.sum()
    )
    total = moves.group_by(origin=moves.from_class).agg(from_customers=moves.customers.sum())
    rows = moves.inner_join(total, [("from_class", "origin")])
    rows = rows.mutate(move_rate=rows.customers.cast("float64") / rows.from_customers)
    low, high = wilson(rows.customers, rows.from_customers)
    return rows.mutate(move_rate_low=low, move_rate_high=high)
