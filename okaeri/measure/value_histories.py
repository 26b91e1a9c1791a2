"""The distinct histories that purchase models see, and how many customers share each."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.reduction import reduced, spend_bin
from okaeri.schema.measured.prospects import value_histories as TABLE


def value_histories(order_days: ir.Table, *, as_of: date) -> ir.Table:
    """Sums that merge: histories of two groups of customers add up to those of both."""
    rows = reduced(order_days, day_number(as_of))
    rows = rows.mutate(spend_bin=spend_bin(rows.spend))
    return (
        rows.group_by("repeat_orders", "last_order_days", "age_days", "spend_bin")
        .agg(customer_count=rows.count(), spend=rows.spend.sum(), log_gap_sum=rows.log_gaps.sum())
        .select(*TABLE.column_names)
    )
