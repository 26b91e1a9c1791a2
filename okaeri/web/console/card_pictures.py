"""Feeling over time as a small picture, and the time line of a customer card."""

from __future__ import annotations

from typing import Any

from okaeri.lib.periods import day_of
from okaeri.loop.card import Card, Row, mood
from okaeri.web.console.naming import Naming
from okaeri.web.report.labels import JOURNEY

WIDTH, HEIGHT, EDGE = 320, 90, 6
#: Entries of the time line shown at once; older ones can be opened.
SHOWN = 12


def feelings(card: Card) -> dict[str, Any] | None:
    """Dots of a picture WIDTH by HEIGHT, from -1 below to 1 above; None without a dated feeling."""
    signals = sorted(card.rows["emotion_signals"], key=lambda row: (row["signal_day"], row["signal_id"]))
    signals = [row for row in signals if row["value"] is not None]
    if not signals:
        return None
    first, last = signals[0]["signal_day"], signals[-1]["signal_day"]
    dots = [
        {"x": round(EDGE + (WIDTH - 2 * EDGE) * ((row["signal_day"] - first) / (last - first) if last > first else 0.5), 1),
         "y": round(HEIGHT / 2 - (HEIGHT / 2 - EDGE) * row["value"], 1), "is_low": row["value"] < 0,
         "day": day_of(row["signal_day"]), "value": row["value"], "step": _step(row)}
        for row in signals
    ]  # fmt: skip
    return {
        "dots": dots, "line": " ".join(f"{dot['x']:g},{dot['y']:g}" for dot in dots), "first": day_of(first),
        "last": day_of(last), "width": WIDTH, "height": HEIGHT, "middle": HEIGHT / 2,
        "mean": sum(row["value"] for row in signals) / len(signals),
    }  # fmt: skip


def _step(row: Row) -> str:
    return str(JOURNEY.get(row["step"], row["step"] or ""))


def time_line(card: Card, name: Naming) -> tuple[list[Row], list[Row]]:
    """Orders, voices and acts, newest first: those shown, and the older ones."""
    orders = [
        {"kind": "order", "at": order["ordered_at"], "on": order["order_date"], "total": order["total"],
         "goods": [name("product", product) for product in order["goods"]], "status": order["status"],
         "store": name("first_store", order["store"])}
        for order in card.orders
    ]  # fmt: skip
    voices = [
        {"kind": "voice", "at": voice["at"], "on": voice["voice_date"], "did": voice["source"], "text": voice["text"],
         "mood": mood(voice), "goods": [name("product", voice["product_id"])] if voice["product_id"] else [],
         "rating": voice["rating"]}
        for voice in card.voices
    ]  # fmt: skip
    acts = [{"kind": "act", **act} for act in card.acts]
    entries = sorted(orders + voices + acts, key=lambda entry: entry["at"], reverse=True)
    return entries[:SHOWN], entries[SHOWN:]
