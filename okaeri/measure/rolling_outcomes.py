"""What was known of customers at earlier dates, and what they then did: how forecasts are judged."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number, day_of
from okaeri.measure.days import whole
from okaeri.measure.reduction import reduced, spend_bin
from okaeri.schema.measured.prospects import rolling_outcomes as TABLE
from okaeri.schema.rules import Rules

#: How many dates before ``as_of``, each a forecast horizon before the next.
ORIGINS = 2
#: At most so many customers of an origin are looked at, evenly chosen by their id.
MOST_CUSTOMERS = 200_000


def rolling_outcomes(order_days: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per customer known at an origin, with orders and revenue of the horizon before and after it."""
    reach = rules.forecast_weeks * 7
    ends = [day_number(as_of) - place * reach for place in range(ORIGINS)]
    return ibis.union(*(_at(order_days, end - reach, reach) for end in ends)).select(*TABLE.column_names)


def _at(days: ir.Table, origin: int, reach: int) -> ir.Table:
    known = reduced(days, origin)
    order = ibis.window(order_by=known.customer_id)
    known = known.mutate(place=ibis.row_number().over(order), customers=known.count().over(ibis.window()))
    every = ((known.customers - 1) / whole(MOST_CUSTOMERS)).floor().cast("int64") + 1
    known = known.mutate(customer_weight=every)
    known = known.filter(known.place % known.customer_weight == 0)
    known = known.mutate(spend_bin=spend_bin(known.spend), origin_on=ibis.date(day_of(origin)))
    before, after = _within(days, origin - reach, origin, "before"), _within(days, origin, origin + reach, "after")
    rows = known.left_join(before, [("customer_id", "before_id")]).left_join(after, [("customer_id", "after_id")])
    return rows.mutate(**{name: rows[name].fill_null(0) for name in ("orders_before", "orders_after")}).mutate(
        **{name: rows[name].fill_null(0.0) for name in ("revenue_before", "revenue_after")}
    )


def _within(days: ir.Table, first: int, end: int, name: str) -> ir.Table:
    """Days with an order and their revenue from ``first`` to before ``end``."""
    inside = days.filter(days.order_day >= whole(first), days.order_day < whole(end))
    return inside.group_by(**{f"{name}_id": inside.customer_id}).agg(
        **{f"orders_{name}": inside.count(), f"revenue_{name}": inside.revenue.sum()}
    )
