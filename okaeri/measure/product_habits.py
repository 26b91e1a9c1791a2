"""How popular each product is, how many buy it again, and when."""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.recommending import DAY_BOUNDS, VISIT_BOUNDS, hazard_columns
from okaeri.schema.measured.recommending import product_habits as TABLE

#: By how much a purchase counts less per visit of the same customer since.
RECENT = 0.7
#: Lags a product's hazard starts with from the hazard of all products.
PRIOR_LAGS = 8.0


def product_habits(past_lines: ir.Table) -> ir.Table:
    """One row per snapshot and product bought by then."""
    gaps = _gaps(past_lines)
    rows = gaps.group_by("snapshot", "product_no").agg(**_popularity(gaps), **_returns(gaps))
    return _shrunk(rows).select(*TABLE.column_names)


def _gaps(lines: ir.Table) -> ir.Table:
    """Each purchase with the visits and days until the same customer bought the product again, or until now.

    ``came`` tells which; a purchase counts for ``buyers`` and ``rebuyers`` at the customer's first and second of it.
    """
    line = ibis.window(group_by=(lines.snapshot, lines.customer_no, lines.product_no), order_by=lines.visits_ago.desc())
    rows = lines.mutate(
        place=ibis.row_number().over(line), next_ago=lines.visits_ago.lead().over(line),
        next_days_ago=lines.days_ago.lead().over(line),
    )  # fmt: skip
    came = rows.next_ago.notnull()
    return rows.mutate(
        came=came,
        visit_lag=came.ifelse(rows.visits_ago - rows.next_ago, rows.visits_ago + 1),
        day_lag=came.ifelse(rows.days_ago - rows.next_days_ago, rows.days_ago),
    )


def _popularity(gaps: ir.Table) -> dict[str, ir.Value]:
    recent = (gaps.visits_ago.cast("float64") * math.log(RECENT)).exp()
    return {
        "bought_count": gaps.count(),
        "buyer_count": gaps.count(where=gaps.place == 0),
        "rebuyer_count": gaps.count(where=gaps.place == 1),
        "recent_count": recent.sum(),
        "last_visit_count": gaps.count(where=gaps.visits_ago == 0),
        "log_visit_size": gaps.visit_size.cast("float64").ln().mean(),
        "gap_count": gaps.count(where=gaps.came),
        "gap_visits": gaps.visit_lag.sum(where=gaps.came).fill_null(0),
        "gap_days": gaps.day_lag.sum(where=gaps.came).fill_null(0),
    }


def _returns(gaps: ir.Table) -> dict[str, ir.Value]:
    """Per bucket of a clock: lags that ended in it with a purchase, and lags that reached it."""
    counts: dict[str, ir.Value] = {}
    for clock, lag, bounds in (("visit", gaps.visit_lag, VISIT_BOUNDS), ("day", gaps.day_lag, DAY_BOUNDS)):
        for number, first in enumerate(bounds):
            inside = lag >= first
            if number + 1 < len(bounds):
                inside &= lag < bounds[number + 1]
            counts[f"came_{clock}_{number}"] = gaps.count(where=gaps.came & inside)
            counts[f"risk_{clock}_{number}"] = gaps.count(where=lag >= first)
    return counts


def _shrunk(rows: ir.Table) -> ir.Table:
    """Hazards drawn to those of all products of the snapshot, mean gaps likewise (as if seen twice more)."""
    everything = ibis.window(group_by=rows.snapshot)
    hazards = {}
    for name in hazard_columns():
        place = name.removeprefix("hazard_")
        came, risk = rows[f"came_{place}"], rows[f"risk_{place}"]
        usual = came.sum().over(everything) / ibis.greatest(risk.sum().over(everything), 1)
        hazards[name] = (came + PRIOR_LAGS * usual) / (risk + PRIOR_LAGS)
    gaps = ibis.greatest(rows.gap_count.sum().over(everything), 1)
    usual_visits = rows.gap_visits.sum().over(everything) / gaps
    usual_days = rows.gap_days.sum().over(everything) / gaps
    return rows.mutate(
        **hazards,
        usual_visits=(rows.gap_visits + 2.0 * usual_visits) / (rows.gap_count + 2.0),
        usual_days=(rows.gap_days + 2.0 * usual_days) / (rows.gap_count + 2.0),
        rebuy_rate=rows.rebuyer_count / rows.buyer_count,
    )
