"""Small whole numbers for names: what makes pairs out of a hundred million lines fit in memory."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole


def numbered(rows: ir.Table, name: str, number: str) -> ir.Table:
    """The distinct values of column ``name``, numbered from 1 in their order."""
    names = rows.select(name).distinct()
    return names.mutate(**{number: ibis.row_number().over(order_by=names[name]) + whole(1)})
