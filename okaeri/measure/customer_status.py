"""初回, 2回, 1年, 休眠: where each buyer stands by the customer's own rhythm."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import silence
from okaeri.schema.measured.segments import customer_status as TABLE
from okaeri.schema.rules import Rules

LABELS = {"first": "初回", "second": "2回", "repeat": "3回以上", "one_year": "1年", "dormant": "休眠"}


def customer_status(
    customer_history: ir.Table, rhythm: ir.Table, lapses: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Exactly one status per buyer. Dormant comes first, then a year from first to latest order, then orders so far."""
    bounds = rhythm.select("usual_interval", "basis", "lapsing_after", "dormant_after", rhythm_id="customer_id")
    rows = customer_history.inner_join(bounds, [("customer_id", "rhythm_id")])
    rows = rows.left_join(_silences(lapses), [("customer_id", "lapse_id")])
    rows = rows.mutate(
        recency_days=silence(rows, as_of),
        lapse_count=rows.lapse_count.fill_null(0),
        return_count=rows.return_count.fill_null(0),
    )
    dormant = rows.recency_days > rows.dormant_after
    rows = rows.mutate(
        status=_status(rows, dormant, rules),
        is_lapsing=(rows.recency_days > rows.lapsing_after) & ~dormant,
        is_revived=rows.last_returned_day.notnull() & ~dormant,
    )
    return rows.mutate(status_label=status_label(rows.status)).select(*TABLE.column_names)


def status_label(status: ir.StringColumn) -> ir.StringColumn:
    """The status in Japanese."""
    return ibis.cases(*((status == code, label) for code, label in LABELS.items()))


def _status(rows: ir.Table, dormant: ir.BooleanColumn, rules: Rules) -> ir.StringColumn:
    tenure = rows.last_day - rows.first_day
    return ibis.cases(
        (dormant, "dormant"),
        (rows.order_count == 1, "first"),
        (tenure >= rules.one_year_after, "one_year"),
        (rows.order_count == 2, "second"),
        else_="repeat",
    )


def _silences(lapses: ir.Table) -> ir.Table:
    return lapses.group_by(lapse_id=lapses.customer_id).agg(
        lapse_count=lapses.count(),
        return_count=lapses.returned_day.count(),
        last_returned_day=lapses.returned_day.max(),
    )
