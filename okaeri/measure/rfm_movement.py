"""Movement between RFM ranks."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.movement import movement
from okaeri.schema.measured.groups import rfm_movement as TABLE


def rfm_movement(earlier_classes: ir.Table, rfm: ir.Table) -> ir.Table:
    """From the rank ``rules.compare_days`` before to the rank now, both by the fixed bounds."""
    earlier = earlier_classes.select("customer_id", "revenue_between", from_class="rank_before")
    return movement(earlier, rfm.select(now_id="customer_id", to_class="rank")).select(*TABLE.column_names)
