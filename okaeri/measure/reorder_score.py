"""The chance to buy again, scored in SQL from the long table of weights.

The weights become one row beside which every pair stands; the score is one expression of its columns. Terms are those of
:mod:`okaeri.schema.measured.reordering`: a feature within its first and last knot, what it has over each knot between,
and products of two features.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from operator import add

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.reordering import CROSSED, FEATURES, HINGES, HORIZONS, MOST_LOG_ODDS, crossed, over

NAMES = tuple(feature.name for feature in FEATURES)
PAIRS = tuple(combinations(CROSSED, 2))


def chances(rows: ir.Table, weights: ir.Table) -> ir.Table:
    """``rows`` with features and offsets, and ``reorder_chance_14`` and ``_30`` by the ``weights`` of each term."""
    beside = rows.cross_join(_one_row(weights))
    inside = beside.mutate(**{
        f"inside_{name}_{days}": _within(beside, name, days) for name in NAMES for days in HORIZONS
    })  # fmt: skip
    scored = inside.mutate(**{f"score_{days}": _score(inside, days) for days in HORIZONS})
    told = scored.mutate(**{f"reorder_chance_{days}": _chance(scored[f"score_{days}"]) for days in HORIZONS})
    # Two models: what is bought within 14 days is bought within 30.
    return told.mutate(reorder_chance_30=ibis.greatest(told.reorder_chance_14, told.reorder_chance_30))


def _one_row(weights: ir.Table) -> ir.Table:
    """Weights and knots as columns: w_<days>_<place of the term>, k_<days>_<place>."""
    columns: dict[str, ir.Value] = {}
    for days in HORIZONS:
        mine = weights.horizon_days == days
        for term in ("intercept", *_terms()):
            columns[_column("w", days, term)] = weights.weight.sum(where=mine & (weights.term == term)).fill_null(0.0)
        for term in _knotted():
            columns[_column("k", days, term)] = weights.knot.sum(where=mine & (weights.term == term)).fill_null(0.0)
    return weights.agg(**columns)


def _knotted() -> tuple[str, ...]:
    return tuple(over(name, place) for name in NAMES for place in range(HINGES + 2))


def _terms() -> tuple[str, ...]:
    hinges = tuple(over(name, place) for name in NAMES for place in range(HINGES + 1))
    return (*hinges, *(crossed(*pair) for pair in PAIRS))


def _column(kind: str, days: int, term: str) -> str:
    return f"{kind}_{days}_{term.replace(' ', '_')}"


def _within(rows: ir.Table, name: str, days: int) -> ir.FloatingColumn:
    low, high = rows[_column("k", days, name)], rows[_column("k", days, over(name, HINGES + 1))]
    return ibis.least(ibis.greatest(rows[name], low), high)


def _score(rows: ir.Table, days: int) -> ir.FloatingColumn:
    """Offset, intercept, and every term times its weight."""
    parts = [rows[f"offset_{days}"] + rows[_column("w", days, "intercept")]]
    for name in NAMES:
        inside = rows[f"inside_{name}_{days}"]
        parts.append(rows[_column("w", days, name)] * inside)
        for place in range(1, HINGES + 1):
            above = ibis.greatest(inside - rows[_column("k", days, over(name, place))], 0.0)
            parts.append(rows[_column("w", days, over(name, place))] * above)
    for one, other in PAIRS:
        both = rows[f"inside_{one}_{days}"] * rows[f"inside_{other}_{days}"]
        parts.append(rows[_column("w", days, crossed(one, other))] * both)
    return reduce(add, parts)


def _chance(score: ir.FloatingColumn) -> ir.FloatingColumn:
    kept = ibis.least(ibis.greatest(score, -MOST_LOG_ODDS), MOST_LOG_ODDS)
    return 1.0 / (1.0 + (-kept).exp())
