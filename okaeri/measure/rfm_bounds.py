"""Bounds of RFM in force, and those the shop's own data suggest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.schema.measured.groups import rfm_bounds as TABLE
from okaeri.schema.rules import Rules

#: Table column of each axis, and the steps its bounds belong to in the order in which the bounds rise.
AXES = {
    "recency": ("recency_days", (5, 4, 3, 2)),
    "frequency": ("order_count", (2, 3, 4, 5)),
    "value": ("revenue", (2, 3, 4, 5)),
}
PARTS = (0.2, 0.4, 0.6, 0.8)


def rfm_bounds(rfm: ir.Table, *, rules: Rules) -> ir.Table:
    """The fifths of the shop's own data, rounded to two digits and kept apart by at least 1."""
    parts = [part for axis in AXES for part in _axis(rfm, axis, rules)]
    return reduce(lambda rows, part: rows.union(part), parts).select(*TABLE.column_names)


def _axis(rfm: ir.Table, axis: str, rules: Rules) -> Iterator[ir.Table]:
    name, steps = AXES[axis]
    row = rfm.agg(**{f"q{place}": rfm[name].cast("float64").quantile(part) for place, part in enumerate(PARTS)})
    row = row.mutate(s0=_at_least(readable(row.q0), 2.0 if axis == "frequency" else 1.0))
    for place in range(1, len(PARTS)):
        row = row.mutate(**{f"s{place}": _at_least(readable(row[f"q{place}"]), row[f"s{place - 1}"] + 1)})
    for place, bound in enumerate(getattr(rules, f"rfm_{axis}")):
        yield row.select(
            axis=ibis.literal(axis), step=whole(steps[place]), in_force=whole(bound).cast("float64"),
            quantile=row[f"q{place}"], suggested=row[f"s{place}"],
        )  # fmt: skip


def readable(value: ir.FloatingColumn) -> ir.FloatingColumn:
    """``value`` rounded to two digits (13, 570, 24000), never below whole numbers; 0 if not positive.

    The tiny addend keeps exact powers of ten on their side in every engine's logarithm.
    """
    size = (value > 0).ifelse(value, 1.0)
    power = (size.log10() + 1e-9).floor().cast("float64")
    unit = (power < 1).ifelse(1.0, ibis.literal(10.0, "float64") ** (power - 1.0))
    return (value > 0).ifelse((size / unit + 0.5).floor() * unit, 0.0)


def _at_least(value: ir.FloatingColumn, least: ir.FloatingColumn | float) -> ir.FloatingColumn:
    return (value < least).ifelse(least, value)
