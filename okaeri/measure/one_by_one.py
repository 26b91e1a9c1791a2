"""What customers are expected to buy one by one: predictions of their histories, weighed with the same again."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.reduction import reduced, spend_bin
from okaeri.measure.same_again import same_again_each
from okaeri.schema.measured.prospects import HISTORY
from okaeri.schema.rules import Rules

KEY = [column.name for column in HISTORY]
#: What moves in proportion when the revenue expected is another than the model's.
IN_PROPORTION = ("residual_value", "residual_sd", "low_80", "high_80", "low_95", "high_95")


def one_by_one(
    order_days: ir.Table, value_predictions: ir.Table, forecast_level: ir.Table, as_of: date, rules: Rules
) -> ir.Table:
    """Columns of ``value_predictions`` per customer with an order (``reduced_id``), and the ``method``.

    Orders and revenue are the model's share at the shop's level, tilted to those whose orders are dear or cheap, and the
    rest what the customer did in as long a time before, as ``forecast_level`` says. expected_orders times
    expected_order_value stays the revenue expected.
    """
    end, reach = day_number(as_of), round(rules.forecast_weeks * 7)
    histories = reduced(order_days, end).rename(reduced_id="customer_id")
    histories = histories.mutate(spend_bin=spend_bin(histories.spend)).drop("spend")
    rows = histories.left_join(value_predictions.rename({f"p_{name}": name for name in KEY}),
                               [(name, f"p_{name}") for name in KEY])  # fmt: skip
    rows = rows.left_join(same_again_each(order_days, end, reach), [("reduced_id", "again_id")])
    return _weighed(rows.cross_join(_ways(forecast_level)))


def _ways(forecast_level: ir.Table) -> ir.Table:
    """One row: how orders and revenue are forecast."""
    of = {target: forecast_level.target == target for target in ("orders", "revenue")}
    told = {
        f"{target}_{name}": forecast_level[name].max(where=where)
        for target, where in of.items()
        for name in ("model_share", "level", "value_slope")
    }
    return forecast_level.agg(**told, method=forecast_level.method.max(where=of["revenue"]))


def _weighed(rows: ir.Table) -> ir.Table:
    """The model's share at the shop's level, tilted to dear or cheap orders, and the rest from the same again."""
    model = rows.expected_orders * rows.expected_order_value
    orders, revenue = (
        rows[f"{target}_model_share"]
        * rows[f"{target}_level"]
        * (rows[f"{target}_value_slope"] * rows.relative_value.ln()).exp()
        * said
        + (1.0 - rows[f"{target}_model_share"]) * rows[f"{target}_again"].fill_null(0.0)
        for target, said in (("orders", rows.expected_orders), ("revenue", model))
    )
    factor = ibis.coalesce(revenue / model.nullif(0.0), model * 0.0)
    return rows.mutate(
        **{name: rows[name] * factor for name in IN_PROPORTION},
        expected_orders=orders,
        expected_order_value=ibis.coalesce(revenue / orders.nullif(0.0), rows.expected_order_value),
        method=model.isnull().ifelse(ibis.null("string"), rows.method),
    )
