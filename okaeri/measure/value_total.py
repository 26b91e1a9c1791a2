"""Value of all customers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.value_sums import value_sums
from okaeri.schema.measured.prospects import value_total as TABLE


def value_total(customer_value: ir.Table, forecast_level: ir.Table) -> ir.Table:
    """One row; none where nobody has bought."""
    everybody = customer_value.mutate(shop=ibis.literal("all", "string"))
    return value_sums(everybody, forecast_level, "shop").select(*TABLE.column_names)
