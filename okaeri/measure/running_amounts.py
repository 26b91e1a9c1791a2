"""Running subscriptions by situation and year."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.leaving import SUBSCRIBER_KEY
from okaeri.schema.measured.leaving import running_amounts as TABLE


def running_amounts(running_subscriptions: ir.Table, situations_now: ir.Table, customer_history: ir.Table) -> ir.Table:
    """Sums that a forecast of deliveries needs."""
    won = customer_history.select(
        won_id="customer_id", cohort_year=(customer_history.cohort_month / 12).floor().cast("int64")
    )
    late = situations_now.select("later_rate", **{f"l_{name}": situations_now[name] for name in SUBSCRIBER_KEY})
    rows = running_subscriptions.inner_join(won, [("customer_id", "won_id")])
    rows = rows.inner_join(late, [(name, f"l_{name}") for name in SUBSCRIBER_KEY])
    return (
        rows.group_by(*SUBSCRIBER_KEY, "cohort_year")
        .agg(
            later_rate=rows.later_rate.max(), amount=rows.amount.sum(),
            amount_squares=(rows.amount * rows.amount).sum(), n=rows.count(),
        )
        .select(*TABLE.column_names)
    )  # fmt: skip
