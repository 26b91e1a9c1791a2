"""Stays at the stations of the belt."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import as_date, day_literal, whole
from okaeri.measure.station_steps import lead_days, order_steps, praise_steps, product_steps, stacked
from okaeri.schema.measured.belt import station_entries as TABLE
from okaeri.schema.rules import Rules


def station_entries(
    purchases: ir.Table,
    purchase_lines: ir.Table,
    products: ir.Table,
    customers: ir.Table,
    links: ir.Table,
    voices: ir.Table,
    events: ir.Table,
    customer_history: ir.Table,
    lapses: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """Each customer's stays in order of time.

    At any day a customer stands at the highest station whose rule was met by then; rules met on one day count as the
    highest of them. A lead without an order leaks after the cap of ``rules.dormant_bounds``. Rules met while away
    (a review written months later) count from the return on.
    """
    leads = lead_days(customers, links, as_of)
    steps = stacked([
        leads.select("customer_id", station=whole(1), day="day"),
        order_steps(purchases, customer_history, products, rules),
        product_steps(purchase_lines, products),
        praise_steps(voices, events, links, customer_history, as_of, rules),
    ])  # fmt: skip
    away = _absences(lapses).union(_lead_absences(leads, customer_history, as_of, rules))
    return _stays(_happenings(steps, away), as_of).select(*TABLE.column_names)


def _absences(lapses: ir.Table) -> ir.Table:
    return lapses.select("customer_id", "lapsed_day", "returned_day")


def _lead_absences(leads: ir.Table, customer_history: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    bought = customer_history.select("first_day", buyer_id="customer_id")
    rows = leads.left_join(bought, [("customer_id", "buyer_id")])
    rows = rows.mutate(lapsed_day=rows.day + rules.dormant_bounds[-1])
    until = ibis.coalesce(rows.first_day, day_literal(as_of))
    return rows.filter(rows.lapsed_day < until).select("customer_id", "lapsed_day", returned_day="first_day")


def _happenings(steps: ir.Table, away: ir.Table) -> ir.Table:
    """One row per customer and day on which a stay may begin or end: highest station met, leaving, coming back."""
    zero, one = whole(0), whole(1)
    back = away.filter(away.returned_day.notnull())
    rows = stacked([
        steps.select("customer_id", "day", "station", leaves=zero, comes=zero),
        away.select("customer_id", day="lapsed_day", station=zero, leaves=one, comes=zero),
        back.select("customer_id", day="returned_day", station=zero, leaves=zero, comes=one),
    ])  # fmt: skip
    return rows.group_by("customer_id", "day").agg(
        station=rows.station.max(), leaves=rows.leaves.max(), comes=rows.comes.max()
    )


def _stays(happenings: ir.Table, as_of: date) -> ir.Table:
    """Stays from what happened: each begins with a higher station or a return, and ends with the next row."""
    so_far = ibis.cumulative_window(group_by=happenings.customer_id, order_by=happenings.day)
    rows = happenings.mutate(
        top=happenings.station.max().over(so_far),
        away=(happenings.leaves - happenings.comes).sum().over(so_far),
    )
    in_time = ibis.window(group_by=rows.customer_id, order_by=rows.day)
    rows = rows.mutate(top_before=rows.top.lag().over(in_time).fill_null(0))
    begins = (rows.away == 0) & ((rows.comes == 1) | (rows.top > rows.top_before))
    kept = rows.filter(begins | (rows.leaves == 1))
    in_time = ibis.window(group_by=kept.customer_id, order_by=kept.day)
    kept = kept.mutate(
        left_day=kept.day.lead().over(in_time),
        next_leaves=kept.leaves.lead().over(in_time),
        next_top=kept.top.lead().over(in_time),
    )
    return _told(kept.filter(kept.leaves == 0), as_of)


def _told(stays: ir.Table, as_of: date) -> ir.Table:
    outcome = ibis.cases((stays.left_day.isnull(), "still"), (stays.next_leaves == 1, "leak"), else_="forward")
    return stays.select(
        "customer_id",
        station="top",
        entered_on=as_date(stays.day),
        left_on=as_date(stays.left_day),
        outcome=outcome,
        next_station=(outcome == "forward").ifelse(stays.next_top, ibis.null("int64")),
        days_inside=ibis.coalesce(stays.left_day, day_literal(as_of)) - stays.day,
        is_revived=stays.comes == 1,
    )
