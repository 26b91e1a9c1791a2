"""LTV from the curve, both ways, and which foretells held-back customers better."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_histories import Floats, OrderRows
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion.judging import TOO_LITTLE, judge
from okaeri.predict.emotion.lifetime import Lifetime, States, states_of
from okaeri.schema.errors import NotConverged
from okaeri.schema.rules import Rules

Row = dict[str, Any]
YEAR = 365
DAYS_PER_YEAR = 365.25
DRAWS = 30


def emotion_ltv(emotion_orders: pa.Table, *, rules: Rules) -> pa.Table:
    """One row per persona, and one for all."""
    rows = OrderRows.of(emotion_orders)
    if not len(rows):
        return from_rows("emotion_ltv", [])
    everybody = np.ones(len(rows), dtype=bool)
    chosen = {"all": everybody} | {p: rows.persona == p for p in sorted(set(rows.persona.tolist()))}
    plain = {persona: _formula(rows, own) for persona, own in chosen.items()}
    try:
        models = rows.lifetime(True, everybody), rows.lifetime(False, everybody)
    except NotConverged as reason:
        return from_rows(
            "emotion_ltv",
            [{"persona": p, **plain[p], "better": "unknown", "note": str(reason), "parameters": ""} for p in chosen],
        )
    told = _survival(rows, models, rules)
    verdict = _verdict(rows, models[0], rules)
    return from_rows("emotion_ltv", [
        {"persona": persona, **plain[persona], **told(own), **(verdict if persona == "all" else {
            "better": verdict["better"], "note": verdict["note"], "parameters": "",
        })}
        for persona, own in chosen.items()
    ])  # fmt: skip


def _formula(rows: OrderRows, own: np.ndarray) -> Row:
    """Length x unit price x frequency, of customers won at least a year ago."""
    who, day = rows.orders.customer, rows.day
    size = int(who.max()) + 1
    first, last = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    today = (rows.day + rows.days_seen)[0]
    mature = own & (today - first[who] >= YEAR)
    row: Row = {"customer_count": len(np.unique(who[own]))}
    people = np.unique(who[mature])
    if not len(people):
        return row
    gaps = rows.days_to_next[mature & rows.followed]
    length = (float((last - first)[people].mean()) + (float(np.median(gaps)) if len(gaps) else 0.0)) / DAYS_PER_YEAR
    unit, each = float(rows.revenue[mature].mean()), mature.sum() / len(people)
    row |= {"length_years": length, "unit_price": unit}
    if length > 0:
        row |= {"frequency": each / length, "ltv_formula": length * unit * (each / length)}
    return row


def _survival(rows: OrderRows, models: tuple[Lifetime, Lifetime], rules: Rules) -> Any:
    """What makes the row of chosen orders: past and expected revenue of their customers."""
    emotional, recent = models
    at = np.flatnonzero(rows.latest)
    days, yearly, silent = rules.forecast_weeks * 7, rules.discount_rate, rows.days_seen[at]
    states = states_of(rows.orders, emotional.memory).take(at)
    expected, discounted = emotional.remaining(states, days, yearly, silent)
    _, alone = recent.remaining(states, days, yearly, silent)
    drawn = [one.remaining(states, days, yearly, silent)[1] for one in emotional.draws(DRAWS, chance())]
    past = np.bincount(rows.orders.customer, rows.revenue)[rows.orders.customer[at]]

    def told(own: np.ndarray) -> Row:
        mine, price = own[at], _repeat_value(rows, own)
        totals = [float(past[mine].mean() + one[mine].mean() * price) for one in drawn]
        return {
            "past_revenue": past[mine].mean(), "expected_orders": expected[mine].mean(),
            "ltv_survival": past[mine].mean() + discounted[mine].mean() * price,
            "low_90": np.quantile(totals, 0.05), "high_90": np.quantile(totals, 0.95),
            "ltv_recency": past[mine].mean() + alone[mine].mean() * price,
        }  # fmt: skip

    return told


def _repeat_value(rows: OrderRows, own: np.ndarray) -> float:
    """Mean revenue of orders after the first; of all where there are none."""
    later = own & (rows.orders.number > 1)
    return float(rows.revenue[later if later.any() else own].mean())


def _verdict(rows: OrderRows, today: Lifetime, rules: Rules) -> Row:
    """How both ways, learned from the others, foretold the orders of held-back customers."""
    odds, low, high = today.odds("now")
    row: Row = {"emotion_odds": odds, "odds_low_90": low, "odds_high_90": high, "better": "unknown", "note": TOO_LITTLE,
                "parameters": json.dumps(today.to_json())}  # fmt: skip
    try:
        learned = rows.lifetime(True, ~rows.held_back), rows.lifetime(False, ~rows.held_back)
    except NotConverged as reason:
        return row | {"note": str(reason)}
    states = states_of(rows.orders, learned[0].memory)
    use = np.flatnonzero(rows.held_back & rows.closed & (states.emotion != 0))
    left = ~rows.followed[use]
    found = judge(learned[0].leaving(states.take(use)), learned[1].leaving(states.take(use)), left,
                  rows.orders.customer[use], ("emotion", "recency_frequency"))  # fmt: skip
    if found is None:
        return row
    return row | {
        "held_back": found.orders, "auc_emotion": found.auc_first, "auc_recency": found.auc_second, "gain": found.gain,
        "gain_low_90": found.low, "gain_high_90": found.high, "better": found.better, "note": "",
        **_errors(rows, states, learned),
    }  # fmt: skip


def _errors(rows: OrderRows, states: States, learned: tuple[Lifetime, Lifetime]) -> Row:
    """Root mean squared errors of the year's revenue after each held-back order that has a year on record."""
    use = np.flatnonzero(rows.held_back & (rows.days_seen > YEAR))
    if not len(use):
        return {}
    others = ~rows.held_back
    came, price = rows.revenue_after(YEAR)[use], _repeat_value(rows, others)
    formula = _formula(rows, others)
    foretold: dict[str, Floats] = {
        "formula": np.full(len(use), formula.get("unit_price", 0.0) * formula.get("frequency", 0.0)),
        "emotion": learned[0].remaining(states.take(use), YEAR, 0.0)[0] * price,
        "recency": learned[1].remaining(states.take(use), YEAR, 0.0)[0] * price,
    }
    return {f"error_{way}": float(np.sqrt(((value - came) ** 2).mean())) for way, value in foretold.items()}
