"""Days on which customers bought a product, each with the next one."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import whole
from okaeri.measure.numbered import numbered
from okaeri.measure.reorder_cuts import HISTORY, TRAINING
from okaeri.measure.stock_at_home import LAPSED
from okaeri.schema.measured.reordering import reorder_days as TABLE
from okaeri.schema.rules import Rules


def reorder_days(purchase_lines: ir.Table, use_up_time: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per customer, product and day as far back as the oldest training cut looks."""
    days = _days(purchase_lines, day_number(as_of) - max(TRAINING) - HISTORY)
    starts = _starts(use_up_time, rules).inner_join(numbered(purchase_lines, "product_id", "product_no"), "product_id")
    rows = days.inner_join(starts, "product_no")
    line = ibis.window(group_by=(rows.customer_no, rows.product_no), order_by=rows.order_day)
    before = rows.order_day.lag().over(line)
    rows = rows.mutate(
        next_day=rows.order_day.lead().over(line),
        is_repeat=before.notnull(),
        per_piece=(rows.order_day - before) / rows.quantity.lag().over(line),
    )
    used = (rows.per_piece <= LAPSED * rows.start_days).fill_null(False)
    return rows.mutate(log_use_days=used.ifelse(rows.per_piece.ln(), ibis.null("float64"))).select(*TABLE.column_names)


def _days(lines: ir.Table, since: int) -> ir.Table:
    """Pieces per customer, product and day from ``since`` on, by number."""
    recent = lines.filter(lines.order_day >= whole(since))
    rows = recent.inner_join(numbered(lines, "customer_id", "customer_no"), "customer_id")
    rows = rows.inner_join(numbered(lines, "product_id", "product_no"), "product_id")
    return rows.group_by("customer_no", "product_no", "order_day").agg(quantity=rows.quantity.sum())


def _starts(use_up_time: ir.Table, rules: Rules) -> ir.Table:
    """Days a piece lasts: as stated, else as its buyers' re-orders show, else those of all products."""
    told = use_up_time.median_days.notnull()
    every = use_up_time.agg(
        log_days=(use_up_time.n * use_up_time.median_days.ln()).sum(where=told), gaps=use_up_time.n.sum(where=told)
    )
    rows = use_up_time.cross_join(every)
    known = (rows.customer_count >= rules.min_support).ifelse(rows.median_days, ibis.null("float64"))
    stated = (rows.stated_days > 0).ifelse(rows.stated_days, ibis.null("float64"))
    usual = (rows.log_days / rows.gaps.nullif(0)).exp()
    return rows.select("product_id", start_days=ibis.coalesce(stated, known, usual))
