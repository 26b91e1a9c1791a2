"""Peak, lowest point, end and area of the curves, and who speaks at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.reduced import from_rows
from okaeri.schema.predicted.emotion import AGES

Row = dict[str, Any]
YEAR = 365


def emotion_summary(emotion_curve: pa.Table, emotion_reach: pa.Table) -> pa.Table:
    """One row per persona with customers, and one for all."""
    stages = emotion_curve.to_pylist()
    return from_rows("emotion_summary", [
        _summary(reach, [row for row in stages if row["persona"] == reach["persona"]])
        for reach in emotion_reach.to_pylist()
    ])  # fmt: skip


def _summary(reach: Row, stages: list[Row]) -> Row:
    steps, ages = ([row for row in stages if row["axis"] == axis] for axis in ("steps", "days"))
    told = [row for row in steps if row["emotion"] is not None]
    aged = sorted((row for row in ages if row["emotion"] is not None), key=lambda row: row["place"])
    n = sum(row["n"] for row in ages)
    row: Row = {
        name: reach[name] for name in ("persona", "customer_count", "speakers_repeat_rate", "silent_repeat_rate")
    }
    row |= {"n": n, "spoke_share": reach["spoke_count"] / reach["customer_count"] if reach["customer_count"] else None}
    if n:
        row["mean"] = sum((r["emotion_raw"] or 0.0) * r["n"] for r in ages) / n
    if told:
        peak, low = max(told, key=lambda r: r["emotion"]), min(told, key=lambda r: r["emotion"])
        row |= {"peak_step": peak["stage"], "peak": peak["emotion"], "low_step": low["stage"], "low": low["emotion"]}
    if aged:
        row |= {"end_stage": aged[-1]["stage"], "end": aged[-1]["emotion"], "area": _area(aged)}
    return row


def _area(aged: list[Row]) -> float:
    """Emotion times days, each stage's as long as it lasts; stages without a figure take the nearest known ones'."""
    ends = (*AGES[1:], YEAR)
    known = np.array([row["place"] - 1 for row in aged], float)
    lengths = np.array([min(end, YEAR) - min(start, YEAR) for start, end in zip(AGES, ends, strict=True)], float)
    values = np.interp(np.arange(len(AGES)), known, [row["emotion"] for row in aged])
    return float(values @ lengths)
