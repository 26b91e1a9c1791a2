"""What is known of a customer and a product at a cut: the features of the chance to buy it again."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.reorder_cuts import at_cuts, halved
from okaeri.measure.reorder_hazard import EVERY, LAST_WEEK
from okaeri.measure.stock_at_home import PRIOR_GAPS
from okaeri.schema.measured.reordering import HORIZONS

PAIR = ("cut_day", "customer_no", "product_no")
#: What is added before a logarithm is taken: sums worth less are as good as none.
FAINT = 0.02
#: Where neither the product nor all products tell of a chance.
NO_HAZARD = 0.001


def pair_features(days: ir.Table, visits: ir.Table, hazards: ir.Table, cuts: tuple[int, ...]) -> ir.Table:
    """One row per cut, customer and product: ``schema.measured.reordering.FEATURES``, the ``offset`` of each horizon,
    ``usual_days``, ``next_day`` (the first purchase at or after the cut), and the counts they come from.

    ``days`` is reorder_days or some of its pairs, ``visits`` has ``customer_no`` and ``order_day``, ``hazards`` is
    reorder_hazard.
    """
    rows = _with_hazard(_pairs(days, cuts), hazards)
    rows = rows.inner_join(_customers(visits, cuts), ["cut_day", "customer_no"])
    quiet = rows.visit_ago.cast("float64").ln()
    since = rows.last_ago.cast("float64").ln()
    return rows.mutate(
        **{f"fresh_{days}": (rows[f"sum_{days}"] + FAINT).ln() for days in (14, 45, 150)},
        **{f"offset_{days}": log_odds(rows[f"hazard_{days}"]) for days in HORIZONS},
        **{f"visits_{days}": (rows[f"visit_sum_{days}"] + 0.05).ln() for days in (14, 45)},
        days_since=since,
        known_days=rows.first_ago.cast("float64").ln(),
        visit_days_since=quiet,
        missed=since - quiet,
        due=(since - rows.usual_days.ln()).fill_null(0.0),
        hazard=log_odds(rows.hazard_14),
    )


def log_odds(chance: ir.FloatingValue) -> ir.FloatingValue:
    """ln(p / (1 - p))."""
    return (chance / (1.0 - chance)).ln()


def _pairs(days: ir.Table, cuts: tuple[int, ...]) -> ir.Table:
    """Sums per cut, customer and product."""
    rows = at_cuts(days, cuts)
    sums = rows.group_by(*PAIR).agg(
        **{f"sum_{days}": halved(rows.ago, days) for days in (14, 45, 150)},
        order_count=rows.count(),
        last_ago=rows.ago.min(),
        first_ago=rows.ago.max(),
        pieces=rows.quantity.argmax(rows.order_day),
        next_day=rows.next_day.min(where=rows.next_day >= rows.cut_day),
        log_use=rows.log_use_days.sum().fill_null(0.0),
        uses=rows.log_use_days.count(),
        start_days=rows.start_days.max(),
    )
    per_piece = ((sums.log_use + PRIOR_GAPS * sums.start_days.ln()) / (sums.uses + PRIOR_GAPS)).exp()
    # To a tenth of a day, as sums of logarithms differ in the last bit; never nought, as its logarithm is taken.
    usual = ibis.greatest((sums.pieces * per_piece * 10.0 + 0.5).floor().cast("float64") / 10.0, 0.1)
    return sums.mutate(
        usual_days=sums.start_days.isnull().ifelse(ibis.null("float64"), usual),
        is_repeat=sums.order_count > 1,
        week=ibis.least((sums.last_ago / 7).floor().cast("int64"), whole(LAST_WEEK)),
    )


def _with_hazard(pairs: ir.Table, hazards: ir.Table) -> ir.Table:
    """Add the product's figures at the days elapsed; those of all products where it has none."""
    figures = ("hazard_14", "hazard_30", "trend", "repeat_share")
    cell = ("cut_day", "is_repeat", "week")
    own = hazards.select(*cell, "product_no", **{f"own_{name}": hazards[name] for name in figures})
    every = hazards.filter(hazards.product_no == EVERY)
    every = every.select(*cell, **{f"every_{name}": every[name] for name in figures})
    rows = pairs.left_join(own, [*cell, "product_no"]).select(pairs, *(f"own_{name}" for name in figures))
    rows = rows.left_join(every, cell).select(rows, *(f"every_{name}" for name in figures))
    unknown = {"hazard_14": NO_HAZARD, "hazard_30": NO_HAZARD, "trend": 0.0, "repeat_share": 0.0}
    return rows.mutate(**{
        name: ibis.coalesce(rows[f"own_{name}"], rows[f"every_{name}"], ibis.literal(unknown[name], "float64"))
        for name in figures
    })  # fmt: skip


def _customers(visits: ir.Table, cuts: tuple[int, ...]) -> ir.Table:
    """Per cut and customer: days since the last order and decayed days with an order."""
    rows = at_cuts(visits, cuts)
    return rows.group_by("cut_day", "customer_no").agg(
        visit_ago=rows.ago.min(), **{f"visit_sum_{days}": halved(rows.ago, days) for days in (14, 45)}
    )
