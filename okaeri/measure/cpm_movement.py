"""Movement between CPM classes."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.measure.movement import movement
from okaeri.schema.measured.groups import cpm_movement as TABLE


def cpm_movement(earlier_classes: ir.Table, cpm: ir.Table) -> ir.Table:
    """From the class ``rules.compare_days`` before to the class now."""
    earlier = earlier_classes.select("customer_id", "revenue_between", from_class="cpm_before")
    return movement(earlier, cpm.select(now_id="customer_id", to_class="cpm")).select(*TABLE.column_names)
