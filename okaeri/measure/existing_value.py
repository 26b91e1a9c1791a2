"""What is expected of those who bought once, and of those who came back."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.changes import existing_value as TABLE


def existing_value(customer_value: ir.Table, customer_history: ir.Table) -> ir.Table:
    """Two rows at most. Who will order again: of those still there, all but the share without an order by Poisson."""
    history = customer_history.select("order_count", buyer="customer_id")
    rows = customer_value.inner_join(history, [("customer_id", "buyer")])
    present = ibis.greatest(rows.p_alive.fill_null(1.0), 1e-9)
    again = present * (1.0 - (-rows.expected_orders / present).exp())
    rows = rows.mutate(has_repeated=rows.order_count > 1, again=again)
    return rows.group_by("has_repeated").agg(
        customer_count=rows.count(), expected_orders=rows.expected_orders.sum().fill_null(0.0),
        expected_again=rows.again.sum().fill_null(0.0), residual_value=rows.residual_value.sum().fill_null(0.0),
    ).select(*TABLE.column_names)  # fmt: skip
