"""Value by month of the first order."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.cuts import month_text
from okaeri.measure.value_sums import value_sums
from okaeri.schema.measured.prospects import value_by_cohort as TABLE


def value_by_cohort(customer_value: ir.Table, forecast_level: ir.Table) -> ir.Table:
    """One row per month in which customers were won."""
    rows = value_sums(customer_value, forecast_level, "cohort_month")
    return rows.mutate(cohort=month_text(rows.cohort_month)).select(*TABLE.column_names)
