"""Who speaks, and whether they repeat more often than those who say nothing."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.schema.measured.emotion import REPEAT_DAYS, SAID
from okaeri.schema.measured.emotion import emotion_reach as TABLE

#: Days after the first order in which customers are sorted into speakers and silent ones: whoever repeats within them
#: is left out, as repeating gives more occasions to speak.
LANDMARK = 30
YEAR = 365


def emotion_reach(
    emotion_signals: ir.Table, purchases: ir.Table, customer_history: ir.Table, personas: ir.Table, *, as_of: date
) -> ir.Table:
    """One row per persona, and one for all."""
    rows = customer_history.select("customer_id", "first_day", "order_count")
    rows = rows.inner_join(personas.select("persona", face_of="customer_id"), [("customer_id", "face_of")])
    rows = rows.left_join(_spoken(emotion_signals), [("customer_id", "speaker")])
    rows = rows.left_join(_second(purchases), [("customer_id", "buyer")])
    rows = rows.left_join(_lately(purchases, as_of), [("customer_id", "late_buyer")])
    waits = rows.days_to_second.isnull() | (rows.days_to_second > LANDMARK)
    seen = day_literal(as_of) - rows.first_day > LANDMARK + REPEAT_DAYS
    rows = rows.mutate(
        judged=waits & seen,
        spoke_early=(rows.first_said <= LANDMARK).fill_null(False),
        repeats=(rows.days_to_second <= LANDMARK + REPEAT_DAYS).fill_null(False).ifelse(1, 0).cast("float64"),
        late_orders=rows.late_orders.fill_null(0),
    )
    everybody = rows.mutate(persona=ibis.literal("all"))
    return _counted(rows).union(_counted(everybody)).select(*TABLE.column_names)


def _counted(rows: ir.Table) -> ir.Table:
    speaks, silent = rows.judged & rows.spoke_early, rows.judged & ~rows.spoke_early
    return rows.group_by("persona").agg(
        customer_count=rows.count(),
        spoke_count=rows.first_said.count(),
        order_count=rows.order_count.sum(),
        year_order_count=rows.late_orders.sum(),
        speakers_n=speaks.ifelse(1, 0).sum(),
        speakers_repeat_rate=rows.repeats.mean(where=speaks),
        silent_n=silent.ifelse(1, 0).sum(),
        silent_repeat_rate=rows.repeats.mean(where=silent),
    )


def _spoken(signals: ir.Table) -> ir.Table:
    said = signals.filter(signals.channel.isin(SAID))
    return said.group_by(speaker=said.customer_id).agg(first_said=said.days_since_first.min())


def _second(purchases: ir.Table) -> ir.Table:
    first = purchases.filter(purchases.order_no == 1)
    return first.select(buyer="customer_id", days_to_second="days_to_next")


def _lately(purchases: ir.Table, as_of: date) -> ir.Table:
    late = purchases.filter(purchases.is_purchase, purchases.order_day >= day_literal(as_of) - whole(YEAR))
    return late.group_by(late_buyer=late.customer_id).agg(late_orders=late.count())
