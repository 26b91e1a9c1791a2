"""What was put in a cart and not bought.

A product left in a cart (``cart_items``) is completed when within ``cart_window`` days of its last addition the person
bought the product, or checked out later in that time (an event that names a product completes that one only).
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import as_date, day_literal
from okaeri.measure.intervals import wilson
from okaeri.measure.shoppers import with_shopper
from okaeri.schema.measured.products import cart_abandonment as TABLE
from okaeri.schema.rules import Rules


def cart_abandonment(
    cart_items: ir.Table, events: ir.Table, purchase_lines: ir.Table, products: ir.Table, links: ir.Table, *,
    as_of: date, rules: Rules,
) -> ir.Table:  # fmt: skip
    """Rate and value left in carts: of all, by product, by week; of carts whose window has passed."""
    old_enough = cart_items.filter(cart_items.day + rules.cart_window < day_literal(as_of))
    paid = with_shopper(events.filter(events.event_date < as_of), links, ("checkout",))
    items = _with_completion(old_enough, paid, purchase_lines, rules.cart_window)
    prices = products.select(priced_id="product_id", price=products.price.cast("decimal(18, 2)"))
    priced = items.left_join(prices, [("product_id", "priced_id")])
    monday = as_date(priced.day - (priced.day + 3) % 7).strftime("%Y-%m-%d")
    cuts = {"all": ibis.literal("all", "string"), "product": priced.product_id, "week": monday}
    return ibis.union(*(_summed(priced, name, segment) for name, segment in cuts.items())).select(*TABLE.column_names)


def _with_completion(items: ir.Table, paid: ir.Table, purchase_lines: ir.Table, window: int) -> ir.Table:
    """Add ``is_completed``."""
    bought = purchase_lines.select(buyer="customer_id", bought_id="product_id", ended_on="order_day")
    by_order = items.inner_join(
        _days_before(bought, window), [("shopper", "buyer"), ("product_id", "bought_id"), ("day", "cart_day")]
    )
    paid = paid.select(payer="shopper", paid_at="at", ended_on="day", paid_id="product_id")
    by_checkout = items.inner_join(_days_before(paid, window), [("shopper", "payer"), ("day", "cart_day")])
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
