"""The belt: seven stations, who moves on, who leaks, and where it costs most."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.normal import Z95
from okaeri.lib.periods import EPOCH
from okaeri.measure.days import day_literal, whole
from okaeri.measure.persons import as_person
from okaeri.measure.station_rates import station_rates
from okaeri.measure.station_values import station_values
from okaeri.schema.measured.belt import STATIONS
from okaeri.schema.measured.belt import belt as TABLE
from okaeri.schema.rules import Rules

COUNTS = (
    "in_count", "forward_count", "leak_count", "still_count", "revived_count", "recent_in_count",
    "recent_forward_count", "recent_leak_count",
)  # fmt: skip


def belt(
    station_entries: ir.Table,
    station_days: ir.Table,
    station_incidence: ir.Table,
    customer_history: ir.Table,
    costs: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """All seven stations, also empty ones. The gain per percent is counted for the people standing there now."""
    rates = station_rates(station_incidence)
    rows = station_values(station_days, rates)
    rows = rows.left_join(_counts(station_entries, as_of, rules), [("station", "counted")])
    rows = rows.left_join(_rates_of(rates, "forward"), [("station", "forward_of")])
    rows = rows.left_join(_rates_of(rates, "leak"), [("station", "leak_of")])
    rows = rows.left_join(_rates_of(rates, "left"), [("station", "left_of")])
    rows = rows.left_join(_costs(station_entries, customer_history, costs, links, as_of), [("station", "paid_at")])
    rows = rows.mutate(**{name: rows[name].fill_null(0) for name in COUNTS}).mutate(
        code=named(rows.station, 0), label=named(rows.station, 1),
        settled_rate=rows.left_rate,
        median_days_forward=rows.forward_median_days, median_days_inside=rows.left_median_stay,
    )  # fmt: skip
    return _with_gain(_settled(rows)).select(*TABLE.column_names)


def _counts(entries: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    since = day_literal(as_of) - rules.compare_days
    entered = entries.entered_on.delta(EPOCH, unit="day") >= since
    left = (entries.left_on.delta(EPOCH, unit="day") >= since).fill_null(False)
    forward, leak, still = (entries.outcome == outcome for outcome in ("forward", "leak", "still"))
    met = dict(zip(COUNTS[1:], (forward, leak, still, entries.is_revived, entered, forward & left, leak & left),
                   strict=True))  # fmt: skip
    return entries.group_by(counted=entries.station).agg(
        in_count=entries.count(), **{name: rule.ifelse(1, 0).sum() for name, rule in met.items()}
    )


def _rates_of(rates: ir.Table, destination: str) -> ir.Table:
    one = rates.filter(rates.destination == destination)
    return one.select(
        **{f"{destination}_of": one.station},
        **{
            f"{destination}_{name}": one[name]
            for name in ("rate", "rate_low", "rate_high", "median_days", "median_stay")
        },
    )


def _settled(rows: ir.Table) -> ir.Table:
    """Where somebody left a station but nobody one way, that way's rate is 0 of those who left."""
    left = rows.left_rate.notnull()
    return rows.mutate(**{
        f"{way}_rate{end}": ibis.coalesce(rows[f"{way}_rate{end}"], left.ifelse(none, ibis.null("float64")))
        for way in ("forward", "leak")
        for end, none in (("", 0.0), ("_low", 0.0), ("_high", _most_of_none(rows.forward_count + rows.leak_count)))
    })  # fmt: skip


def _most_of_none(n: ir.IntegerColumn) -> ir.FloatingColumn:
    """High end of Wilson's interval for 0 of ``n``."""
    square = Z95**2
    return square / (n + square)


def named(station: ir.IntegerColumn, part: int) -> ir.StringColumn:
    """Code (part 0) or Japanese label (part 1) of a station."""
    return ibis.cases(*((station == number, names[part]) for number, names in enumerate(STATIONS, 1)))


def _with_gain(rows: ir.Table) -> ir.Table:
    """Add the yen per percent, and mark the station where it is largest."""
    percent = rows.still_count / 100
    rows = rows.mutate(
        revenue_per_percent=percent * rows.onward_revenue,
        gross_profit_per_percent=percent * rows.onward_gross_profit,
    )
    known = rows.gross_profit_per_percent.count().over(ibis.window()) == rows.revenue_per_percent.count().over(
        ibis.window()
    )
    rows = rows.mutate(gain=known.ifelse(rows.gross_profit_per_percent, rows.revenue_per_percent).fill_null(0.0))
    place = ibis.row_number().over(ibis.window(order_by=(rows.gain.desc(), rows.station)))
    return rows.mutate(is_bottleneck=(place == 0) & (rows.gain > 0))


def _costs(entries: ir.Table, customer_history: ir.Table, costs: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """Yen by station: winning buyers at station 1, costs booked on a customer for other ends where the customer stood.

    Costs of nobody in particular and for no source of customers belong to no station.
    """
    won = customer_history.agg(cost=customer_history.acquisition_cost.sum())
    won = won.select(paid_at=whole(1), cost="cost")
    spent = costs.filter(costs.spent_on < as_of, costs.acquired_via.isnull(), costs.customer_id.notnull())
    spent = as_person(spent, links).select("cost_id", "customer_id", "spent_on", amount=spent.amount.cast("float64"))
    stays = entries.select("station", "entered_on", stay_id="customer_id")
    at = spent.inner_join(stays, [("customer_id", "stay_id")])
    at = at.filter(at.entered_on <= at.spent_on)
    latest = ibis.window(group_by=at.cost_id, order_by=at.entered_on.desc())
    at = at.mutate(place=ibis.row_number().over(latest))
    at = at.filter(at.place == 0)
    both = won.union(at.select(paid_at="station", cost="amount"))
    return both.group_by("paid_at").agg(cost=both.cost.sum())
