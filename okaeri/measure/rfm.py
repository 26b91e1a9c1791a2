"""Recency, frequency and value of each buyer in five steps each."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import in_bounds, sen
from okaeri.measure.days import silence
from okaeri.schema.measured.groups import rfm as TABLE
from okaeri.schema.rules import Rules

STEPS = 5
#: Least r + f + m of ranks D, C, B, A; below is E.
RANK_BOUNDS = (5, 8, 11, 13)


def rfm(customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Steps by the fixed bounds in ``rules``, which make months comparable, and by fifths, which always fill."""
    past = customer_history.select(
        "customer_id", "order_count", "revenue", recency_days=silence(customer_history, as_of)
    )
    rows = past.mutate(**rfm_steps(past, rules), revenue_key=sen(past.revenue))
    rows = rows.mutate(
        rank=rfm_rank(rows.r + rows.f + rows.m),
        r_quantile=fifth(rows.recency_days.desc(), rows.customer_id),
        f_quantile=fifth(rows.order_count, rows.customer_id),
        m_quantile=fifth(rows.revenue_key, rows.customer_id),
    )
    return rows.select(*TABLE.column_names)


def rfm_steps(past: ir.Table, rules: Rules) -> dict[str, ir.IntegerColumn]:
    """r, f and m, each 1 to 5, of a table with recency_days, order_count and revenue."""
    return {
        "r": (STEPS - in_bounds(past.recency_days, rules.rfm_recency)).cast("int64"),
        "f": 1 + in_bounds(past.order_count, rules.rfm_frequency),
        "m": 1 + in_bounds(sen(past.revenue), rules.rfm_value),
    }


def rfm_rank(total: ir.IntegerColumn) -> ir.StringColumn:
    """A to E by the sum of the three steps."""
    ranks = zip(reversed(RANK_BOUNDS), "ABCD", strict=True)
    return ibis.cases(*((total >= bound, rank) for bound, rank in ranks), else_="E")


def fifth(first: ir.Value, then: ir.Value) -> ir.IntegerColumn:
    """Which fifth in that order, from 1."""
    return (ibis.ntile(STEPS).over(ibis.window(order_by=(first, then))) + 1).cast("int64")
