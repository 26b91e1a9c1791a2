"""What the models expect of each distinct history."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.models import chance, purchases_of, spend_of
from okaeri.loop.predictions.reduced import Floats, Reduced, as_table, from_rows, reduced
from okaeri.predict.outlook import orders_by_quantile, outlook
from okaeri.predict.purchases import Calendar, PurchaseModel, discounted_orders
from okaeri.predict.spend import SpendModel
from okaeri.schema.measured.prospects import HISTORY
from okaeri.schema.rules import Rules

#: Steps in which the horizon is discounted.
PERIODS = 13
#: Beyond these, what is known of order values and their orders is not drawn out.
RELATIVE = (0.1, 10.0)


def value_predictions(value_histories: pa.Table, model_fits: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per history; none where the shop has no purchase model."""
    purchases, spend = purchases_of(model_fits), spend_of(model_fits)
    if purchases is None:
        return from_rows("value_predictions", [])
    rows = reduced(value_histories, "customer_count", "log_gap_sum")
    calendar = Calendar.discounted(rules.forecast_weeks, rules.discount_rate, PERIODS)
    expected = predicted(rows, purchases, spend, rules.forecast_weeks)
    return as_table("value_predictions", {
        **{column.name: value_histories[column.name] for column in HISTORY},
        **expected,
        "relative_value": relative_value(rows, spend),
        "residual_value": discounted_orders(purchases, rows.histories, calendar)[rows.place]
        * expected["expected_order_value"],
    })  # fmt: skip


def relative_value(rows: Reduced, spend: SpendModel) -> Floats:
    """Per row the order value expected over the mean one, within a tenth and ten times."""
    if not spend.mean > 0:
        return np.ones(len(rows.orders))
    return np.clip(spend.expected_order_value(rows.orders, rows.spend) / spend.mean, *RELATIVE)


def predicted(rows: Reduced, purchases: PurchaseModel, spend: SpendModel, weeks: float) -> dict[str, Floats]:
    """By name, per row: p_alive, expected_orders and their orders_sd, expected_order_value, next_order_days; bounds and
    residual_sd of the revenue within ``weeks``."""
    orders = orders_by_quantile(purchases, rows.histories, weeks)
    money = outlook(orders, rows.place, spend, rows.orders, rows.spend, chance())
    at = rows.place
    return {
        "p_alive": purchases.p_alive(rows.histories)[at],
        "expected_orders": purchases.expected_orders(rows.histories, weeks)[at],
        "orders_sd": orders.std(axis=0)[at],
        "expected_order_value": spend.expected_order_value(rows.orders, rows.spend),
        **money.bounds,
        "residual_sd": money.sd,
        "next_order_days": np.ceil(purchases.next_order_weeks(rows.histories)[at] * 7),
    }
