"""The emotion curve of each persona and of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.loop.predictions.emotion_rows import Floats, Signals
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion import stages
from okaeri.predict.emotion.scale import chance_of
from okaeri.predict.emotion.stages import ENOUGH, FEWEST, Stages
from okaeri.schema.predicted.emotion import AXES, TOO_FEW

Row = dict[str, Any]
LEVELS = {80: 0.8, 95: 0.95}


def emotion_curve(emotion_signals: pa.Table, emotion_scale: pa.Table) -> pa.Table:
    """One row per persona, axis and stage."""
    signals = Signals.of(emotion_signals)
    if not len(signals):
        return from_rows("emotion_curve", [])
    emotion, usual = signals.emotion(emotion_scale), usual_chance(emotion_scale)
    everybody = np.ones(len(signals), dtype=bool)
    chosen = {"all": everybody} | {p: signals.persona == p for p in sorted(set(signals.persona.tolist()))}
    rows = [row for persona, own in chosen.items() for row in _curves(persona, own, signals, emotion, usual)]
    return from_rows("emotion_curve", rows)


def usual_chance(emotion_scale: pa.Table) -> float:
    """The chance of a repeat of all signals together; one half where none is old enough."""
    n = emotion_scale["n"].to_numpy().sum()
    return float(emotion_scale["followed_count"].to_numpy().sum() / n) if n else 0.5


def _curves(
    persona: str, own: NDArray[np.bool_], signals: Signals, emotion: Floats, usual: float
) -> Iterator[Row]:  # fmt: skip
    for axis, names in AXES.items():
        stage = signals.step if axis == "steps" else signals.age
        rows = np.flatnonzero(own & (stage >= 0))
        found = stages.fit(emotion[rows], stage[rows], signals.channel[rows], signals.customer[rows], len(names))
        said = np.bincount(stage[rows], signals.value[rows], len(names)) / np.maximum(found.n, 1)
        for place, row in enumerate(_stages(found, said, usual)):
            yield {"persona": persona, "axis": axis, "stage": names[place], "place": place + 1, **row}


def _stages(found: Stages, said: Floats, usual: float) -> Iterator[Row]:
    means, errors = found.shrunk()
    bands = {share: stages.band(means, errors, found.customers, level) for share, level in LEVELS.items()}
    told = found.n >= FEWEST
    for at, n in enumerate(found.n):
        row: Row = {"n": int(n), "customer_count": int(found.customers[at]), "mean_value": said[at] if n else None,
                    "emotion_raw": found.raw[at] if n else None, "is_shrunk": bool(told[at] and n < ENOUGH),
                    "reason": "" if told[at] else TOO_FEW, "emotion": None, "repeat_chance": None}  # fmt: skip
        if told[at]:
            row["emotion"] = float(np.clip(means[at], -1, 1))
            row["repeat_chance"] = float(chance_of(row["emotion"], usual))
            for share, (low, high) in bands.items():
                row |= {f"low_{share}": max(low[at], -1.0), f"high_{share}": min(high[at], 1.0)}
        yield row
