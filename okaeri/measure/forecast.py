"""Orders and revenue expected of the customers the shop has, period by period."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.value_sums import Z
from okaeri.schema.measured.prospects import PERIOD_DAYS
from okaeri.schema.measured.prospects import forecast as TABLE


def forecast(
    order_forecast: ir.Table, delivery_forecast: ir.Table, customer_history: ir.Table, *, as_of: date
) -> ir.Table:
    """Orders one by one and deliveries, which come independently of each other, added up."""
    both = order_forecast.union(delivery_forecast)
    rows = both.group_by("cohort_year", "period_no").agg(
        expected_orders=both.expected_orders.sum(), expected_revenue=both.expected_revenue.sum(),
        sd=(both.revenue_sd * both.revenue_sd).sum().sqrt(),
    )  # fmt: skip
    year = (customer_history.cohort_month / 12).floor().cast("int64")
    won = customer_history.group_by(won_in=year).agg(customer_count=customer_history.count())
    rows = rows.inner_join(won, [("cohort_year", "won_in")])
    bounds = {f"high_{share}": rows.expected_revenue + z * rows.sd for share, z in Z.items()}
    bounds |= {f"low_{share}": ibis.greatest(rows.expected_revenue - z * rows.sd, 0.0) for share, z in Z.items()}
    end = whole(day_number(as_of)) + rows.period_no * PERIOD_DAYS
    return rows.mutate(first_on=as_date(end - PERIOD_DAYS), last_on=as_date(end - 1), **bounds).select(
        *TABLE.column_names
    )
