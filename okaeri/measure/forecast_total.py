"""The forecast of all customers together, period by period."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.value_sums import Z
from okaeri.schema.measured.changes import forecast_total as TABLE


def forecast_total(forecast: ir.Table, forecast_level: ir.Table) -> ir.Table:
    """Sums over the years of winning. What moves the whole shop moves all of them at once, chance does not:

    variance = sum of (variance - common part) + (level_error x whole)^2
    """
    level = forecast_level.filter(forecast_level.target == "revenue")
    rows = forecast.cross_join(level.agg(level=level.level_error.max()))
    rows = rows.mutate(level=rows.level.fill_null(0.0))
    sd = (rows.high_80 - rows.expected_revenue) / Z[80]
    common = rows.level * rows.expected_revenue
    rows = rows.mutate(own=ibis.greatest(sd * sd - common * common, 0.0))
    sums = rows.group_by("period_no").agg(
        first_on=rows.first_on.min(), last_on=rows.last_on.max(), expected_orders=rows.expected_orders.sum(),
        expected_revenue=rows.expected_revenue.sum(), chance_sd=rows.own.sum().sqrt(), level=rows.level.max(),
    )  # fmt: skip
    common = sums.level * sums.expected_revenue
    sums = sums.mutate(sd=(sums.chance_sd * sums.chance_sd + common * common).sqrt())
    bounds = {f"high_{share}": sums.expected_revenue + z * sums.sd for share, z in Z.items()}
    bounds |= {f"low_{share}": ibis.greatest(sums.expected_revenue - z * sums.sd, 0.0) for share, z in Z.items()}
    return sums.mutate(**bounds).select(*TABLE.column_names)
