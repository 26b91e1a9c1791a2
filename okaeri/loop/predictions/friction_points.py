"""Where feelings fall, since when, whether customers behave so, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.lib.periods import day_of
from okaeri.loop.predictions.friction_looks import Looked, looks
from okaeri.loop.predictions.friction_prices import Known, friction_price
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion import dips
from okaeri.predict.emotion.price import Price

Row = dict[str, Any]
#: Monday of week 0: day numbers count from a Thursday.
MONDAY = 3


def friction_points(emotion_signals: pa.Table, emotion_orders: pa.Table, emotion_reach: pa.Table) -> pa.Table:
    """One row per look."""
    taken = looks(emotion_signals)
    if taken is None:
        return from_rows("friction_points", [])
    everybody = [row for row in emotion_reach.to_pylist() if row["persona"] == "all"]
    orders = float(everybody[0]["year_order_count"]) if everybody else 0.0
    known = Known.of(taken, emotion_orders)
    rows = [_row(taken, known, look, orders) for look in taken.rows]
    ranked = sorted((row for row in rows if row.get("loss") is not None), key=lambda row: -row["loss"])
    for rank, row in enumerate(ranked, 1):
        row["loss_rank"] = rank
    return from_rows("friction_points", rows)


def _row(taken: Looked, known: Known, look: Row, orders: float) -> Row:
    row: Row = {"is_main": False, **look, "basis": ""}
    if not row["is_friction"]:
        return row
    own = taken.at(look)
    week, p = dips.since_when(taken.scores[own], (taken.day[own] + MONDAY) // 7, chance())
    start = -np.inf if week is None else week * 7 - MONDAY
    if week is not None:
        row["since_on"] = day_of(int(start))
    row |= {"p_since": None if np.isnan(p) else p, **_behaviour(taken, own), **_worst(taken, row["step"])}
    found = friction_price(taken, known, own, start, orders) if row["is_main"] else None
    return row | (_told(found, orders) if found else {})


def _told(found: Price, orders: float) -> Row:
    return {
        "affected_share": found.share, "affected_orders": found.share * orders, "loss_each": found.loss_each,
        "loss": found.loss, "loss_low_90": found.low, "loss_high_90": found.high,
        "basis": "answers" if found.asked else "voices",
    }  # fmt: skip


def _behaviour(taken: Looked, own: np.ndarray) -> Row:
    """What those below at the dip did afterwards, against the others there."""
    signals, below = taken.signals, taken.below
    mature = own & signals.flag("is_mature")
    followed = signals.flag("is_followed").astype(float)
    look = dips.within_channel(followed[mature], below[mature], signals.channel[mature], signals.customer[mature], 10)
    row: Row = {"below_share": _mean(below[own]), "heard_customers": len(np.unique(signals.customer[own & below]))}
    for side, chosen in (("below", below), ("above", ~below)):
        row[f"repeat_rate_{side}"] = _mean(followed[mature & chosen])
        row[f"return_rate_{side}"] = _mean(taken.sent_back[own & chosen])
        row[f"next_{side}"] = _mean(taken.next_score[own & chosen & ~np.isnan(taken.next_score)])
    if not np.isnan(look.p):
        row |= {"p_behaviour": look.p, "is_verified": bool(look.p <= 0.05)}
    return row


def _worst(taken: Looked, step: str) -> Row:
    """The product and the store with the deepest fall at the step, of those looked at."""
    row: Row = {}
    for scope in ("product", "store"):
        told = [r for r in taken.rows if r["scope"] == scope and r["step"] == step and r["fall"] is not None]
        if told:
            row[f"worst_{scope}"] = min(told, key=lambda r: (r["fall"], r["segment"]))["segment"]
    return row


def _mean(values: np.ndarray) -> float | None:
    return float(np.mean(values)) if len(values) else None
