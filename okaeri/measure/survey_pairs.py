"""What a customer expected of a product beside what he found."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.survey_ratings import survey_ratings
from okaeri.schema.measured.surveys import REPEAT_DAYS
from okaeri.schema.measured.surveys import survey_pairs as TABLE

_WHO = ("customer_id", "product_id")


def survey_pairs(voices: ir.Table, purchases: ir.Table, links: ir.Table, *, as_of: date) -> ir.Table:
    """The first rated answer before use and the first after it, of each customer and product, and what came then."""
    before, after = (_told(voices, links, f"survey_{when}", when, as_of) for when in ("before", "after"))
    expected = _first(before, "before").drop("before_voice")
    joined = expected.inner_join(after, list(_WHO))
    pairs = _first(joined.filter(joined.after_at >= joined.before_at), "after")
    pairs = pairs.mutate(expected=pairs.before_rating, judged=pairs.after_rating)
    pairs = pairs.mutate(gap=(pairs.judged - pairs.expected).round(6))
    return _with_next(pairs, purchases, as_of).select(*TABLE.column_names)


def _told(voices: ir.Table, links: ir.Table, source: str, when: str, as_of: date) -> ir.Table:
    told = survey_ratings(voices, links, source, as_of)
    known = told.filter(told.customer_id.notnull(), told.product_id.notnull())
    named = {f"{when}_at": "at", f"{when}_day": "day", f"{when}_rating": "rating", f"{when}_voice": "voice_id"}
    return known.select(*_WHO, **named)


def _first(rows: ir.Table, when: str) -> ir.Table:
    order = ibis.window(group_by=_WHO, order_by=(rows[f"{when}_at"], rows[f"{when}_voice"]))
    placed = rows.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place == 0).drop("place")


def _with_next(pairs: ir.Table, purchases: ir.Table, as_of: date) -> ir.Table:
    """Add the days to the next order, and whether it came in time where the time has passed."""
    orders = purchases.filter(purchases.is_purchase).select(buyer="customer_id", next_day="order_day")
    later = pairs.select(*_WHO, "after_day").inner_join(orders, [("customer_id", "buyer")])
    later = later.filter(later.next_day > later.after_day)
    first = later.group_by(next_customer=later.customer_id, next_product=later.product_id).agg(
        next_day=later.next_day.min()
    )
    rows = pairs.left_join(first, [("customer_id", "next_customer"), ("product_id", "next_product")])
    days = rows.next_day - rows.after_day
    passed = day_literal(as_of) - rows.after_day > REPEAT_DAYS
    in_time = (days <= REPEAT_DAYS).fill_null(False)
    return rows.mutate(days_to_next=days, has_repeated=passed.ifelse(in_time, ibis.null("boolean")))
