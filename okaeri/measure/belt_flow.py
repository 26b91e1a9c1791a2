"""Where the customers of each station go."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.station_rates import station_rates
from okaeri.schema.measured.belt import belt_flow as TABLE


def belt_flow(station_entries: ir.Table, station_incidence: ir.Table) -> ir.Table:
    """Each way out of each station with its chance; still there is what is left of the chance."""
    rates = station_rates(station_incidence)
    moved = rates.filter(~rates.destination.isin(("forward", "left"))).select(
        from_station="station", to_station="destination", customers="moved_count", move_rate="rate",
        move_rate_low="rate_low", move_rate_high="rate_high", median_days="median_days",
    )  # fmt: skip
    return moved.union(_still(station_entries, rates)).select(*TABLE.column_names)


def _still(entries: ir.Table, rates: ir.Table) -> ir.Table:
    there = entries.filter(entries.outcome == "still")
    there = there.group_by(from_station=there.station).agg(customers=there.count())
    rows = there.left_join(rates.filter(rates.destination == "left"), [("from_station", "station")])
    return rows.select(
        "from_station",
        to_station=ibis.literal("still"),
        customers="customers",
        move_rate=(rows.rate > 1.0).ifelse(0.0, 1.0 - rows.rate),
        move_rate_low=1.0 - rows.rate_high,
        move_rate_high=1.0 - rows.rate_low,
        median_days=ibis.null("int64"),
    )
