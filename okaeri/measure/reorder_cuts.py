"""Days from which re-orders are looked back at, and what was known on each."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole

#: Days before ``as_of`` at which chances are learnt. What came within 14 days is known at all, within 30 from the second.
TRAINING = (14, 30, 58, 86)
#: Days before a cut that count: who has not bought a product for so long is not expected to.
HISTORY = 730


def at_cuts(days: ir.Table, cuts: tuple[int, ...]) -> ir.Table:
    """Rows of ``days`` within :data:`HISTORY` before each of the day numbers ``cuts``, as ``cut_day``, with ``ago``."""
    cut = ibis.array([whole(day) for day in cuts]).unnest().cast("int64")
    rows = days.mutate(cut_day=cut)
    rows = rows.mutate(ago=rows.cut_day - rows.order_day)
    return rows.filter(rows.ago > 0, rows.ago <= HISTORY)


def halved(ago: ir.IntegerColumn, days: int) -> ir.FloatingScalar:
    """Sum of 1 per row, worth half after so many ``days``."""
    return (ago.cast("float64") * ibis.literal(-0.6931471805599453 / days, "float64")).exp().sum()
