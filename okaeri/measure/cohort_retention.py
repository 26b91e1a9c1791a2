"""Each month's new customers, followed by calendar months."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import month_number
from okaeri.measure.cuts import month_text
from okaeri.measure.intervals import wilson
from okaeri.schema.measured.value import cohort_retention as TABLE


def cohort_retention(purchases: ir.Table, customer_history: ir.Table, *, as_of: date) -> ir.Table:
    """Share of a cohort that ordered in each calendar month since its first, and what it brought."""
    cells = _cells(_cohorts(customer_history), as_of)
    rows = cells.left_join(
        _activity(purchases, customer_history),
        [("cohort_month", "active_cohort"), ("month", "active_month")],
    )
    counts = ("active_customers", "orders", "revenue")
    rows = rows.mutate(
        **{name: rows[name].fill_null(0) for name in counts},
        # a month without any order brought nothing: its gross profit is known
        gross_profit=(rows.unknown.fill_null(0) == 0).ifelse(rows.profit.fill_null(0.0), ibis.null("float64")),
    )
    line = ibis.cumulative_window(group_by=rows.cohort_month, order_by=rows.month)
    low, high = wilson(rows.active_customers, rows.n)
    return rows.mutate(
        cohort=month_text(rows.cohort_month),
        month_offset=rows.month - rows.cohort_month,
        retention_rate=rows.active_customers / rows.n,
        low=low,
        high=high,
        cumulative_revenue_per_customer=rows.revenue.sum().over(line) / rows.n,
        is_mature=rows.month < month_number(as_of),
    ).select(*TABLE.column_names)


def _cohorts(customer_history: ir.Table) -> ir.Table:
    return customer_history.group_by("cohort_month").agg(n=customer_history.count())


def _cells(cohorts: ir.Table, as_of: date) -> ir.Table:
    """Every month of every cohort up to the day before ``as_of``, whether or not anybody ordered."""
    last = month_number(as_of - timedelta(days=1))
    months = ibis.range(cohorts.cohort_month, last + 1).unnest()
    cells = cohorts.select("cohort_month", "n", month=months)
    return cells.mutate(month=cells.month.cast("int64"))


def _activity(purchases: ir.Table, customer_history: ir.Table) -> ir.Table:
    """What each cohort did in each month.

    Orders are added up by first day before the cohort's month is looked up, so that no join sees every order. A
    customer is counted at the first order of the month: one as many days after the order before as reach over the
    month's start.
    """
    opens_month = purchases.is_purchase & (
        purchases.days_since_previous.isnull() | (purchases.days_since_previous >= purchases.order_date.day())
    )
    sums = purchases.group_by(first_day=purchases.order_day - purchases.age, active_month=purchases.order_month).agg(
        active_customers=opens_month.ifelse(1, 0).sum(),
        orders=purchases.is_purchase.ifelse(1, 0).sum(),
        revenue=purchases.revenue.sum(),
        profit=purchases.gross_profit.sum(),
        unknown=purchases.gross_profit.isnull().ifelse(1, 0).sum(),
    )
    days = customer_history.group_by(cohort_day=customer_history.first_day).agg(
        active_cohort=customer_history.cohort_month.min()
    )
    dated = sums.inner_join(days, [("first_day", "cohort_day")])
    names = ("active_customers", "orders", "revenue", "profit", "unknown")
    return dated.group_by("active_cohort", "active_month").agg(**{name: dated[name].sum() for name in names})
