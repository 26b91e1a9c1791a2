"""Who still has what at home, and when it runs out.

Days per piece start from the catalogue's statement, else from the median of the buyers' re-orders where at least
``min_support`` customers re-ordered. A customer's own re-orders pull them: with own gaps per piece g_1 .. g_m,
exp((sum ln g + k ln start) / (m + k)), ``k`` being :data:`PRIOR_GAPS`. Gaps over :data:`LAPSED` times the start are pauses,
not use, and stay out.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import as_date, day_literal
from okaeri.measure.reorders import reorders
from okaeri.schema.measured.products import stock_at_home as TABLE
from okaeri.schema.rules import Rules

#: Weight of the product's days against a customer's own re-orders.
PRIOR_GAPS = 3.0
#: Times the expected supply after which a purchase says nothing any more of what is at home.
LAPSED = 3


def stock_at_home(purchase_lines: ir.Table, use_up_time: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per customer and product whose last purchase is not older than three times its supply."""
    bought = reorders(purchase_lines).inner_join(_starts(use_up_time, rules), "product_id")
    held = _last_purchases(bought)
    start = held.start_days.ln()
    per_piece = ((held.log_days + PRIOR_GAPS * start) / (held.gap_count + PRIOR_GAPS)).exp()
    supply = held.mutate(days_of_supply=_tenth(held.pieces * per_piece))
    supply = supply.mutate(runs_out=supply.last_day + (supply.days_of_supply + 0.5).floor().cast("int64"))
    today = day_literal(as_of)
    rows = supply.filter(today - supply.last_day <= LAPSED * supply.days_of_supply)
    return rows.mutate(
        last_bought_on=as_date(rows.last_day),
        source_of_supply=(rows.gap_count > 0).ifelse("customer", rows.start_source),
        runs_out_on=as_date(rows.runs_out),
        days_left=rows.runs_out - today,
        is_repeat=rows.order_count > 1,
    ).select(*TABLE.column_names)


def _starts(use_up_time: ir.Table, rules: Rules) -> ir.Table:
    """Days per piece of each product that is used up, before a customer's own habit, and where they come from."""
    stated = use_up_time.stated_days
    known = use_up_time.filter((stated > 0) | (stated.isnull() & (use_up_time.customer_count >= rules.min_support)))
    return known.select(
        "product_id",
        start_days=ibis.coalesce(known.stated_days, known.median_days),
        start_source=known.stated_days.notnull().ifelse("stated", "buyers"),
    )


def _last_purchases(bought: ir.Table) -> ir.Table:
    """Per customer and product: the last purchase, and the own re-orders that were not pauses."""
    used = (bought.days_per_piece <= LAPSED * bought.start_days).fill_null(False)
    return bought.group_by("customer_id", "product_id").agg(
        last_day=bought.order_day.max(),
        pieces=bought.quantity.argmax(bought.order_no),
        order_count=bought.count(),
        gap_count=bought.count(where=used),
        log_days=bought.days_per_piece.ln().sum(where=used).fill_null(0.0),
        start_days=bought.start_days.max(),
        start_source=bought.start_source.max(),
    )


def _tenth(days: ir.FloatingColumn) -> ir.FloatingColumn:
    """To a tenth of a day: sums of logarithms differ in the last bit with the order of adding."""
    return (days * 10.0 + 0.5).floor().cast("float64") / 10.0
