"""Movement between CPM classes."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from okaeri.measure.cpm import cpm_class
from okaeri.measure.movement import movement
from okaeri.schema.measured.groups import cpm_movement as TABLE
from okaeri.schema.measured.segments import NOT_YET
from okaeri.schema.rules import Rules


def cpm_movement(earlier_history: ir.Table, cpm: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """From the class ``rules.compare_days`` before ``as_of`` to the class at ``as_of``."""
    then = as_of - timedelta(days=rules.compare_days)
    known = earlier_history.order_count > 0
    earlier = earlier_history.select(
        "customer_id", "revenue_between", from_class=known.ifelse(cpm_class(earlier_history, then, rules), NOT_YET)
    )
    return movement(earlier, cpm.select(now_id="customer_id", to_class="cpm")).select(*TABLE.column_names)
