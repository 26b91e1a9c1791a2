"""LTV by the formula, and what an order that comes again is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from okaeri.loop.predictions.emotion_histories import Flags, OrderRows

Row = dict[str, Any]
YEAR = 365
DAYS_PER_YEAR = 365.25


def formula(rows: OrderRows, own: Flags) -> Row:
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


def repeat_value(rows: OrderRows, own: Flags) -> float:
    """Mean revenue of orders after the first; of all where there are none."""
    later = own & (rows.orders.number > 1)
    return float(rows.revenue[later if later.any() else own].mean())
