"""An even sample of customers, where all would take long and tell little more."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole

#: Of so many customers, evenly chosen by their id, all orders are looked at.
MOST_CUSTOMERS = 100_000


def sampled(customer_history: ir.Table) -> ir.Table:
    """Every customer (``sample_id``), and whether in the sample: ``is_sampled``."""
    by_id = ibis.window(order_by=customer_history.customer_id)
    rows = customer_history.select(sample_id="customer_id")
    rows = rows.mutate(place=ibis.row_number().over(by_id), customers=rows.count().over(ibis.window()))
    every = ((rows.customers - 1) / whole(MOST_CUSTOMERS)).floor().cast("int64") + 1
    return rows.select("sample_id", is_sampled=rows.place % every == 0)
