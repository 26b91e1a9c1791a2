"""What each channel's values mean for coming back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_rows import CHANNEL_NAMES, Signals
from okaeri.loop.predictions.reduced import as_table, from_rows
from okaeri.predict.emotion import scale
from okaeri.schema.predicted.emotion import VALUE_STEPS


def emotion_scale(emotion_signals: pa.Table) -> pa.Table:
    """One row per value of every channel that has spoken long enough ago."""
    signals = Signals.of(emotion_signals.filter(emotion_signals["is_mature"]))
    if not len(signals):
        return from_rows("emotion_scale", [])
    followed = signals.flag("is_followed")
    expected = scale.usual_chances(np.nan_to_num(signals.number("order_no")), followed)
    channel = np.repeat(np.arange(len(CHANNEL_NAMES)), VALUE_STEPS)
    found = scale.fit(signals.cell, channel, followed, expected)
    step = np.tile(np.arange(VALUE_STEPS), len(CHANNEL_NAMES))
    heard = np.bincount(channel, found.n)[channel] > 0
    columns = {
        "channel": np.array(CHANNEL_NAMES)[channel], "value_step": step, "value": step / (VALUE_STEPS - 1) * 2 - 1,
        "n": found.n, "followed_count": found.followed, "expected_count": found.expected, "seen_log_odds": found.raw,
        "log_odds": found.log_odds, "repeat_chance": found.chance, "emotion": found.emotion,
    }  # fmt: skip
    for name in ("n", "followed_count"):
        columns[name] = columns[name].astype(np.int64)
    return as_table("emotion_scale", {name: values[heard] for name, values in columns.items()})
