"""What offering everybody their best step up is expected to bring."""

from __future__ import annotations

import ibis.expr.types as ir


def step_up_summary(step_up: ir.Table) -> ir.Table:
    """The best step of every customer, summed by product and step."""
    best = step_up.filter(step_up["rank"] == 1)
    return best.group_by("product_id", "next_product_id", "step").agg(
        customers=best.count(),
        take_chance=best.take_chance.mean(),
        expected_extra_value=best.expected_extra_value.sum(),
    )
