"""Chance to have left a station each way, by days since entry."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.station_steps import stacked
from okaeri.schema.measured.belt import station_incidence as TABLE


def station_incidence(station_entries: ir.Table, station_days: ir.Table) -> ir.Table:
    """Aalen-Johansen: the chance to be still there before a day, times the share leaving this way on it, summed.

    Counting only stays that have ended would favour the quick way out; stays not ended weigh here for as long as they
    were seen. A leak ends the chain: a customer who returns begins a new stay, which counts as one more stay of its
    station and changes nothing in the earlier one.
    """
    moves = _moves(station_entries)
    ways = moves.group_by("station", "destination").agg(ever=moves.moved.sum()).drop("ever")
    days = station_days.mutate(left_count=station_days.forward_count + station_days.leak_count)
    days = days.filter(days.left_count > 0).select("station", "day", "at_risk", "left_count", "survival_before")
    grid = days.inner_join(ways, "station")
    found = moves.select(moved="moved", in_station="station", way="destination", on="day")
    rows = grid.left_join(found, [("station", "in_station"), ("destination", "way"), ("day", "on")])
    rows = rows.mutate(moved_count=rows.moved.fill_null(0))
    so_far = ibis.cumulative_window(group_by=(rows.station, rows.destination), order_by=rows.day)
    step = rows.survival_before * rows.moved_count / rows.at_risk
    # rounding may bring a chance a hair over 1
    return rows.mutate(incidence=ibis.least(step.sum().over(so_far), 1.0)).select(*TABLE.column_names)


def _moves(entries: ir.Table) -> ir.Table:
    """Stays ended by station, destination and day; each also as forward (or leak) and as left."""
    ended = entries.filter(entries.outcome != "still")
    ended = ended.select("station", "outcome", "next_station", day="days_inside")
    forward = ended.filter(ended.outcome == "forward")
    rows = stacked([
        forward.select("station", "day", destination=forward.next_station.cast("string")),
        ended.select("station", "day", destination="outcome"),
        ended.select("station", "day", destination=ibis.literal("left")),
    ])  # fmt: skip
    return rows.group_by("station", "destination", "day").agg(moved=rows.count())
