"""Customers' values added up, with the interval of the total."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.lib.normal import Z80, Z95

Z = {80: Z80, 95: Z95}


def value_sums(customer_value: ir.Table, forecast_level: ir.Table, by: str) -> ir.Table:
    """Sums by a column of customer_value, the columns of ``prospects.sums``.

    Customers differ independently of each other, so their variances add up; that the shop as a whole may come out
    higher or lower than forecast (season, drift) is told by earlier forecasts and does not average out.
    """
    rows = customer_value.group_by(by).agg(
        customer_count=customer_value.count(),
        past_value=customer_value.past_value.sum(),
        expected_orders=customer_value.expected_orders.sum(),
        residual_value=customer_value.residual_value.sum(),
        variance=(customer_value.residual_sd * customer_value.residual_sd).sum(),
        gross_profit=(customer_value.past_gross_profit + customer_value.residual_gross_profit).mean(),
    )
    level = forecast_level.filter(forecast_level.target == "revenue")
    level = level.agg(level_error=level.level_error.max())
    rows = rows.cross_join(level)
    off = rows.residual_value * rows.level_error.fill_null(0.0)
    rows = rows.mutate(sd=(rows.variance + off * off).sqrt())
    bounds = {f"high_{share}": rows.residual_value + z * rows.sd for share, z in Z.items()}
    bounds |= {f"low_{share}": _not_below(rows.residual_value - z * rows.sd) for share, z in Z.items()}
    lifetime = rows.past_value + rows.residual_value
    return rows.mutate(**bounds, lifetime_value=lifetime, mean_lifetime_value=lifetime / rows.customer_count)


def _not_below(value: ir.FloatingColumn) -> ir.FloatingColumn:
    return (value < 0).ifelse(ibis.literal(0.0), value)
