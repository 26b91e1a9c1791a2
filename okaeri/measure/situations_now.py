"""The situations customers are in now."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.measure.delivery_delays import delay_step
from okaeri.schema.measured.leaving import SITUATION_KEY, SUBSCRIBER_KEY
from okaeri.schema.measured.leaving import situations_now as TABLE


def situations_now(
    deliveries: ir.Table, order_outcomes: ir.Table, delivery_delays: ir.Table, *, as_of: date
) -> ir.Table:
    """Distinct situations after latest orders and of running subscriptions, with how overdue the latter are."""
    rows = running(deliveries, as_of).select(*SUBSCRIBER_KEY)
    latest = order_outcomes.filter(order_outcomes.is_latest)
    rows = rows.union(latest.select(*SITUATION_KEY, usual_days=whole(0), days_since=whole(0)))
    rows = rows.group_by(*SUBSCRIBER_KEY).agg(n=rows.count())
    rows = rows.mutate(step=delay_step(rows, rows.days_since))
    # what came in the same step may have come earlier in it: only later steps are still to be waited for
    steps = delivery_delays.select("delay_step", known_rate="later_rate")
    asked = rows.select("step").distinct()
    rates = asked.left_join(steps, steps.delay_step > asked.step)
    rates = rates.group_by(asked_step=rates.step).agg(still=rates.known_rate.max())
    rows = rows.left_join(rates, [("step", "asked_step")])
    punctual = rows.days_since <= (rows.skips + 1) * rows.usual_days
    later = punctual.ifelse(ibis.literal(1.0), rows.still.fill_null(0.0))
    return rows.mutate(later_rate=later).select(*TABLE.column_names)


def running(deliveries: ir.Table, as_of: date) -> ir.Table:
    """Latest deliveries of subscriptions nobody has left, with the days since."""
    rows = deliveries.filter(deliveries.outcome == "open")
    return rows.mutate(days_since=day_literal(as_of) - rows.order_day)
