"""How long a piece lasted: days from one purchase of a product to the same customer's next one."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def reorders(purchase_lines: ir.Table) -> ir.Table:
    """``purchase_lines`` with ``days_per_piece``: days since the purchase of the product before, per piece of it.

    Empty on a customer's first purchase of a product, and on a second one of the same day.
    """
    line = ibis.window(
        group_by=(purchase_lines.customer_id, purchase_lines.product_id), order_by=purchase_lines.order_no
    )
    rows = purchase_lines.mutate(
        gap=purchase_lines.order_day - purchase_lines.order_day.lag().over(line),
        before=purchase_lines.quantity.lag().over(line),
    )
    return rows.mutate(days_per_piece=(rows.gap > 0).ifelse(rows.gap / rows.before, ibis.null("float64")))
