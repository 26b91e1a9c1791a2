"""Who buys again in each month, and in the year before ``as_of``."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number, month_number
from okaeri.measure.cuts import ALL, month_text

YEAR = 365
COUNTS = ("buyers", "again", "returned")


def buying_months(purchases: ir.Table, customer_history: ir.Table, *, as_of: date) -> ir.Table:
    """One row per month of buying, and ``all`` for the last 365 days.

    ``buyers`` ordered in the period; ``again`` of them with an order that was not their first; ``returned`` of them had
    ordered before the period began; ``base`` are all customers who had. Each buyer is counted at the order that opens
    the period for them, which the days since the order before tell, so nobody need be counted as distinct.
    """
    months = _months(purchases, customer_history)
    year = _year(purchases, customer_history, day_number(as_of) - YEAR)
    over = months.month < month_number(as_of)
    columns = (*COUNTS, "base")
    return ibis.union(
        months.select(*columns, cohort=month_text(months.month), is_over=over),
        year.select(*columns, cohort=ibis.literal(ALL), is_over=ibis.literal(True)),
    )


def _counts(purchases: ir.Table, opens: ir.BooleanValue) -> dict[str, ir.IntegerScalar]:
    """Buyers by the order that opens the period. Who has a first and a second order in it is found at the second."""
    number = purchases.order_no
    again = (opens & (number > 1)) | (~opens & (number == 2))
    flags = {"buyers": opens, "again": again, "returned": opens & (number > 1)}
    return {name: flag.ifelse(1, 0).sum() for name, flag in flags.items()}


def _months(purchases: ir.Table, customer_history: ir.Table) -> ir.Table:
    bought = purchases.filter(purchases.is_purchase)
    opens = bought.days_since_previous.isnull() | (bought.days_since_previous >= bought.order_date.day())
    active = bought.group_by(month=bought.order_month).agg(**_counts(bought, opens))
    new = customer_history.group_by(cohort_month=customer_history.cohort_month).agg(new=customer_history.count())
    rows = active.left_join(new, [("month", "cohort_month")])
    earlier = ibis.window(order_by=rows.month, preceding=None, following=0)
    base = rows.new.fill_null(0).sum().over(earlier) - rows.new.fill_null(0)
    return rows.mutate(base=base)


def _year(purchases: ir.Table, customer_history: ir.Table, start: int) -> ir.Table:
    bought = purchases.filter(purchases.is_purchase, purchases.order_day >= start)
    opens = bought.days_since_previous.isnull() | (bought.order_day - bought.days_since_previous < start)
    older = customer_history.first_day < start
    base = customer_history.agg(base=older.ifelse(1, 0).sum())
    sums = bought.agg(**_counts(bought, opens)).cross_join(base)
    return sums.mutate(**{name: sums[name].fill_null(0) for name in (*COUNTS, "base")})
