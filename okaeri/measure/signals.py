"""What is known of an order's situation: its main product, and what the customer said and did around it."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.bounds import in_bounds, sen
from okaeri.measure.days import whole
from okaeri.measure.persons import as_person

#: Days after an order in which what is said counts to it, and before it in which a rating still speaks.
AFTER, BEFORE = 30, 90
#: Orders and deliveries from this number on are alike.
LAST_NUMBER = 12
GAP_STEPS = (0, 15, 31, 61, 91, 181)
AMOUNT_STEPS = (1000, 2000, 4000, 8000, 16000, 32000, 64000)
COMPLAINTS = ("inquiry", "return")


def with_situation(
    orders: ir.Table, lines: ir.Table, voices: ir.Table, events: ir.Table, links: ir.Table, as_of: date
) -> ir.Table:
    """``orders`` with the columns of ``leaving.SITUATION``, and ``cancel_day``: the day the customer cancelled.

    Asked of ``orders``: order_id, customer_id, order_day, days_to_next, number, gap_days, is_discounted, revenue, kind,
    price_rise.
    """  # fmt: skip
    rows = orders.left_join(_main_products(lines), [("order_id", "main_order")])
    rows = rows.mutate(product_id=rows.product_id.fill_null("unknown"))
    rows = rows.left_join(_said(rows, _signals(voices, events, links, as_of)), [("order_id", "said_of")])
    late = rows.number > whole(LAST_NUMBER)
    return rows.mutate(
        number=late.ifelse(whole(LAST_NUMBER), rows.number),
        gap_step=rows.gap_days.isnull().ifelse(whole(0), in_bounds(rows.gap_days, GAP_STEPS)),
        discounted=rows.is_discounted.ifelse(whole(1), whole(0)),
        amount_step=in_bounds(rows.revenue.fill_null(0.0), AMOUNT_STEPS),
        rating_step=(rows.rating * 4.0).floor().cast("int64").fill_null(-1),
        **{name: rows[name].fill_null(0) for name in ("skips", "complained", "blocked")},
    )


def _main_products(lines: ir.Table) -> ir.Table:
    """The product with the most revenue on each order; ties by code."""
    best = ibis.window(group_by=lines.order_id, order_by=(sen(lines.revenue.fill_null(0.0)).desc(), lines.product_id))
    ranked = lines.mutate(place=ibis.row_number().over(best))
    return ranked.filter(ranked.place == 0).select("product_id", main_order="order_id")


def _signals(voices: ir.Table, events: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """Ratings, complaints, blocks, skips and cancellations, one row each."""
    said = as_person(voices.filter(voices.customer_id.notnull(), voices.voice_date < as_of), links)
    said = said.select(
        said_id="customer_id", said_day=said.voice_date.delta(EPOCH, unit="day").cast("int64"), rating="rating",
        what=said.source.isin(COMPLAINTS).ifelse("complaint", "word"), about="product_id", sign="voice_id",
    )  # fmt: skip
    done = events.filter(events.customer_id.notnull(), events.event_date < as_of)
    done = as_person(done.filter(done.kind.isin(("block", "skip", "cancel"))), links)
    done = done.select(
        said_id="customer_id", said_day=done.event_date.delta(EPOCH, unit="day").cast("int64"),
        rating=ibis.null("float64"), what="kind", about="product_id", sign="event_id",
    )  # fmt: skip
    return said.union(done)


def _said(orders: ir.Table, signals: ir.Table) -> ir.Table:
    """Per order: the latest rating, and whether there was a complaint, a block, a skip or a cancellation after it."""
    asked = orders.select("order_id", "customer_id", "product_id", "order_day", "days_to_next")
    rows = asked.inner_join(signals, [("customer_id", "said_id")])
    since = rows.said_day - rows.order_day
    before_next = rows.days_to_next.isnull() | (since < rows.days_to_next)
    after = (since >= 0) & before_next
    soon = after & (since <= AFTER)
    mine = rows.about.isnull() | (rows.about == rows.product_id)
    rated = rows.rating.notnull() & (since >= -BEFORE) & (since <= AFTER) & before_next
    latest = rows.said_day.cast("string").lpad(8, "0").concat(rows.sign)
    rows = rows.mutate(
        rated=rated, latest=latest,
        is_complaint=soon & (rows.what == "complaint"), is_block=soon & (rows.what == "block"),
        is_skip=after & mine & (rows.what == "skip"), is_cancel=after & mine & (rows.what == "cancel"),
    )  # fmt: skip
    return rows.group_by(said_of=rows.order_id).agg(
        rating=rows.rating.argmax(rows.latest, where=rows.rated),
        complained=rows.is_complaint.ifelse(whole(1), whole(0)).max(),
        blocked=rows.is_block.ifelse(whole(1), whole(0)).max(),
        skips=_at_most_two(rows.is_skip.ifelse(whole(1), whole(0)).sum()),
        cancel_day=rows.said_day.max(where=rows.is_cancel),
    )


def _at_most_two(count: ir.IntegerColumn) -> ir.IntegerColumn:
    return (count > 2).ifelse(whole(2), count)
