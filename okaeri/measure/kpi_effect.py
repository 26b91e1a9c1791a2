"""Yen of LTV per point of each KPI."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.cuts import ALL
from okaeri.schema.measured.value import EFFECT_KPIS
from okaeri.schema.measured.value import kpi_effect as TABLE

KEYS = ("horizon_days", "value_kind")
POINT = 0.01


def kpi_effect(ltv_parts: ir.Table, ltv_curve: ir.Table) -> ir.Table:
    """Exact derivatives of LTV(h) = sum over k of P(k) v(k), with P(k) = P(2) q(3) ... q(k).

    f2_rate: sum over k >= 2 of P(k) v(k) / P(2). repeat_rate, all q(k) moved together: sum over k >= 3 of
    P(k) v(k) (1/q(3) + ... + 1/q(k)). order_value: LTV itself per 100 percent. Each times one point or percent.
    """
    sums = _sums(ltv_parts)
    known = (sums.unknown == 0).ifelse(1.0, ibis.null("float64"))
    figures = {
        "f2_rate": (sums.second, sums.from_second / sums.second.nullif(0.0)),
        "repeat_rate": (sums.reach_later / sums.reach_before_later.nullif(0.0), sums.later_weighted),
        "order_value": (known * sums.ltv / sums.reach, sums.ltv),
    }
    rows = [
        ibis.struct({"kpi": ibis.literal(kpi), "level": level, "effect": known * slope * POINT})
        for kpi, (level, slope) in ((kpi, figures[kpi]) for kpi in EFFECT_KPIS)
    ]
    long = sums.select(*KEYS, "n", ltv=known * sums.ltv, at=ibis.array(rows).unnest())
    named = long.select(*KEYS, "n", "ltv", **{name: long.at[name] for name in ("kpi", "level", "effect")})
    joined = named.left_join(_curve(ltv_curve), [(key, f"{key}_of") for key in KEYS])
    return joined.mutate(difference=joined.ltv_curve - joined.ltv).select(*TABLE.column_names)


def _sums(ltv_parts: ir.Table) -> ir.Table:
    """What the derivatives are made of, per horizon and value kind."""
    later = ltv_parts.order_no >= 3
    line = ibis.cumulative_window(group_by=[ltv_parts[key] for key in KEYS], order_by=ltv_parts.order_no)
    steps = ltv_parts.mutate(
        later=later,
        inverse_steps=later.ifelse(1.0 / ltv_parts.step_rate, 0.0).sum().over(line),
        contribution=ltv_parts.contribution.fill_null(0.0),
        unknown=ltv_parts.contribution.isnull().ifelse(1, 0),
    )
    return steps.group_by(*KEYS).agg(
        n=steps.n.max(),
        unknown=steps.unknown.sum(),
        ltv=steps.contribution.sum(),
        reach=steps.reach_rate.sum(),
        second=(steps.order_no == 2).ifelse(steps.reach_rate, 0.0).sum(),
        from_second=(steps.order_no >= 2).ifelse(steps.contribution, 0.0).sum(),
        reach_later=steps.later.ifelse(steps.reach_rate, 0.0).sum(),
        reach_before_later=steps.later.ifelse(steps.reach_rate / steps.step_rate, 0.0).sum(),
        later_weighted=(steps.contribution * steps.inverse_steps).sum(),
    )


def _curve(ltv_curve: ir.Table) -> ir.Table:
    curve = ltv_curve.filter(ltv_curve.dimension == ALL)
    return curve.select(horizon_days_of="age_days", value_kind_of="value_kind", ltv_curve="ltv")
