"""What customers say where feelings fall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_rows import CHANNEL_NAMES, Places
from okaeri.loop.predictions.friction_looks import Looked, looks
from okaeri.loop.predictions.models import chance
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion.causes import causes, sample

Row = dict[str, Any]
MOST_BELOW = 500
#: For each voice below so many others of the same channel are read: else what only inquiries say would seem a cause.
TIMES = 2


def friction_causes(emotion_signals: pa.Table, friction_points: pa.Table, friction_texts: pa.Table) -> pa.Table:
    """Up to three phrases of the clearest friction at each step."""
    found = [row for row in friction_points.to_pylist() if row["is_main"]]
    taken = looks(emotion_signals) if found else None
    if taken is None:
        return from_rows("friction_causes", [])
    words = dict(zip(friction_texts["voice_id"].to_pylist(), friction_texts["text"].to_pylist(), strict=True))
    return from_rows("friction_causes", [row for point in found for row in _causes(point, taken, words)])


def _causes(point: Row, taken: Looked, words: dict[str, str]) -> Iterator[Row]:
    """Phrases below there against those above there and below elsewhere: so neither the step's own words nor those of
    discontent are taken for causes."""
    voices = taken.signals.table["voice_id"].to_pylist()
    told = np.array([voice in words for voice in voices])
    own = taken.at(point)
    below = np.flatnonzero(own & taken.below & told)
    below = below[sample(len(below), MOST_BELOW, chance())]
    others = _others(np.flatnonzero((own ^ taken.below) & taken.at(point | {"step": None}) & told), below, taken)
    low, high = ([words[voices[at]] for at in rows.tolist()] for rows in (below, others))
    for place, cause in enumerate(causes(low, high), 1):
        examples = {f"example_{n}": voices[below[at]] for n, at in enumerate(cause.examples, 1)}
        yield {"scope": point["scope"], "segment": point["segment"], "step": point["step"], "place": place,
               "phrase": cause.phrase, "voice_count": cause.count, "voice_share": cause.share, "z": cause.z,
               **examples}  # fmt: skip


def _others(rows: Places, below: Places, taken: Looked) -> Places:
    """Of ``rows`` as many of each channel as are read below, times TIMES."""
    wanted = np.bincount(taken.signals.channel[below], minlength=len(CHANNEL_NAMES)) * TIMES
    channel = taken.signals.channel[rows]
    chosen = [rows[channel == at][sample(int((channel == at).sum()), int(wanted[at]), chance())]
              for at in np.flatnonzero(wanted).tolist()]  # fmt: skip
    return np.concatenate([np.zeros(0, dtype=np.intp), *chosen])
