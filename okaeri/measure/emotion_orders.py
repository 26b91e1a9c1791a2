"""Orders with what was felt about them, and whether another followed: what LTV from the curve is learned from."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.sample import sampled
from okaeri.schema.measured.emotion import SAID
from okaeri.schema.measured.emotion import emotion_orders as TABLE
from okaeri.schema.rules import Rules

#: Days after an order in which what is said of it counts.
HEARD = 60


def emotion_orders(
    purchases: ir.Table,
    customer_history: ir.Table,
    personas: ir.Table,
    emotion_signals: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """Every order of the sample; a feeling counts that was heard before the next order."""
    orders = purchases.filter(purchases.is_purchase)
    chosen = sampled(customer_history)
    orders = orders.inner_join(chosen.filter(chosen.is_sampled), [("customer_id", "sample_id")])
    orders = orders.inner_join(personas.select("persona", face_of="customer_id"), [("customer_id", "face_of")])
    rows = orders.left_join(_felt(emotion_signals), [("order_id", "felt_of")])
    days_seen = day_literal(as_of) - rows.order_day
    followed = (rows.days_to_next <= rules.conversion_window).fill_null(False)
    return rows.mutate(
        feeling_count=rows.feeling_count.fill_null(0),
        days_seen=days_seen,
        is_delivery=rows.subscription_id.notnull(),
        is_followed=followed,
        is_open=~followed & (days_seen <= rules.conversion_window),
    ).select(*TABLE.column_names)


def _felt(signals: ir.Table) -> ir.Table:
    """Per order: the mean of what was said, in standard deviations of its channel, and how often."""
    # hopes before the purchase tell nothing of what came of it
    said = signals.filter(signals.channel.isin(SAID), signals.channel != "hope", signals.is_sampled)
    alike = ibis.window(group_by=said.channel)
    spread = said.value.std(how="pop").over(alike)
    said = said.mutate(
        score=(spread > 0).ifelse((said.value - said.value.mean().over(alike)) / spread.nullif(0.0), 0.0)
    )
    since = said.signal_day - said.order_day
    said = said.filter(since <= HEARD, said.days_to_next.isnull() | (since < said.days_to_next))
    felt = said.group_by(felt_of=said.order_id).agg(feeling=said.score.mean(), feeling_count=said.count())
    return felt.mutate(feeling=((felt.feeling + 10.0) * 1e9).round() / 1e9 - 10.0)
