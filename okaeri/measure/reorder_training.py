"""Customers and products at earlier dates, and whether they were bought again."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import whole
from okaeri.measure.reorder_cuts import TRAINING
from okaeri.measure.reorder_features import pair_features
from okaeri.schema.measured.reordering import reorder_training as TABLE

#: About so many pairs are looked at; of more, an even part.
MOST_PAIRS = 60_000


def reorder_training(reorder_days: ir.Table, reorder_hazard: ir.Table, *, as_of: date) -> ir.Table:
    """One row per training cut, customer and product bought before it.

    What is known ends at the cut, and what came within a horizon is told only where the horizon ended before ``as_of``.
    """
    today = day_number(as_of)
    pairs = _even_part(reorder_days)
    visits = reorder_days.semi_join(pairs, "customer_no").select("customer_no", "order_day").distinct()
    rows = pair_features(pairs, visits, reorder_hazard, tuple(today - before for before in TRAINING))
    rows = rows.mutate(within=(rows.next_day - rows.cut_day).fill_null(whole(today)))
    passed = rows.cut_day + 30 <= whole(today)
    return rows.mutate(
        is_again_14=rows.within < 14, is_again_30=passed.ifelse(rows.within < 30, ibis.null("boolean"))
    ).select(*TABLE.column_names)


def _even_part(days: ir.Table) -> ir.Table:
    """All days of every so-many-eth pair, told by the sum of its numbers: any customer and any product may be in it."""
    rows = days.cross_join(days.agg(pairs=days.count(where=~days.is_repeat)))
    every = ((rows.pairs - 1) / whole(MOST_PAIRS)).floor().cast("int64") + 1
    return rows.filter((rows.customer_no + rows.product_no) % every == 0).drop("pairs")
