"""How the ways to foretell orders fared: each customer's orders foretold by what other customers teach.

Customers are held back in parts, one after the other, and all are judged together: a mean over parts is as good as normal
where models change little with one customer more or less (Bayle, Bayle, Janson and Mackey 2020, "Cross-validation
confidence intervals for test error", NeurIPS 33), and thrice as many customers tell of a small gain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from okaeri.loop.predictions.emotion_formula import YEAR, formula, repeat_value
from okaeri.loop.predictions.emotion_histories import Flags, Floats, OrderRows
from okaeri.loop.predictions.emotion_purchases import Purchases
from okaeri.predict.emotion.judging import TOO_LITTLE, judge
from okaeri.predict.emotion.lifetime import states_of
from okaeri.schema.errors import NotConverged
from okaeri.schema.rules import Rules

Row = dict[str, Any]


def backtest(rows: OrderRows, rules: Rules) -> Row:
    """Which way is better, with the figures that say so; only a note where it cannot be told."""
    try:
        told = foretold(rows, rules)
    except NotConverged as reason:
        return {"note": str(reason)}
    use = np.flatnonzero(rows.closed & told.spoken)
    left, who = ~rows.followed[use], rows.orders.customer[use]
    found = judge(told.emotional[use], told.recent[use], left, who, ("emotion", "recency_frequency"))
    against = judge(told.emotional[use], told.purchases[use], left, who, ("hazard", "purchases"))
    if found is None or against is None:
        return {"note": TOO_LITTLE}
    return {
        "held_back": found.orders, "auc_emotion": found.auc_first, "auc_recency": found.auc_second, "gain": found.gain,
        "gain_low_90": found.low, "gain_high_90": found.high, "better": found.better, "note": "",
        "auc_purchases": against.auc_second, "lead": against.gain, "lead_low_90": against.low,
        "lead_high_90": against.high, "better_model": against.better, **told.errors(rows),
    }  # fmt: skip


@dataclass(frozen=True)
class Foretold:
    """Of each order (n,), by what customers of other parts teach: the chance that none follows within the shop's window by
    the hazard that knows what was felt (``emotional``), by that of recency and frequency alone (``recent``), and by the
    purchase model with bad orders; and the year's ``revenue`` after it. ``spoken`` tells of whose feelings something was
    known by then."""

    emotional: Floats
    recent: Floats
    purchases: Floats
    spoken: Flags
    revenue: dict[str, Floats] = field(default_factory=dict)

    def errors(self, rows: OrderRows) -> Row:
        """Root mean squared errors of the year's revenue after each order that has a year on record."""
        use = np.flatnonzero(rows.days_seen > YEAR)
        came = rows.revenue_after(YEAR)[use]
        return {f"error_{way}": float(np.sqrt(((value[use] - came) ** 2).mean())) if len(use) else None
                for way, value in self.revenue.items()}  # fmt: skip


def foretold(rows: OrderRows, rules: Rules) -> Foretold:
    """Part by part. Raises NotConverged."""
    size = len(rows)
    told = Foretold(np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool),
                    {way: np.zeros(size) for way in ("formula", "emotion", "recency")})  # fmt: skip
    bought = Purchases.of(rows)
    for part in (one for one in rows.parts if one.any()):
        emotional, recent = rows.lifetime(True, ~part), rows.lifetime(False, ~part)
        states = states_of(rows.orders, emotional.memory).take(np.flatnonzero(part))
        told.emotional[part], told.recent[part] = emotional.leaving(states), recent.leaving(states)
        told.purchases[part] = bought.leaving(bought.fit(~part), part, rules)
        told.spoken[part] = states.emotion != 0
        price, plain = repeat_value(rows, ~part), formula(rows, ~part)
        told.revenue["formula"][part] = plain.get("unit_price", 0.0) * plain.get("frequency", 0.0)
        told.revenue["emotion"][part] = emotional.remaining(states, YEAR, 0.0)[0] * price
        told.revenue["recency"][part] = recent.remaining(states, YEAR, 0.0)[0] * price
    return told
