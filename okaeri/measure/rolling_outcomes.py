"""What was known of customers at earlier dates, and what they then did: how forecasts are judged."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import as_date, whole
from okaeri.measure.reduction import reduced, spend_bin
from okaeri.measure.sample import in_place, one_in
from okaeri.schema.measured.prospects import rolling_outcomes as TABLE
from okaeri.schema.rules import Rules

#: How many dates before ``as_of``, each as far before the next as it is forecast from.
ORIGINS = 2
#: Nothing is forecast from an origin for longer than this part of the days on record: as long must lie before each.
LONGEST_PART = 3
#: At most so many customers of an origin are looked at, evenly chosen by their id.
MOST_CUSTOMERS = 200_000


def rolling_outcomes(order_days: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per customer known at an origin, with orders and revenue of the horizon before and after it.

    The horizon is the forecast's; in a shop too young for that, a third of its days on record.
    """
    end = day_number(as_of)
    past = order_days.filter(order_days.order_day < whole(end))
    days = past.cross_join(past.agg(first_day=past.order_day.min()))
    third = ((whole(end) - days.first_day) / whole(LONGEST_PART)).floor().cast("int64")
    days = days.mutate(reach=ibis.least(third, whole(round(rules.forecast_weeks * 7))))
    # a shop of less than three days has no origin
    days = days.filter(days.reach > 0)
    return ibis.union(*(_at(days, end, place) for place in range(1, ORIGINS + 1))).select(*TABLE.column_names)


def _at(days: ir.Table, end: int, place: int) -> ir.Table:
    days = days.mutate(origin_day=whole(end) - days.reach * whole(place))
    horizon = days.agg(origin_day=days.origin_day.max(), horizon_days=days.reach.max())
    known = reduced(days, days.origin_day)
    known = in_place(known, "customer_id")
    known = known.mutate(customer_weight=one_in(known.customers, MOST_CUSTOMERS))
    known = known.filter(known.place % known.customer_weight == 0)
    known = known.mutate(spend_bin=spend_bin(known.spend)).cross_join(horizon)
    known = known.mutate(origin_on=as_date(known.origin_day))
    before = _within(days, days.origin_day - days.reach, days.origin_day, "before")
    after = _within(days, days.origin_day, days.origin_day + days.reach, "after")
    rows = known.left_join(before, [("customer_id", "before_id")]).left_join(after, [("customer_id", "after_id")])
    return rows.mutate(**{name: rows[name].fill_null(0) for name in ("orders_before", "orders_after")}).mutate(
        **{name: rows[name].fill_null(0.0) for name in ("revenue_before", "revenue_after")}
    )


def _within(days: ir.Table, first: ir.IntegerColumn, end: ir.IntegerColumn, name: str) -> ir.Table:
    """Days with an order and their revenue from ``first`` to before ``end``."""
    inside = days.filter(days.order_day >= first, days.order_day < end)
    return inside.group_by(**{f"{name}_id": inside.customer_id}).agg(
        **{f"orders_{name}": inside.count(), f"revenue_{name}": inside.revenue.sum()}
    )
