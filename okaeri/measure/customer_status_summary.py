"""The statuses in numbers."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from okaeri.measure.sums import group_sums
from okaeri.schema.measured.segments import customer_status_summary as TABLE


def customer_status_summary(customer_history: ir.Table, customer_status: ir.Table) -> ir.Table:
    """Customers, orders and revenue by status, and how many are lapsing or revived."""
    more = {
        "lapsing_count": _.is_lapsing.ifelse(1, 0).sum(),
        "revived_count": _.is_revived.ifelse(1, 0).sum(),
    }
    sums = group_sums(customer_history, customer_status, ("status", "status_label"), more)
    return sums.select(*TABLE.column_names)
