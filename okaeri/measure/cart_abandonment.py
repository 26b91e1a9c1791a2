"""What was put in a cart and not bought.

A cart is a session, else what one person did on one day. A product is in it when its last addition came after its last
removal. It is completed when within ``cart_window`` days of the last addition the person bought the product, or checked
out later in that time (an event that names a product completes that one only). A visitor is the customer the same
browser was signed in as, where that is one.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.days import as_date, day_literal
from okaeri.measure.intervals import wilson
from okaeri.measure.persons import as_person
from okaeri.schema.measured.products import cart_abandonment as TABLE
from okaeri.schema.rules import Rules


def cart_abandonment(
    events: ir.Table, purchase_lines: ir.Table, products: ir.Table, links: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Rate and value left in carts: of all, by product, by week; of carts whose window has passed."""
    known = _with_who(events.filter(events.event_date < as_of), links)
    kept = _kept(known)
    old_enough = kept.filter(kept.day + rules.cart_window < day_literal(as_of))
    items = _with_completion(old_enough, known, purchase_lines, rules.cart_window)
    prices = products.select(priced_id="product_id", price=products.price.cast("decimal(18, 2)"))
    priced = items.left_join(prices, [("product_id", "priced_id")])
    monday = as_date(priced.day - (priced.day + 3) % 7).strftime("%Y-%m-%d")
    cuts = {"all": ibis.literal("all", "string"), "product": priced.product_id, "week": monday}
    return ibis.union(*(_summed(priced, name, segment) for name, segment in cuts.items())).select(*TABLE.column_names)


def _with_who(events: ir.Table, links: ir.Table) -> ir.Table:
    """Events in and around carts, with ``who``: the person, else the visitor, else the session."""
    shopping = events.filter(events.kind.isin(("cart_add", "cart_remove", "checkout")))
    rows = as_person(shopping, links)
    signed_in = as_person(events.filter(events.customer_id.notnull(), events.visitor_id.notnull()), links)
    seen = signed_in.group_by(browser="visitor_id").agg(
        people=signed_in.customer_id.nunique(), known_as=signed_in.customer_id.max()
    )
    browsers = seen.filter(seen.people == 1).select("browser", "known_as")
    rows = rows.left_join(browsers, [("visitor_id", "browser")])
    person = ibis.coalesce(rows.customer_id, rows.known_as)
    who = ibis.coalesce(person, "visitor " + rows.visitor_id, "session " + rows.session_id, "event " + rows.event_id)
    day = rows.event_date.delta(EPOCH, unit="day")
    known = rows.mutate(who=who, day=day)
    cart = ibis.coalesce("session " + known.session_id, known.who + " on " + known.day.cast("string"))
    return known.mutate(cart=cart).select("cart", "who", "at", "day", "kind", "product_id")


def _kept(events: ir.Table) -> ir.Table:
    """Products left in their cart: ``cart``, ``product_id``, ``who``, and instant and day of the last addition."""
    added, removed = events.kind == "cart_add", events.kind == "cart_remove"
    items = events.filter(events.product_id.notnull(), added | removed)
    last = items.group_by("cart", "product_id").agg(
        who=items.who.max(),
        added_at=items["at"].max(where=items.kind == "cart_add"),
        removed_at=items["at"].max(where=items.kind == "cart_remove"),
        day=items.day.max(where=items.kind == "cart_add"),
    )
    return last.filter(last.added_at.notnull(), last.removed_at.isnull() | (last.removed_at < last.added_at))


def _with_completion(items: ir.Table, events: ir.Table, purchase_lines: ir.Table, window: int) -> ir.Table:
    """Add ``is_completed``."""
    bought = purchase_lines.select(buyer="customer_id", bought_id="product_id", ended_on="order_day")
    by_order = items.inner_join(
        _days_before(bought, window), [("who", "buyer"), ("product_id", "bought_id"), ("day", "cart_day")]
    )
    paid = events.filter(events.kind == "checkout")
    paid = paid.select(payer="who", paid_at="at", ended_on="day", paid_id="product_id")
    by_checkout = items.inner_join(_days_before(paid, window), [("who", "payer"), ("day", "cart_day")])
    by_checkout = by_checkout.filter(
        by_checkout.paid_at >= by_checkout.added_at,
        by_checkout.paid_id.isnull() | (by_checkout.paid_id == by_checkout.product_id),
    )
    done = ibis.union(*(rows.select(done_cart="cart", done_id="product_id") for rows in (by_order, by_checkout)))
    rows = items.left_join(done.distinct(), [("cart", "done_cart"), ("product_id", "done_id")])
    return rows.mutate(is_completed=rows.done_cart.notnull())


def _days_before(endings: ir.Table, window: int) -> ir.Table:
    """Each ending once for every day of a cart it would complete: joined by equal days, not by a range."""
    back = endings.mutate(back=ibis.range(0, window + 1).unnest())
    return back.mutate(cart_day=(back.ended_on - back.back).cast("int64"))


def _summed(items: ir.Table, dimension: str, segment: ir.StringValue) -> ir.Table:
    cut = items.mutate(segment=segment)
    left = ~cut.is_completed
    sums = cut.group_by("segment").agg(
        n=cut.count(),
        cart_count=cut.cart.nunique(),
        abandoned_count=cut.count(where=left),
        value_abandoned=cut.price.sum(where=left).cast("float64").fill_null(0.0),
        unpriced_count=cut.count(where=left & cut.price.isnull()),
    )
    low, high = wilson(sums.abandoned_count, sums.n)
    return sums.mutate(
        dimension=ibis.literal(dimension, "string"),
        completed_count=sums.n - sums.abandoned_count,
        abandonment_rate=sums.abandoned_count / sums.n,
        low=low,
        high=high,
    ).select(*TABLE.column_names)
