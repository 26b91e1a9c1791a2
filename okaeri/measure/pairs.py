"""Two products as one number, and what is known of a pair from both sides.

Engines group by one number faster, and in less memory, than by two.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole

#: Room for the second product of a pair; the square stays a whole number as a double, too.
APART = 10_000_000


def as_pair(one: ir.IntegerColumn, other: ir.IntegerColumn) -> ir.IntegerColumn:
    """The number of a pair of product numbers."""
    return one * whole(APART) + other


def first_of(pair: ir.IntegerColumn) -> ir.IntegerColumn:
    """The first product number of :func:`as_pair`."""
    return (pair / APART).floor().cast("int64")


def second_of(pair: ir.IntegerColumn) -> ir.IntegerColumn:
    """The second product number of :func:`as_pair`."""
    return pair % whole(APART)


def both_sides(pairs: ir.Table, *sides: tuple[str, str]) -> ir.Table:
    """Each row, and the same with the two columns of each of ``sides`` exchanged.

    A union would have an engine work out the pairs twice.
    """
    rows = pairs.mutate(turned=ibis.array([False, True]).unnest())
    told = {
        name: rows.turned.ifelse(rows[other], rows[name])
        for one, two in sides for name, other in ((one, two), (two, one))
    }  # fmt: skip
    return rows.mutate(**told).drop("turned")
