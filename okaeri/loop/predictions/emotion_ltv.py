"""LTV from the curve, by the formula, by survival and by purchases; and which foretells held-back customers better."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_backtest import backtest
from okaeri.loop.predictions.emotion_formula import formula, repeat_value
from okaeri.loop.predictions.emotion_histories import Flags, Floats, OrderRows
from okaeri.loop.predictions.emotion_purchases import Purchases
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion.bad_events import BadEvents
from okaeri.predict.emotion.lifetime import Lifetime, states_of
from okaeri.schema.errors import NotConverged
from okaeri.schema.rules import Rules

Row = dict[str, Any]
DRAWS = 30
UNKNOWN = {"better": "unknown", "better_model": "unknown", "note": "", "parameters": ""}


def emotion_ltv(emotion_orders: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per persona, and one for all."""
    rows = OrderRows.of(emotion_orders)
    if not len(rows):
        return from_rows("emotion_ltv", [])
    everybody = np.ones(len(rows), dtype=bool)
    chosen = {"all": everybody} | {p: rows.persona == p for p in sorted(set(rows.persona.tolist()))}
    plain = {persona: UNKNOWN | formula(rows, own) for persona, own in chosen.items()}
    bought = Purchases.of(rows)
    try:
        models = rows.lifetime(True, everybody), rows.lifetime(False, everybody), bought.fit(everybody)
    except NotConverged as reason:
        return from_rows("emotion_ltv", [{"persona": p, **row, "note": str(reason)} for p, row in plain.items()])
    values = _values(rows, models, bought, rules)
    judged = _odds(models[0], models[2]) | backtest(rows, rules)
    spoken_of = {name: judged[name] for name in UNKNOWN if name in judged and name != "parameters"}
    return from_rows("emotion_ltv", [
        {"persona": persona, **plain[persona], **_told(rows, own, values), **(judged if persona == "all" else spoken_of)}
        for persona, own in chosen.items()
    ])  # fmt: skip


def _odds(emotional: Lifetime, bought: BadEvents) -> Row:
    """What feelings do to leaving, by both models."""
    found = {"emotion_odds": emotional.odds("now"), "bad_odds": bought.odds()}
    row: Row = {name: middle for name, (middle, _, _) in found.items()}
    for name, (_, low, high) in found.items():
        short = "odds" if name == "emotion_odds" else name
        row |= {f"{short}_low_90": low, f"{short}_high_90": high}
    return row | {"parameters": json.dumps(emotional.to_json())}


def _values(
    rows: OrderRows, models: tuple[Lifetime, Lifetime, BadEvents], bought: Purchases, rules: Rules
) -> dict[str, Floats]:
    """Of each customer: revenue so far, and orders still expected, each way; ``drawn`` (draws, n)."""
    emotional, recent, purchases = models
    at = np.flatnonzero(rows.latest)
    days, yearly, silent = rules.forecast_weeks * 7, rules.discount_rate, rows.days_seen[at]
    states = states_of(rows.orders, emotional.memory).take(at)
    expected, discounted = emotional.remaining(states, days, yearly, silent)
    return {
        "past": np.bincount(rows.orders.customer, rows.revenue)[rows.orders.customer[at]],
        "expected": expected, "survival": discounted, "recency": recent.remaining(states, days, yearly, silent)[1],
        "purchases": bought.discounted(purchases, rules),
        "drawn": np.array([one.remaining(states, days, yearly, silent)[1] for one in emotional.draws(DRAWS, chance())]),
    }  # fmt: skip


def _told(rows: OrderRows, own: Flags, values: dict[str, Floats]) -> Row:
    """Past and expected revenue of the customers of chosen orders."""
    mine, price = own[rows.latest], repeat_value(rows, own)
    past = float(values["past"][mine].mean())
    drawn = past + values["drawn"][:, mine].mean(axis=1) * price
    row: Row = {"past_revenue": past, "expected_orders": values["expected"][mine].mean(),
                "low_90": np.quantile(drawn, 0.05), "high_90": np.quantile(drawn, 0.95)}  # fmt: skip
    ways = ("survival", "recency", "purchases")
    return row | {f"ltv_{way}": past + values[way][mine].mean() * price for way in ways}
