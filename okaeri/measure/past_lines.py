"""What each customer had bought by several moments: now, and before each of the latest visits."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.schema.measured.recommending import past_lines as TABLE

#: Snapshots beside the present one (0): the last visit hidden (1), the last two (2). A ranker is trained on those.
HIDDEN = 2
#: Customers who came again from which on their last visit alone teaches enough, and nothing more is hidden.
ENOUGH = 4000
#: Earlier visits of a customer say little of the next one.
MOST_VISITS = 100


def past_lines(basket_lines: ir.Table, *, as_of: date) -> ir.Table:
    """One row per snapshot, customer, visit and product; orders of one day are one visit."""
    line = ibis.window(group_by=basket_lines.customer_no, order_by=basket_lines.order_day)
    visits = basket_lines.mutate(visit=ibis.dense_rank().over(line) + whole(1), day=basket_lines.order_day)
    lines = visits.select("customer_no", "visit", "day", "product_no").distinct()
    return snapshots(lines, day_literal(as_of))


def snapshots(lines: ir.Table, now: ir.IntegerScalar, hidden: int = HIDDEN) -> ir.Table:
    """The past as known at each snapshot.

    ``lines``: customer_no, visit (1, 2, ... without holes), day (empty where days are not known), product_no. ``now`` is
    the day of snapshot 0; that of an earlier one is the day of the first visit hidden. More than one visit is hidden only
    where fewer than :data:`ENOUGH` customers came again.
    """
    own, visit = (ibis.window(group_by=names) for names in (["customer_no"], ["customer_no", "visit"]))
    counted = lines.mutate(last=lines.visit.max().over(own), visit_size=lines.count().over(visit))
    few = _without_many_who_came_again(counted)
    parts = [_hiding(few if number > 1 else counted, number, now) for number in range(hidden + 1)]
    return ibis.union(*parts).select(*TABLE.column_names) if len(parts) > 1 else parts[0]


def _without_many_who_came_again(lines: ir.Table) -> ir.Table:
    """``lines``, or none of them where :data:`ENOUGH` customers or more came again."""
    again = lines.agg(came_again=lines.customer_no.nunique(where=lines["last"] > 1))
    rows = lines.cross_join(again)
    return rows.filter(rows.came_again < ENOUGH).drop("came_again")


def _hiding(lines: ir.Table, number: int, now: ir.IntegerScalar) -> ir.Table:
    """``lines`` without the last ``number`` visits."""
    ago = lines.last - lines.visit - whole(number)
    if number:
        own = ibis.window(group_by=lines.customer_no)
        now = lines.day.min(where=ago == whole(-1)).over(own)
    rows = lines.mutate(
        snapshot=whole(number), visits_ago=ago, visit_count=lines.last - whole(number), days_ago=now - lines.day
    )
    return rows.filter(rows.visits_ago >= 0, rows.visits_ago < MOST_VISITS).select(*TABLE.column_names)
