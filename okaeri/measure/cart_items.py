"""What was left in carts.

A cart is a session, else what one shopper did on one day. A product is in it when its last addition came after its last
removal.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.shoppers import with_shopper
from okaeri.schema.measured.products import cart_items as TABLE


def cart_items(events: ir.Table, links: ir.Table, *, as_of: date) -> ir.Table:
    """One row per product left in a cart, whether bought later or not."""
    known = with_shopper(events.filter(events.event_date < as_of), links, ("cart_add", "cart_remove"))
    items = known.filter(known.product_id.notnull())
    items = items.mutate(
        cart=ibis.coalesce("session " + items.session_id, items.shopper + " on " + items.day.cast("string"))
    )
    added = items.kind == "cart_add"
    last = items.group_by("cart", "product_id").agg(
        shopper=items.shopper.max(),
        customer_id=items.person_id.max(),
        added_at=items["at"].max(where=added),
        removed_at=items["at"].max(where=~added),
        day=items.day.max(where=added),
    )
    kept = last.filter(last.added_at.notnull(), last.removed_at.isnull() | (last.removed_at < last.added_at))
    return kept.select(*TABLE.column_names)
