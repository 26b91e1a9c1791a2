"""The ten groups in numbers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.sums import group_sums
from okaeri.schema.measured.groups import decile_summary as TABLE


def decile_summary(customer_history: ir.Table, decile: ir.Table) -> ir.Table:
    """Customers, orders, revenue with share and cumulative share of each decile."""
    sums = group_sums(customer_history, decile, ("decile",))
    so_far = ibis.cumulative_window(order_by=sums.decile)
    return sums.mutate(cumulative_share=sums.revenue_share.sum().over(so_far)).select(*TABLE.column_names)
