"""What newcomers bring month by month."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import month_number
from okaeri.measure.days import whole
from okaeri.schema.measured.changes import MONTHS_FOLLOWED
from okaeri.schema.measured.changes import newcomer_months as TABLE


def newcomer_months(purchases: ir.Table, customer_history: ir.Table, *, as_of: date) -> ir.Table:
    """Orders and revenue per month since the first order, of months that are over."""
    today = whole(month_number(as_of))
    cohorts = customer_history.select("cohort_month", buyer="customer_id")
    rows = purchases.inner_join(cohorts, [("customer_id", "buyer")])
    rows = rows.mutate(month_offset=rows.order_month - rows.cohort_month, order_no=rows.order_no.fill_null(0))
    rows = rows.filter(rows.order_month < today, rows.month_offset < MONTHS_FOLLOWED)
    sums = rows.group_by("month_offset", "order_no").agg(
        orders=rows.is_purchase.ifelse(1, 0).sum(), revenue=rows.revenue.sum()
    )
    return sums.inner_join(_followed(cohorts, today), [("month_offset", "offset")]).select(*TABLE.column_names)


def _followed(cohorts: ir.Table, today: ir.IntegerScalar) -> ir.Table:
    """Customers for whom each month is over."""
    counts = [
        ibis.struct({"offset": whole(offset), "n": (cohorts.cohort_month + offset < today).ifelse(1, 0).sum()})
        for offset in range(MONTHS_FOLLOWED)
    ]
    wide = cohorts.agg(at=ibis.array(counts))
    long = wide.select(at=wide.at.unnest())
    return long.select(offset=long.at.offset, n=long.at.n)
