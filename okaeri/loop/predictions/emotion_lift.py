"""What it would bring to lift a step of the curve to its neighbours' level."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_histories import OrderRows
from okaeri.loop.predictions.emotion_rows import texts
from okaeri.loop.predictions.friction_looks import STEP_NAMES, Looked, looks
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion import stages
from okaeri.predict.emotion.lifetime import Lifetime, States, states_of
from okaeri.predict.emotion.stages import FEWEST, Stages
from okaeri.schema.rules import Rules

Row = dict[str, Any]
DRAWS = 30
#: Orders by which the lift of a step is worked out, at most.
MOST_STATES = 300
FEWEST_ASKED = 30


def emotion_lift(
    emotion_orders: pa.Table,
    emotion_signals: pa.Table,
    emotion_ltv: pa.Table,
    friction_points: pa.Table,
    emotion_reach: pa.Table,
    *,
    rules: Rules,
) -> pa.Table:
    """One row per step with enough voices and a neighbour."""
    taken, rows = looks(emotion_signals), OrderRows.of(emotion_orders)
    everybody = [row for row in emotion_reach.to_pylist() if row["persona"] == "all"]
    if taken is None or not len(rows) or not everybody:
        return from_rows("emotion_lift", [])
    saved = [row["parameters"] for row in emotion_ltv.to_pylist() if row["parameters"]]
    model = Lifetime.from_json(json.loads(saved[0])) if saved else None
    signals = taken.signals
    found = stages.fit(taken.scores, signals.step, signals.channel, signals.customer, len(STEP_NAMES))
    friction = {row["step"] for row in friction_points.to_pylist() if row["is_friction"] and row["scope"] == "step"}
    steps = [at for at in np.flatnonzero(found.n >= FEWEST).tolist() if _neighbours(found, at)]
    return from_rows("emotion_lift", [
        {"step": STEP_NAMES[at], "is_friction": STEP_NAMES[at] in friction,
         **_lift(at, found, taken, rows, model, everybody[0], rules)}
        for at in steps
    ])  # fmt: skip


def _neighbours(found: Stages, at: int) -> list[int]:
    """The nearest step before and the nearest after with enough voices."""
    told = np.flatnonzero(found.n >= FEWEST)
    return [int(side[place]) for side, place in ((told[told < at], -1), (told[told > at], 0)) if len(side)]


def _lift(
    at: int, found: Stages, taken: Looked, rows: OrderRows, model: Lifetime | None, reach: Row, rules: Rules
) -> Row:  # fmt: skip
    beside = _neighbours(found, at)
    weights = np.zeros(len(found.n))
    weights[beside], weights[at] = 1 / len(beside), -1.0
    depth, error = found.contrast(weights)
    share = _share(taken, at)
    row: Row = {"depth": depth, "depth_error": error, "order_share": share}
    states = _states(at, taken, rows, model) if model and depth > 0 else None
    if states is None or model is None:
        return row
    price = float(rows.revenue[rows.orders.number > 1].mean()) if (rows.orders.number > 1).any() else 0.0
    rng = chance()
    each = _won(model, states, depth, rules) * price
    depths = rng.normal(depth, error, DRAWS)
    drawn = [_won(one, states, d, rules) * price for one, d in zip(model.draws(DRAWS, rng), depths, strict=True)]
    orders = share * reach["order_count"] / max(reach["customer_count"], 1)
    return row | {
        "lift_each": each, "ltv_lift": each * orders, "low_90": np.quantile(drawn, 0.05) * orders,
        "high_90": np.quantile(drawn, 0.95) * orders, "year_lift": each * share * reach["year_order_count"],
    }  # fmt: skip


def _share(taken: Looked, at: int) -> float:
    """Share of voices about the step: of those asked where enough were, else of all."""
    own = taken.signals.step == at
    told = taken.asked if (taken.asked & own).sum() >= FEWEST_ASKED else np.ones(len(own), dtype=bool)
    return float((own & told).sum() / max(told.sum(), 1))


def _states(at: int, taken: Looked, rows: OrderRows, model: Lifetime) -> States | None:
    """After orders spoken of at the step."""
    about = np.unique(texts(taken.signals.table["order_id"])[taken.signals.step == at])
    there = np.flatnonzero((rows.orders.heard > 0) & np.isin(rows.order_id, about))
    if not len(there):
        return None
    return states_of(rows.orders, model.memory).take(there[:: -(-len(there) // MOST_STATES)])


def _won(model: Lifetime, states: States, depth: float, rules: Rules) -> float:
    """Discounted orders won per order whose feeling is lifted by ``depth``: now, and in what is remembered."""
    lifted = replace(states, now=states.now + depth, emotion=states.emotion + depth / 2)
    days, yearly = rules.forecast_weeks * 7, rules.discount_rate
    return float((model.remaining(lifted, days, yearly)[1] - model.remaining(states, days, yearly)[1]).mean())
