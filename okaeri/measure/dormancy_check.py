"""How good the dormant bounds are."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.intervals import wilson
from okaeri.schema.measured.segments import dormancy_check as TABLE
from okaeri.schema.rules import Rules


def dormancy_check(lapses: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Spontaneous returns beyond the bound, by whose rhythm set it.

    The rate counts returns within ``rules.compare_days`` after the bound among lapses at least that old, so that young
    lapses do not pull it down.
    """
    rows = lapses.union(lapses.mutate(basis=ibis.literal("all")))
    mature = rows.lapsed_day + rules.compare_days <= day_literal(as_of)
    soon = mature & (rows.returned_day - rows.lapsed_day < rules.compare_days)
    sums = rows.group_by("basis").agg(
        lapse_count=rows.count(),
        median_bound=rows.dormant_after.cast("float64").median(),
        ever_returned_count=rows.returned_day.count(),
        mature_count=mature.ifelse(1, 0).sum(),
        returned_count=soon.fill_null(False).ifelse(1, 0).sum(),
    )
    sums = sums.mutate(return_rate=sums.returned_count.cast("float64") / sums.mature_count.nullif(0))
    low, high = wilson(sums.returned_count, sums.mature_count)
    return sums.mutate(return_rate_low=low, return_rate_high=high).select(*TABLE.column_names)
