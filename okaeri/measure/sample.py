"""An even sample of customers, where all would take long and tell little more."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole

#: Of so many customers, evenly chosen by their id, all orders are looked at.
MOST_CUSTOMERS = 100_000


def sampled(customer_history: ir.Table) -> ir.Table:
    """Every customer (``sample_id``), and whether in the sample: ``is_sampled``."""
    rows = in_place(customer_history.select(sample_id="customer_id"), "sample_id")
    return rows.select("sample_id", is_sampled=rows.place % one_in(rows.customers, MOST_CUSTOMERS) == 0)


def in_place(rows: ir.Table, name: str) -> ir.Table:
    """``rows`` of one customer each with their ``place`` by the id in column ``name``, from 0, and how many there are
    (``customers``)."""
    by_id = ibis.window(order_by=rows[name])
    return rows.mutate(place=ibis.row_number().over(by_id), customers=rows.count().over(ibis.window()))


def one_in(count: ir.IntegerColumn, most: int) -> ir.IntegerColumn:
    """The least step by which of ``count`` things at most ``most`` are taken."""
    return ((count - 1) / whole(most)).floor().cast("int64") + 1
