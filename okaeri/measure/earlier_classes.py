"""The classes each buyer was in some time ago."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from okaeri.measure.cpm import cpm_class
from okaeri.measure.days import silence
from okaeri.measure.rfm import rfm_rank, rfm_steps
from okaeri.schema.measured.groups import earlier_classes as TABLE
from okaeri.schema.measured.segments import NOT_YET
from okaeri.schema.rules import Rules


def earlier_classes(earlier_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """CPM class and RFM rank by the fixed bounds, ``rules.compare_days`` before ``as_of``."""
    then = as_of - timedelta(days=rules.compare_days)
    past = earlier_history.mutate(recency_days=silence(earlier_history, then))
    steps, known = rfm_steps(past, rules), past.order_count > 0
    return past.mutate(
        cpm_before=known.ifelse(cpm_class(past, then, rules), NOT_YET),
        rank_before=known.ifelse(rfm_rank(steps["r"] + steps["f"] + steps["m"]), NOT_YET),
    ).select(*TABLE.column_names)
