"""When each customer orders next, and what."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.reduction import reduced
from okaeri.schema.measured.leaving import AHEAD
from okaeri.schema.measured.leaving import next_order as TABLE
from okaeri.schema.predicted.leaving import PRESENCE_KEY
from okaeri.schema.rules import Rules

CHANCES = tuple(f"order_chance_{days}" for days in AHEAD)
WAITS = {"early_on": "early_days", "next_order_on": "next_order_days", "late_on": "late_days"}


def next_order(
    customer_history: ir.Table,
    order_days: ir.Table,
    presence_predictions: ir.Table,
    running_subscriptions: ir.Table,
    reorder_chances: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """A delivery where a subscription runs; else by the rhythm of orders, with what is likeliest to be reordered.

    A subscriber's chance of an order counts orders beside the subscription too.
    """
    rows = customer_history.select("customer_id", last_order_on=as_date(customer_history.last_day))
    for table, key in ((_by_rhythm(order_days, presence_predictions, as_of), "seen_id"),
                       (_due(running_subscriptions), "due_id"), (_likeliest(reorder_chances), "likely_id")):  # fmt: skip
        rows = rows.left_join(table, [("customer_id", key)])
    delivered = rows.due_id.notnull()
    # with neither orders one by one nor a running subscription, a customer has left
    gone = rows.seen_id.isnull() & rows.due_id.isnull()
    reach = rules.forecast_weeks * 7
    days = {name: (rows[wait] <= reach).ifelse(rows[wait], ibis.null("float64")) for name, wait in WAITS.items()}
    by_rhythm = {name: as_date(whole(day_number(as_of)) + wait.cast("int64")) for name, wait in days.items()}
    return rows.mutate(
        kind=delivered.ifelse("subscription", "one_off"),
        **{name: gone.ifelse(0.0, _either(rows[name], rows[f"due_{name}"])) for name in CHANCES},
        **{name: delivered.ifelse(as_date(rows.next_day), by_rhythm[name]) for name in WAITS},
        product_id=delivered.ifelse(rows.due_product, rows.likely_product),
        product_due_on=delivered.ifelse(as_date(rows.next_day), rows.likely_due_on),
    ).select(*TABLE.column_names)


def _either(one: ir.FloatingColumn, other: ir.FloatingColumn) -> ir.FloatingValue:
    """Chance of at least one of two; empty where neither is known."""
    none = (1.0 - one.fill_null(0.0)) * (1.0 - other.fill_null(0.0))
    return (one.isnull() & other.isnull()).ifelse(ibis.null("float64"), 1.0 - none)


def _by_rhythm(order_days: ir.Table, presence_predictions: ir.Table, as_of: date) -> ir.Table:
    seen = reduced(order_days, day_number(as_of)).select(*PRESENCE_KEY, seen_id="customer_id")
    said = presence_predictions.select(
        *CHANCES, *WAITS.values(), **{f"p_{name}": presence_predictions[name] for name in PRESENCE_KEY}
    )
    return seen.left_join(said, [(name, f"p_{name}") for name in PRESENCE_KEY])


def _due(running_subscriptions: ir.Table) -> ir.Table:
    """The first delivery due of each subscriber, and the chance of one."""
    first = ibis.window(
        group_by=running_subscriptions.customer_id,
        order_by=(running_subscriptions.next_day, running_subscriptions.subscription_id),
    )
    rows = running_subscriptions.mutate(place=ibis.row_number().over(first))
    return rows.group_by(due_id=rows.customer_id).agg(
        next_day=rows.next_day.min(),
        due_product=rows.product_id.max(where=rows.place == 0),
        # who leaves one subscription often leaves the others too: the surest stands for all
        **{f"due_{name}": rows[name].max() for name in CHANCES},
    )


def _likeliest(reorder_chances: ir.Table) -> ir.Table:
    """What each customer is likeliest to buy again within 30 days; ties by code."""
    best = ibis.window(
        group_by=reorder_chances.customer_id,
        order_by=((reorder_chances.reorder_chance_30 * 1e9).round().desc(), reorder_chances.product_id),
    )
    rows = reorder_chances.mutate(place=ibis.row_number().over(best))
    rows = rows.filter(rows.place == 0)
    return rows.select(likely_id="customer_id", likely_product="product_id", likely_due_on="due_on")
