"""The ten CPM classes in numbers."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from okaeri.measure.cpm import LABELS, cpm_label
from okaeri.measure.sums import group_sums
from okaeri.schema.measured.groups import cpm_summary as TABLE


def cpm_summary(customer_history: ir.Table, cpm: ir.Table) -> ir.Table:
    """Customers, orders and revenue of all ten classes, also of empty ones."""
    sums = group_sums(customer_history, cpm, ("cpm",)).rename(found="cpm")
    rows = _all_classes(cpm).left_join(sums, [("cpm", "found")])
    filled = {name: rows[name].fill_null(0) for name in ("customers", "orders")}
    filled |= {name: rows[name].fill_null(0.0) for name in ("customer_share", "revenue", "revenue_share")}
    profit = rows.found.isnull().ifelse(0.0, rows.gross_profit)
    return rows.mutate(**filled, gross_profit=profit, cpm_label=cpm_label(rows.cpm)).select(*TABLE.column_names)


def _all_classes(cpm: ir.Table) -> ir.Table:
    """One row per class: from a sum over the table, so that no engine needs rows of our own."""
    one = cpm.agg(any=cpm.count())
    rows = [one.select(cpm=ibis.literal(code)) for code in LABELS]
    return reduce(lambda above, row: above.union(row), rows)
