"""What customers did in as long a time as is looked ahead: the naive forecast."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.schema.measured.prospects import same_again as TABLE
from okaeri.schema.rules import Rules


def same_again(order_days: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per year of first orders; orders and revenue are those of :func:`same_again_each`, added up."""
    end = day_number(as_of)
    past = order_days.filter(order_days.order_day < whole(end))
    known = past.group_by("customer_id").agg(first_day=past.order_day.min())
    known = known.mutate(cohort_year=as_date(known.first_day).year().cast("int64"))
    rows = known.left_join(
        same_again_each(order_days, end, round(rules.forecast_weeks * 7)), [("customer_id", "again_id")]
    )
    return (
        rows.group_by("cohort_year")
        .agg(orders=rows.orders_again.sum().fill_null(0.0), revenue=rows.revenue_again.sum().fill_null(0.0))
        .select(*TABLE.column_names)
    )


def same_again_each(order_days: ir.Table, end: int, reach: int) -> ir.Table:
    """orders_again and revenue_again of the ``reach`` days before day ``end`` per customer with any (``again_id``).

    In a shop that is younger, its days are scaled up to as many.
    """
    past = order_days.filter(order_days.order_day < whole(end))
    first = past.agg(first_day=past.order_day.min())
    past = past.filter(past.order_day >= whole(end - reach)).cross_join(first)
    rows = past.group_by(again_id=past.customer_id).agg(
        orders=past.count(), revenue=past.revenue.sum(), first_day=past.first_day.max()
    )
    seen = ibis.least(whole(reach), whole(end) - rows.first_day)
    return rows.select("again_id", **{f"{name}_again": rows[name] * reach / seen for name in ("orders", "revenue")})
