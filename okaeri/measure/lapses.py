"""Silences beyond the dormant bound, ended or not."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.rhythm import OWN_FROM, silence_bounds
from okaeri.schema.measured.segments import lapses as TABLE
from okaeri.schema.rules import Rules


def lapses(purchases: ir.Table, customer_history: ir.Table, rhythm: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per silence longer than the bound that held after the order before it.

    The bound after an order knows only the customer's intervals up to that order, so a later order never rewrites an
    earlier lapse. It counts as reached on the order's day plus the bound, if that day is before ``as_of``.
    """
    ended = _ended(purchases, rhythm, rules)
    ended = ended.filter(ended.returned_day > ended.lapsed_day)
    going_on = _going_on(customer_history, rhythm)
    going_on = going_on.filter(going_on.lapsed_day < day_literal(as_of))
    return ended.select(*TABLE.column_names).union(going_on.select(*TABLE.column_names))


def _ended(purchases: ir.Table, rhythm: ir.Table, rules: Rules) -> ir.Table:
    """Intervals that may have passed the bound: the floor weeds out most rows before anything is joined."""
    long = purchases.filter(purchases.days_to_next > rules.dormant_bounds[0])
    long = long.select("customer_id", "order_no", "order_day", returned_day=long.order_day + long.days_to_next)
    early = long.filter(long.order_no < OWN_FROM)
    groups = rhythm.select("group_interval", group_id="customer_id", basis="group_basis")
    early = early.inner_join(groups, [("customer_id", "group_id")])
    early = early.select(*long.columns, "basis", usual="group_interval")
    own = _own_until(long.filter(long.order_no >= OWN_FROM), purchases)
    rows = early.union(own)
    _, dormant = silence_bounds(rows.usual, rules)
    return rows.mutate(dormant_after=dormant, lapsed_day=rows.order_day + dormant)


def _own_until(long: ir.Table, purchases: ir.Table) -> ir.Table:
    """The median of the customer's intervals up to each order of ``long``.

    A join is several times faster here than a running median over all orders: few intervals are long.
    """
    gaps = purchases.filter(purchases.days_since_previous.notnull())
    gaps = gaps.select(gap_id="customer_id", gap_no="order_no", gap="days_since_previous")
    pairs = long.inner_join(gaps, [("customer_id", "gap_id")])
    pairs = pairs.filter(pairs.gap_no <= pairs.order_no)
    usual = pairs.group_by(*long.columns).agg(usual=pairs.gap.cast("float64").median())
    return usual.select(*long.columns, ibis.literal("own").name("basis"), "usual")


def _going_on(customer_history: ir.Table, rhythm: ir.Table) -> ir.Table:
    last = customer_history.select("customer_id", order_no="order_count", order_day="last_day")
    rows = last.inner_join(rhythm.select("basis", "dormant_after", rhythm_id="customer_id"),
                           [("customer_id", "rhythm_id")])  # fmt: skip
    return rows.mutate(lapsed_day=rows.order_day + rows.dormant_after, returned_day=ibis.null("int64"))
