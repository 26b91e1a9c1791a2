"""What is expected of those who bought once, and of those who came back."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.changes import existing_value as TABLE


def existing_value(customer_value: ir.Table, customer_history: ir.Table) -> ir.Table:
    """Two rows at most."""
    history = customer_history.select("order_count", buyer="customer_id")
    rows = customer_value.inner_join(history, [("customer_id", "buyer")])
    rows = rows.mutate(has_repeated=rows.order_count > 1)
    sums = {name: rows[name].sum().fill_null(0.0) for name in ("expected_orders", "residual_value")}
    return rows.group_by("has_repeated").agg(customer_count=rows.count(), **sums).select(*TABLE.column_names)
