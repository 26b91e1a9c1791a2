"""How forecasts made at earlier dates came out, beside naive ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.loop.predictions.forecast_level import COMBINED
from okaeri.loop.predictions.models import Fits, fit_as, purchases_of, saved
from okaeri.loop.predictions.reduced import Floats, Reduced, column, from_rows, reduced
from okaeri.loop.predictions.value_predictions import predicted, relative_value
from okaeri.predict.accuracy import Accuracy, interval_coverage
from okaeri.predict.combining import Lesson, combination, lesson
from okaeri.predict.purchases import PurchaseModel
from okaeri.predict.report_card import report_card as judged

#: With fewer customers, or a shop younger at the origin, there is nothing to judge a forecast by.
FEWEST_CUSTOMERS = 50
LEAST_WEEKS = 8
TARGETS = ("orders", "revenue")

Row = dict[str, object]
#: What origins have taught so far, by target.
Lessons = dict[str, list[Lesson]]


def report_card(rolling_outcomes: pa.Table, model_fits: pa.Table) -> pa.Table:
    """The models in use fitted at each origin on what was known there, and judged by the horizon that followed.

    The combined forecast of an origin is weighed by what the origins before it had taught.
    """
    model = purchases_of(model_fits)
    if model is None:
        return from_rows("report_card", [])
    told: list[Row] = []
    taught: Lessons = {target: [] for target in TARGETS}
    for origin in sorted(set(rolling_outcomes["origin_on"].to_pylist())):
        outcomes = rolling_outcomes.filter(pc.equal(rolling_outcomes["origin_on"], pa.scalar(origin)))
        told += _at(origin, outcomes, model, taught)
    return from_rows("report_card", told)


def _at(origin: date, outcomes: pa.Table, model: PurchaseModel, taught: Lessons) -> Iterator[Row]:
    weighted = outcomes.append_column("gaps", pc.multiply(outcomes["log_gaps"], outcomes["customer_weight"]))
    rows = reduced(weighted, "customer_weight", "gaps")
    if rows.weight.sum() < FEWEST_CUSTOMERS or rows.histories.age.max() < LEAST_WEEKS:
        return
    fits = fit_as(model, rows)
    if fits.purchases is None:
        return
    days = int(outcomes["horizon_days"][0].as_py())
    found = predicted(rows, fits.purchases, fits.spend, days / 7)
    said = {"orders": found["expected_orders"], "revenue": found["expected_orders"] * found["expected_order_value"]}
    for target in TARGETS:
        shared: Row = {"origin_on": origin, "target": target, "horizon_days": days}
        bounds = found if target == "revenue" else {}
        for row in _judged(target, outcomes, rows, fits, said[target], bounds, taught[target]):
            yield {**shared, **row}


def _judged(
    target: str, outcomes: pa.Table, rows: Reduced, fits: Fits, said: Floats, bounds: dict[str, Floats],
    taught: list[Lesson],
) -> Iterator[Row]:  # fmt: skip
    """Rows of the model, of its combination with the same again, and of each naive forecast. Teaches its lesson."""
    assert fits.purchases is not None
    came, before = column(outcomes, f"{target}_after"), column(outcomes, f"{target}_before")
    worth = relative_value(rows, fits.spend)
    both = combination(taught).of(said, before, worth)
    taught.append(lesson(came, said, before, rows.weight, worth))
    actual = float(rows.weight @ came)
    shared: Row = {"customer_count": float(rows.weight.sum()), "actual_total": actual}
    ways = ((fits.purchases.label, said, taught[-1]), (COMBINED, both, None))
    for name, forecast, learned in ways:
        card = judged(came, forecast, before, rows.weight)
        yield {
            **shared, "model": name, "is_model": learned is not None, **_figures(card.model, actual),
            **_coverage(came, bounds, forecast / np.maximum(said, 1e-300), rows.weight),
            "beats_naive": card.usable, "best_share": learned.share if learned else None,
            "value_slope": learned.slope if learned else None, "log_ratio": learned.log_ratio if learned else None,
            "parameters": None if learned is None else saved(fits.purchases if target == "orders" else fits.spend),
        }  # fmt: skip
    for name, figures in judged(came, said, before, rows.weight).baselines.items():
        yield {**shared, "model": name, "is_model": False, **_figures(figures, actual)}


def _coverage(came: Floats, bounds: dict[str, Floats], factor: Floats, weights: Floats) -> Row:
    """Shares of customers inside their intervals, which move in proportion to the forecast."""
    if not bounds:
        return {}
    return {
        f"coverage_{level}": interval_coverage(
            came, bounds[f"low_{level}"] * factor, bounds[f"high_{level}"] * factor, weights
        )
        for level in ("80", "95")
    }


def _figures(of: Accuracy, actual: float) -> Row:
    return {
        "predicted_total": actual * (1 + of.total_bias) if of.total_bias is not None else 0.0, "bias": of.total_bias,
        "mae": of.mae, "rmse": of.rmse, "decile_error": of.decile_error, "gini": of.gini, "spearman": of.spearman,
    }  # fmt: skip
