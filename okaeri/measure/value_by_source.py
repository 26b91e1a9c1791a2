"""Value by what brought the customers."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.value_sums import value_sums
from okaeri.schema.measured.prospects import value_by_source as TABLE


def value_by_source(customer_value: ir.Table, forecast_level: ir.Table, customer_history: ir.Table) -> ir.Table:
    """One row per acquisition source; a customer may cost what he brings in gross profit."""
    costs = customer_history.group_by(source=customer_history.acquired_via).agg(
        mean_acquisition_cost=customer_history.acquisition_cost.mean()
    )
    rows = value_sums(customer_value, forecast_level, "acquired_via")
    rows = rows.left_join(costs, [("acquired_via", "source")])
    return rows.mutate(limit_cpa=rows.gross_profit).select(*TABLE.column_names)
