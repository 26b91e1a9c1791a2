"""Deliveries of subscriptions, and which subscribers left."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.measure.signals import with_situation
from okaeri.schema.measured.leaving import deliveries as TABLE
from okaeri.schema.rules import Rules

#: Days between deliveries where neither the subscription nor its product tells.
MONTH = 30
#: A delivery dearer than the one before by more than this is a rise in price.
RISE = 1.05


def deliveries(
    purchases: ir.Table,
    purchase_lines: ir.Table,
    voices: ir.Table,
    events: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """One row per order of a subscription. A delivery followed by another has been followed, however late."""
    orders = _numbered(purchases)
    lines = purchase_lines.semi_join(orders, "order_id")
    rows = _with_usual_days(with_situation(orders, lines, voices, events, links, as_of))
    patience = (rows.skips + rules.subscription_grace) * rows.usual_days
    mature = day_literal(as_of) - rows.order_day > patience
    gone = rows.cancel_day.notnull() | mature
    outcome = ibis.cases((rows.days_to_next.notnull(), "followed"), (gone, "left"), else_="open")
    return rows.mutate(outcome=outcome, is_mature=mature).select(*TABLE.column_names)


def _numbered(purchases: ir.Table) -> ir.Table:
    """Deliveries with their number, the gap before and after, and whether the price rose."""
    rows = purchases.filter(purchases.is_purchase, purchases.subscription_id.notnull())
    line = ibis.window(group_by=rows.subscription_id, order_by=(rows.order_day, rows.order_id))
    rows = rows.mutate(
        place=ibis.row_number().over(line) + 1,
        gap_days=rows.order_day - rows.order_day.lag().over(line),
        days_to_next=rows.order_day.lead().over(line) - rows.order_day,
        paid_before=rows.revenue.lag().over(line),
    )
    number = ibis.coalesce(rows.delivery_no, rows.place)
    dearer = (number > 2) & (rows.revenue > rows.paid_before * RISE)
    return rows.mutate(
        delivery_no=number, number=number, kind=ibis.literal("subscription"),
        is_discounted=rows.coupon_code.notnull(), price_rise=dearer.fill_null(False).ifelse(whole(1), whole(0)),
    )  # fmt: skip


def _with_usual_days(rows: ir.Table) -> ir.Table:
    """Add the usual days between deliveries."""
    known = rows.filter(rows.gap_days > 0)
    own = known.group_by(own_id=known.subscription_id).agg(own_days=known.gap_days.cast("float64").median())
    of_product = known.group_by(gap_product=known.product_id).agg(product_days=known.gap_days.cast("float64").median())
    rows = rows.left_join(own, [("subscription_id", "own_id")])
    rows = rows.left_join(of_product, [("product_id", "gap_product")])
    days = ibis.coalesce(rows.own_days, rows.product_days, ibis.literal(float(MONTH)))
    return rows.mutate(usual_days=(days + 0.5).floor().cast("int64"))
