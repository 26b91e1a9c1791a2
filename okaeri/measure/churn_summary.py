"""How many may leave for which reason."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.leaving import churn_summary as TABLE


def churn_summary(churn_risk: ir.Table) -> ir.Table:
    """Customers at risk by their main reason."""
    rows = churn_risk.mutate(reason=churn_risk.reason_1.fill_null("none"))
    return (
        rows.group_by("kind", "reason")
        .agg(
            customer_count=rows.count(),
            expected_leavers=rows.leaving_chance_90.sum(),
            yen_at_stake=rows.yen_at_stake.sum(),
        )
        .select(*TABLE.column_names)
    )
