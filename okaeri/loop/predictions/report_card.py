"""How forecasts made at earlier dates came out, beside naive ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from okaeri.loop.predictions.models import fit
from okaeri.loop.predictions.reduced import column, from_rows, reduced
from okaeri.loop.predictions.value_predictions import predicted
from okaeri.predict.accuracy import Accuracy
from okaeri.predict.report_card import ReportCard
from okaeri.predict.report_card import report_card as judged
from okaeri.schema.rules import Rules

#: With fewer customers, or a shop younger at the origin, there is nothing to judge a forecast by.
FEWEST_CUSTOMERS = 50
LEAST_WEEKS = 13

Row = dict[str, object]


def report_card(rolling_outcomes: pa.Table, *, rules: Rules) -> pa.Table:
    """The models fitted at each origin on what was known there, and judged by the forecast horizon that followed."""
    told: list[Row] = []
    for origin in sorted(set(rolling_outcomes["origin_on"].to_pylist())):
        told += _at(origin, rolling_outcomes.filter(pc.equal(rolling_outcomes["origin_on"], pa.scalar(origin))), rules)
    return from_rows("report_card", told)


def _at(origin: date, outcomes: pa.Table, rules: Rules) -> Iterator[Row]:
    weighted = outcomes.append_column("gaps", pc.multiply(outcomes["log_gaps"], outcomes["customer_weight"]))
    rows = reduced(weighted, "customer_weight", "gaps")
    if rows.weight.sum() < FEWEST_CUSTOMERS or rows.histories.age.max() < LEAST_WEEKS:
        return
    fits = fit(rows)
    if fits.purchases is None:
        return
    found = predicted(rows, fits.purchases, fits.spend, rules.forecast_weeks)
    said = {"orders": found["expected_orders"], "revenue": found["expected_orders"] * found["expected_order_value"]}
    bounds = {level: (found[f"low_{level}"], found[f"high_{level}"]) for level in ("80", "95")}
    for target, expected in said.items():
        came, before = column(outcomes, f"{target}_after"), column(outcomes, f"{target}_before")
        card = judged(came, expected, before, rows.weight, bounds if target == "revenue" else None)
        yield from _rows(origin, target, fits.purchases.label, card, float(rows.weight @ came))


def _rows(origin: date, target: str, label: str, card: ReportCard, actual: float) -> Iterator[Row]:
    """The model's row, and one for each naive forecast."""
    shared: Row = {"origin_on": origin, "target": target, "customer_count": card.customers, "actual_total": actual}
    yield {
        **shared, "model": label, "is_model": True, **_figures(card.model, actual),
        "coverage_80": card.coverage.get("80"), "coverage_95": card.coverage.get("95"), "beats_naive": card.usable,
    }  # fmt: skip
    for name, figures in card.baselines.items():
        yield {**shared, "model": name, "is_model": False, **_figures(figures, actual)}


def _figures(of: Accuracy, actual: float) -> Row:
    return {
        "predicted_total": actual * (1 + of.total_bias) if of.total_bias is not None else 0.0, "bias": of.total_bias,
        "mae": of.mae, "rmse": of.rmse, "decile_error": of.decile_error, "gini": of.gini, "spearman": of.spearman,
    }  # fmt: skip
