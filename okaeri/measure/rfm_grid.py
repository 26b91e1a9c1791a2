"""The cells of RFM in numbers."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.sums import group_sums
from okaeri.schema.measured.groups import rfm_grid as TABLE


def rfm_grid(customer_history: ir.Table, rfm: ir.Table) -> ir.Table:
    """Customers, orders, revenue and gross profit of each occupied cell; summing over m gives the R x F grid."""
    return group_sums(customer_history, rfm, ("r", "f", "m")).select(*TABLE.column_names)
