"""Expected value from each station on: the belt as an absorbing semi-Markov chain."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.station_steps import stacked
from okaeri.schema.measured.belt import STATIONS

KINDS = ("revenue", "gross_profit")
NUMBERS = range(1, len(STATIONS) + 1)


def station_values(station_days: ir.Table, rates: ir.Table) -> ir.Table:
    """Seven rows: station; per kind of value stay_, expected_ and onward_.

    A stay's value is the sum over its days of the chance to be still there times the mean spent that day by those
    seen; expected value = stay's + sum over the next stations of chance x expected value there. Leaking is worth
    nothing: returns begin new stays. Stations only lead upwards, so the sum is taken from the last one back. ``rates``
    are those of :func:`okaeri.measure.station_rates.station_rates`.
    """
    row = _stay_values(station_days).cross_join(_chances(rates))
    for station in reversed(NUMBERS):
        row = _with_expected(row, station)
    return stacked(
        row.select(
            station=whole(station),
            **{f"{part}_{kind}": row[f"{part}_{kind}_{station}"]
               for kind in KINDS for part in ("stay", "expected", "onward")},
        )
        for station in NUMBERS
    )  # fmt: skip


def _stay_values(days: ir.Table) -> ir.Table:
    """One row: the value of a stay at each station; gross profit is empty where a cost is unknown anywhere."""
    seen = days.staying.nullif(0)
    known = days.gross_profit.isnull().ifelse(1, 0).sum() == 0
    values = {}
    for station in NUMBERS:
        here = days.station == station
        revenue = (days.survival * days.revenue / seen).sum(where=here).fill_null(0.0)
        profit = (days.survival * days.gross_profit / seen).sum(where=here).fill_null(0.0)
        values[f"stay_revenue_{station}"] = revenue
        values[f"stay_gross_profit_{station}"] = known.ifelse(profit, ibis.null("float64"))
    return days.agg(**values)


def _chances(rates: ir.Table) -> ir.Table:
    """One row: the chance to go from each station to each higher one."""
    return rates.agg(**{
        f"chance_{origin}_{target}": rates.rate.sum(
            where=(rates.station == origin) & (rates.destination == str(target))
        ).fill_null(0.0)
        for origin in NUMBERS for target in NUMBERS if target > origin
    })  # fmt: skip


def _with_expected(row: ir.Table, station: int) -> ir.Table:
    higher = range(station + 1, len(STATIONS) + 1)
    chance: ir.Value = sum((row[f"chance_{station}_{target}"] for target in higher), ibis.literal(0.0, "float64"))
    values = {}
    for kind in KINDS:
        onward: ir.Value = sum(
            (row[f"chance_{station}_{target}"] * row[f"expected_{kind}_{target}"] for target in higher),
            ibis.literal(0.0, "float64"),
        )
        values[f"expected_{kind}_{station}"] = row[f"stay_{kind}_{station}"] + onward
        values[f"onward_{kind}_{station}"] = onward / chance.nullif(0.0)
    return row.mutate(**values)
