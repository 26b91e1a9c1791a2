"""What subscribers are expected to bring."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import as_date
from okaeri.measure.intervals import bound_of_sum
from okaeri.measure.running_subscriptions import BOUNDS
from okaeri.schema.measured.leaving import subscriber_value as TABLE


def subscriber_value(running_subscriptions: ir.Table) -> ir.Table:
    """Subscriptions of a customer added up."""
    rows = running_subscriptions.filter(running_subscriptions.expected_revenue.notnull())
    off = {name: rows[name] - rows.expected_revenue for name in BOUNDS}
    first = ibis.window(group_by=rows.customer_id, order_by=(rows.next_day, rows.subscription_id))
    rows = rows.mutate(
        place=ibis.row_number().over(first), variance=rows.sd * rows.sd,
        **{f"off_{name}": distance * distance for name, distance in off.items()},
    )  # fmt: skip
    sums = rows.group_by("customer_id").agg(
        subscription_count=rows.count(),
        expected_deliveries=rows.expected_deliveries.sum(),
        expected_revenue=rows.expected_revenue.sum(),
        residual_value=rows.residual_value.sum(),
        variance=rows.variance.sum(),
        next_day=rows.next_day.min(),
        next_product_id=rows.product_id.max(where=rows.place == 0),
        **{name: rows[f"off_{name}"].sum() for name in BOUNDS},
    )
    bounds = {name: bound_of_sum(name, sums.expected_revenue, sums[name]) for name in BOUNDS}
    return sums.mutate(
        sd=sums.variance.sqrt(), next_delivery_on=as_date(sums.next_day),
        **bounds,
    ).select(*TABLE.column_names)  # fmt: skip
