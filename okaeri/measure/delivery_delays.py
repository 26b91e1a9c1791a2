"""How punctual deliveries are."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.schema.measured.leaving import delivery_delays as TABLE

LAST_STEP = 30


def delivery_delays(deliveries: ir.Table) -> ir.Table:
    """Gaps between deliveries, less those skipped, in tenths of the usual ones; of deliveries old enough to tell."""
    known = deliveries.filter(deliveries.is_mature, deliveries.outcome == "followed")
    rows = known.mutate(delay_step=delay_step(known, known.days_to_next))
    steps = rows.group_by("delay_step").agg(n=rows.count())
    onward = ibis.window(order_by=steps.delay_step.desc(), preceding=None, following=0)
    return steps.mutate(later_rate=steps.n.sum().over(onward) / steps.n.sum().over(ibis.window())).select(
        *TABLE.column_names
    )


def delay_step(rows: ir.Table, days: ir.IntegerColumn) -> ir.IntegerColumn:
    """Tenths of the usual days that ``days`` since a delivery are, what was skipped left out; from 0 to the last."""
    waited = days - rows.skips * rows.usual_days
    step = (waited * 10 / rows.usual_days.nullif(0)).fill_null(0.0).floor().cast("int64")
    return (step > LAST_STEP).ifelse(whole(LAST_STEP), (step < 0).ifelse(whole(0), step))
