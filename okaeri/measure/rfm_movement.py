"""Movement between RFM ranks."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from okaeri.measure.days import silence
from okaeri.measure.movement import movement
from okaeri.measure.rfm import rfm_rank, rfm_steps
from okaeri.schema.measured.groups import rfm_movement as TABLE
from okaeri.schema.measured.segments import NOT_YET
from okaeri.schema.rules import Rules


def rfm_movement(earlier_history: ir.Table, rfm: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """From the rank ``rules.compare_days`` before ``as_of`` to the rank at ``as_of``, by the fixed bounds."""
    then = as_of - timedelta(days=rules.compare_days)
    past = earlier_history.mutate(recency_days=silence(earlier_history, then))
    steps = rfm_steps(past, rules)
    rank = (past.order_count > 0).ifelse(rfm_rank(steps["r"] + steps["f"] + steps["m"]), NOT_YET)
    earlier = past.select("customer_id", "revenue_between", from_class=rank)
    return movement(earlier, rfm.select(now_id="customer_id", to_class="rank")).select(*TABLE.column_names)
