"""Buyers in behavioural clusters.

Alone among the measures this one asks the engine for small numbers while the query is built (the spread of five
features, and the few thousand occupied cells of a grid over them): centres have to be known before customers can be
given the nearest.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.measure.days import silence
from okaeri.measure.kmeans import kmeans
from okaeri.measure.traits import cluster_names
from okaeri.schema.measured.groups import clusters as TABLE
from okaeri.schema.rules import Rules

FEATURES = ("recency", "frequency", "order_value", "tenure", "variation")
#: Width of a cell and reach of the grid, in standard deviations; features beyond count at the edge.
CELL = 0.5
REACH = 3.0
#: A variation beyond this is as irregular as can be (1 = orders at random).
MOST_VARIATION = 3.0


class Found(NamedTuple):
    """Centres (k, 5) in standard deviations, the best customers' first, with a code and a label each."""

    centres: NDArray[np.float64]
    names: list[tuple[str, str]]


def clusters(customer_history: ir.Table, rhythm: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """k-means over standardised features; each customer belongs to the nearest centre, ties to the better cluster."""
    scored = _scored(_features(customer_history, rhythm, as_of))
    found = _find(scored, rules.cluster_count)
    distances = [
        sum((scored[f"z_{name}"] - float(at)) ** 2 for name, at in zip(FEATURES, centre, strict=True))
        for centre in found.centres
    ]
    rows = scored.mutate(**{f"d{place}": distance for place, distance in enumerate(distances)})
    nearest = ibis.least(*(rows[f"d{place}"] for place in range(len(distances))))
    is_nearest = [rows[f"d{place}"] == nearest for place in range(len(distances))]
    return rows.mutate(
        cluster=ibis.cases(*zip(is_nearest, range(1, len(distances) + 1), strict=True)).cast("int64"),
        cluster_code=ibis.cases(*((here, code) for here, (code, _) in zip(is_nearest, found.names, strict=True))),
        cluster_label=ibis.cases(*((here, label) for here, (_, label) in zip(is_nearest, found.names, strict=True))),
    ).select(*TABLE.column_names)


def _features(customer_history: ir.Table, rhythm: ir.Table, as_of: date) -> ir.Table:
    """The five features of every buyer; the variation of intervals is empty below two intervals."""
    rows = customer_history.inner_join(rhythm.select("interval_variation", rhythm_id="customer_id"),
                                       [("customer_id", "rhythm_id")])  # fmt: skip
    order_value = rows.revenue / rows.order_count
    variation = rows.interval_variation
    return rows.select(
        "customer_id", "revenue",
        recency=(silence(rows, as_of) + 1).log(),
        frequency=rows.order_count.log(),
        order_value=(order_value > 1).ifelse(order_value, 1.0).log(),
        tenure=(rows.last_day - rows.first_day + 1).log(),
        variation=(variation > MOST_VARIATION).ifelse(MOST_VARIATION, variation),
    )  # fmt: skip


def _scored(features: ir.Table) -> ir.Table:
    """Features in standard deviations from their mean, kept within the grid; 0 where unknown or all alike."""
    asked = {f"mean_{name}": features[name].mean() for name in FEATURES}
    asked |= {f"sd_{name}": features[name].std(how="pop") for name in FEATURES}
    spread = features.agg(**asked).to_pyarrow().to_pylist()[0]
    return features.select(
        "customer_id", "revenue",
        **{f"z_{name}": _score(features[name], spread[f"mean_{name}"], spread[f"sd_{name}"]) for name in FEATURES},
    )  # fmt: skip


def _score(value: ir.FloatingColumn, mean: float | None, spread: float | None) -> ir.FloatingColumn:
    if not spread or mean is None or spread < 1e-9:
        return value.fill_null(0.0) * 0.0
    score = ((value - mean) / spread).fill_null(0.0).round(9)
    return (score > REACH).ifelse(REACH, (score < -REACH).ifelse(-REACH, score))


def _find(scored: ir.Table, count: int) -> Found:
    """Centres from the occupied cells of the grid, each weighing its customers."""
    cells = _cells(scored)
    if len(cells) == 0:
        return Found(np.zeros((1, len(FEATURES))), [("average", "平均的")])
    points = np.stack([np.round(cells[f"z_{name}"].to_numpy(), 9) for name in FEATURES], axis=1)
    weights = cells["customers"].to_numpy().astype(float)
    centres = kmeans(points, weights, min(count, len(points)))
    centres = centres[_best_first(points, centres, cells["revenue"].to_numpy(), weights)]
    return Found(centres, cluster_names(centres))


def _cells(scored: ir.Table) -> pa.Table:
    """Occupied cells with their customers, revenue and mean features, in a fixed order."""
    bins = {f"b_{name}": (scored[f"z_{name}"] / CELL).floor().cast("int64") for name in FEATURES}
    means = {f"z_{name}": scored[f"z_{name}"].mean() for name in FEATURES}
    cells = scored.group_by(**bins).agg(customers=scored.count(), revenue=scored.revenue.sum(), **means)
    return cells.order_by(*bins).to_pyarrow()


def _best_first(
    points: NDArray[np.float64],
    centres: NDArray[np.float64],
    revenue: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.intp]:
    """The order of the centres by revenue per customer, falling."""
    nearest = np.square(points[:, None, :] - centres[None, :, :]).sum(axis=2).argmin(axis=1)
    people = np.bincount(nearest, weights, len(centres))
    value = np.bincount(nearest, revenue, len(centres)) / np.maximum(people, 1.0)
    return np.argsort(-value, kind="stable")
