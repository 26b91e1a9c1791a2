"""Orders bought one by one, and which of their customers left."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.measure.sample import sampled
from okaeri.measure.signals import with_situation
from okaeri.schema.measured.leaving import order_outcomes as TABLE
from okaeri.schema.rules import Rules


def order_outcomes(
    purchases: ir.Table,
    purchase_lines: ir.Table,
    customer_history: ir.Table,
    voices: ir.Table,
    events: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """Latest orders, and all of a sample; an order counts as followed or left once its window has passed."""
    orders = purchases.filter(purchases.is_purchase, purchases.subscription_id.isnull())
    orders = orders.inner_join(sampled(customer_history), [("customer_id", "sample_id")])
    latest = orders.group_by(latest_of=orders.customer_id).agg(latest_no=orders.order_no.max())
    orders = orders.inner_join(latest, [("customer_id", "latest_of")])
    orders = orders.mutate(is_latest=orders.order_no == orders.latest_no)
    orders = orders.filter(orders.is_sampled | orders.is_latest)
    orders = orders.mutate(
        number=orders.order_no, gap_days="days_since_previous", kind=ibis.literal("one_off"), price_rise=whole(0),
        is_discounted=orders.coupon_code.notnull(),
    )  # fmt: skip
    lines = purchase_lines.semi_join(orders, "order_id")
    rows = with_situation(orders, lines, voices, events, links, as_of)
    window = rules.conversion_window
    young = day_literal(as_of) - rows.order_day <= window
    followed = (rows.days_to_next <= window).fill_null(False)
    outcome = ibis.cases((young, "open"), (followed, "followed"), else_="left")
    return rows.mutate(outcome=outcome).select(*TABLE.column_names)
