"""The chance of each product to be bought again, by weeks since the last purchase.

Actuarial hazard: of the purchases still without a next one at the start of a week (those observed for a part of it count
half), the share that got one in it. A product's is drawn to that of all products by :data:`PRIOR` weeks of it. The last
week stands for all later ones: there it is purchases per week waited.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import whole
from okaeri.measure.reorder_cuts import TRAINING, at_cuts, halved
from okaeri.measure.sample import one_in
from okaeri.schema.measured.reordering import reorder_hazard as TABLE

LAST_WEEK = 26
#: Weeks waited by which all products count beside one.
PRIOR = 10.0
#: Rows from which only an even part of the customers is looked at.
MOST_ROWS = 5_000_000
#: A chance per week stays within this of 0 and of 1.
LEAST = 1e-6
CELL = ("cut_day", "product_no", "is_repeat")
EVERY = 0


def reorder_hazard(reorder_days: ir.Table, *, as_of: date) -> ir.Table:
    """Per cut, product (0: all) and kind of purchase: chances by week, and the product's trend and repeats."""
    cuts = tuple(day_number(as_of) - before for before in (0, *TRAINING))
    rows = at_cuts(_even_part(reorder_days), cuts)
    hazards = _chances(_shrunk(_at_risk(_gaps(rows))))
    return hazards.inner_join(_facts(rows), ["cut_day", "product_no"]).select(*TABLE.column_names)


def _even_part(days: ir.Table) -> ir.Table:
    """Every so-many-eth customer, where there are too many rows."""
    rows = days.cross_join(days.agg(rows=days.count()))
    return rows.filter(rows.customer_no % one_in(rows.rows, MOST_ROWS) == 0).drop("rows")


def _with_all(rows: ir.Table) -> ir.Table:
    """``rows``, and once more as rows of all products."""
    return ibis.union(rows, rows.mutate(product_no=whole(EVERY)))


def _gaps(rows: ir.Table) -> ir.Table:
    """Waits by the week they ended in, or are in: how many ended, how many are open, and weeks after the last."""
    came = (rows.next_day < rows.cut_day).fill_null(False)
    days = came.ifelse(rows.next_day - rows.order_day, rows.ago)
    waits = rows.mutate(came=came, weeks=(days / 7).floor().cast("int64"))
    waits = waits.mutate(week=ibis.least(waits.weeks, whole(LAST_WEEK)))
    counts = waits.group_by(*CELL, "week").agg(
        ended=waits.count(where=waits.came),
        open=waits.count(where=~waits.came),
        beyond=(waits.weeks - waits.week).sum(),
    )
    both = _with_all(counts)
    return both.group_by(*CELL, "week").agg(**{name: both[name].sum() for name in ("ended", "open", "beyond")})


def _at_risk(gaps: ir.Table) -> ir.Table:
    """Every week of every product: those bought again in it, and weeks waited."""
    cells = (
        gaps.select(*CELL).distinct().mutate(week=ibis.array([whole(week) for week in range(LAST_WEEK + 1)]).unnest())
    )
    rows = cells.left_join(gaps, [*CELL, "week"]).select(
        *CELL, "week", **{name: gaps[name].fill_null(0) for name in ("ended", "open", "beyond")}
    )
    later = ibis.cumulative_window(group_by=[rows[name] for name in CELL], order_by=rows.week.desc())
    waiting = (rows.ended + rows.open).sum().over(later)
    return rows.mutate(risk=(waiting + rows.beyond).cast("float64") - rows.open * 0.5)


def _shrunk(risks: ir.Table) -> ir.Table:
    every = risks.filter(risks.product_no == EVERY)
    usual = every.select("cut_day", "is_repeat", "week", usual=(every.ended / every.risk.nullif(0.0)).fill_null(0.0))
    rows = risks.inner_join(usual, ["cut_day", "is_repeat", "week"])
    hazard = (rows.ended + PRIOR * rows.usual) / (rows.risk + PRIOR)
    return rows.mutate(hazard=ibis.least(ibis.greatest(hazard, LEAST), 1 - LEAST))


def _chances(rows: ir.Table) -> ir.Table:
    """Within 14 and 30 days: 2 weeks, and 4 and two sevenths; the last week's hazard goes on."""
    line = ibis.window(group_by=[rows[name] for name in CELL], order_by=rows.week)
    stays = [(1.0 - rows.hazard).ln()]
    for ahead in range(1, 5):
        stays.append(ibis.coalesce((1.0 - rows.hazard.lead(ahead).over(line)).ln(), stays[-1]))
    rows = rows.mutate(**{f"stay_{ahead}": stay for ahead, stay in enumerate(stays)})
    fortnight = rows.stay_0 + rows.stay_1
    return rows.mutate(
        hazard_14=1.0 - fortnight.exp(),
        hazard_30=1.0 - (fortnight + rows.stay_2 + rows.stay_3 + rows.stay_4 * (2 / 7)).exp(),
    )


def _facts(rows: ir.Table) -> ir.Table:
    """Per cut and product: trend and share of repeats."""
    sums = rows.group_by("cut_day", "product_no").agg(
        lately=halved(rows.ago, 14),
        longer=halved(rows.ago, 90),
        n=rows.count(),
        repeats=rows.count(where=rows.is_repeat),
    )
    both = _with_all(sums)
    own = both.group_by("cut_day", "product_no").agg(
        **{name: both[name].sum() for name in ("lately", "longer", "n", "repeats")}
    )
    return own.select(
        "cut_day", "product_no",
        trend=((own.lately + 1.0) / (own.longer * (14 / 90) + 1.0)).ln(),
        repeat_share=(own.repeats / own.n + 0.02).ln(),
    )  # fmt: skip
