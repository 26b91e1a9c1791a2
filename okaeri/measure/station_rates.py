"""What the incidence curves of the stations come to: rates with intervals, and median days."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.intervals import wilson


def station_rates(station_incidence: ir.Table) -> ir.Table:
    """One row per station and destination: moved_count, rate, rate_low, rate_high, median_days, median_stay.

    The interval is Wilson's with the effective number of stays ``rate (1 - rate) / variance``: the variance is that of
    a cumulative incidence under censoring (Marubini, Valsecchi 1995, formula 10.12), and the number is plainly the
    number of stays where none is censored. ``median_days`` is the day by which half of those who ever go this way have
    gone; ``median_stay`` the day by which half of all have, empty where fewer do.
    """
    way = ibis.window(group_by=(station_incidence.station, station_incidence.destination))
    rows = station_incidence.mutate(rate=station_incidence.incidence.max().over(way))
    half = rows.incidence >= rows.rate / 2 - 1e-12
    sums = rows.mutate(part=_variance_part(rows)).group_by("station", "destination").agg(
        moved_count=rows.moved_count.sum(),
        left_count=rows.left_count.sum(),
        rate=rows.rate.max(),
        variance=lambda t: t.part.sum(),
        median_days=rows.day.min(where=half),
        median_stay=rows.day.min(where=rows.incidence >= 0.5 - 1e-12),
    )  # fmt: skip
    spread = sums.rate * (1 - sums.rate)
    sure = (sums.variance > 1e-15) & (spread > 1e-12)
    sums = sums.mutate(weight=sure.ifelse(spread / sums.variance.nullif(0.0), sums.left_count.cast("float64")))
    low, high = wilson(sums.rate * sums.weight, sums.weight)
    return sums.mutate(rate_low=low, rate_high=high).drop("variance", "weight", "left_count")


def _variance_part(rows: ir.Table) -> ir.FloatingColumn:
    """One day's part of the variance of the final incidence."""
    n, left, moved = (rows[name].cast("float64") for name in ("at_risk", "left_count", "moved_count"))
    ahead = rows.rate - rows.incidence
    leaving = (ahead**2 * left / (n * (n - left)).nullif(0.0)).fill_null(0.0)
    going = rows.survival_before**2 * moved * (n - moved) / n**3
    both = 2 * ahead * rows.survival_before * moved / n**2
    return leaving + going - both
