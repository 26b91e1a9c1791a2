"""デシル: buyers in ten groups by past revenue."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import sen
from okaeri.schema.measured.groups import decile as TABLE

GROUPS = 10


def decile(customer_history: ir.Table) -> ir.Table:
    """Groups of equal size, the first with the most revenue; ties by customer_id."""
    keyed = customer_history.select("customer_id", revenue_key=sen(customer_history.revenue))
    order = ibis.window(order_by=(keyed.revenue_key.desc(), keyed.customer_id))
    return keyed.mutate(decile=(ibis.ntile(GROUPS).over(order) + 1).cast("int64")).select(*TABLE.column_names)
