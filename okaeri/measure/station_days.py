"""Each station by days since entry."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.days import whole
from okaeri.schema.measured.belt import station_days as TABLE


def station_days(station_entries: ir.Table, purchases: ir.Table) -> ir.Table:
    """Leaving and spending by day of stay, over all stays of a station.

    A stay covers the days from entering to the day before leaving; one that lasts is seen until the day before
    ``as_of``. A credit note booked while the customer is away belongs to no stay.
    """
    both = _ends(station_entries).union(_spending(station_entries, purchases))
    rows = both.group_by("station", "day").agg(
        **{name: both[name].sum() for name in ("forward_count", "leak_count", "still_count", "revenue", "profit")},
        unknown=both.unknown.sum(),
    )
    return _with_survival(rows).select(*TABLE.column_names)


def _ends(entries: ir.Table) -> ir.Table:
    counts = {
        f"{outcome}_count": (entries.outcome == outcome).ifelse(1, 0).sum().cast("int64")
        for outcome in ("forward", "leak", "still")
    }
    nothing = ibis.literal(0.0, "float64")
    rows = entries.group_by("station", day=entries.days_inside).agg(**counts)
    return rows.mutate(revenue=nothing, profit=nothing, unknown=whole(0))


def _spending(entries: ir.Table, purchases: ir.Table) -> ir.Table:
    """Revenue and gross profit by station and day of stay."""
    stays = entries.select(
        "station", "days_inside", stay_id="customer_id", entered_day=entries.entered_on.delta(EPOCH, unit="day")
    )
    spent = purchases.select("customer_id", "order_day", "revenue", "gross_profit")
    rows = spent.inner_join(stays, [("customer_id", "stay_id")])
    rows = rows.mutate(day=rows.order_day - rows.entered_day)
    rows = rows.filter(rows.day >= 0, rows.day < rows.days_inside)
    sums = rows.group_by("station", "day").agg(
        revenue=rows.revenue.sum(),
        profit=rows.gross_profit.sum().fill_null(0.0),
        unknown=rows.gross_profit.isnull().ifelse(1, 0).sum().cast("int64"),
    )
    none = whole(0)
    return sums.select(
        "station", "day", "revenue", "profit", "unknown", forward_count=none, leak_count=none, still_count=none
    ).select("station", "day", "forward_count", "leak_count", "still_count", "revenue", "profit", "unknown")


def _with_survival(rows: ir.Table) -> ir.Table:
    """Add who was at risk, and the Kaplan-Meier chance to be still there."""
    left = rows.forward_count + rows.leak_count
    rows = rows.mutate(left=left, ended=left + rows.still_count)
    whole = ibis.window(group_by=rows.station)
    so_far = ibis.cumulative_window(group_by=rows.station, order_by=rows.day)
    rows = rows.mutate(staying=rows.ended.sum().over(whole) - rows.ended.sum().over(so_far))
    rows = rows.mutate(at_risk=rows.staying + rows.left)
    kept = 1.0 - rows.left.cast("float64") / rows.at_risk.nullif(0)
    # the logarithm of nothing left: far enough below zero that its exponential is 0
    rows = rows.mutate(step=ibis.cases((rows.left == 0, 0.0), (rows.staying == 0, -1000.0), else_=kept.log()))
    so_far = ibis.cumulative_window(group_by=rows.station, order_by=rows.day)
    rows = rows.mutate(survival=rows.step.sum().over(so_far).exp())
    in_time = ibis.window(group_by=rows.station, order_by=rows.day)
    return rows.mutate(
        survival_before=rows.survival.lag().over(in_time).fill_null(1.0),
        gross_profit=(rows.unknown == 0).ifelse(rows.profit, ibis.null("float64")),
    )
