"""Customers reduced to what a purchase model knows of them: x, t_x, T and the spend."""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import sen
from okaeri.measure.days import whole

#: Spend in steps of a tenth of a percent; 0 also holds customers who spent nothing.
BIN = math.log1p(0.001)


def reduced(days: ir.Table, origin_day: int | ir.IntegerColumn) -> ir.Table:
    """Each customer with an order before ``origin_day``: what ``days`` (rows of ``order_days``) before it say.

    The day is a number, or a column of ``days`` that is the same in all rows.

    Columns: customer_id, repeat_orders, last_order_days, age_days (to the last day before the origin), spend, log_gaps
    (sum of the logarithms of gaps in weeks).
    """
    origin = whole(origin_day) if isinstance(origin_day, int) else origin_day
    past = days.mutate(origin_day=origin).filter(days.order_day < origin)
    weeks = past.gap_days.cast("float64") / 7.0
    rows = past.group_by("customer_id").agg(
        first_day=past.order_day.min(),
        last_day=past.order_day.max(),
        order_days=past.count(),
        spend=past.revenue.sum(),
        log_gaps=weeks.nullif(0.0).log().sum(),
        origin_day=past.origin_day.max(),
    )
    return rows.select(
        "customer_id", "spend",
        repeat_orders=rows.order_days - 1,
        last_order_days=rows.last_day - rows.first_day,
        age_days=rows.origin_day - whole(1) - rows.first_day,
        log_gaps=rows.log_gaps.fill_null(0.0),
    )  # fmt: skip


def spend_bin(spend: ir.FloatingColumn) -> ir.IntegerColumn:
    """The step a spend falls in; 0 up to one yen."""
    some = (spend > 1.0).ifelse(sen(spend), ibis.literal(1.0))
    return (some.log() / BIN + 0.5).floor().cast("int64")
