"""Which carriers, lots, products and stores friction comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.emotion_rows import texts
from okaeri.loop.predictions.friction_looks import STEP_NAMES, Looked, looks
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.emotion.origins import origins
from okaeri.predict.emotion.scale import ALIKE_FROM
from okaeri.schema.measured.emotion import KINDS_OF_FACTS

Row = dict[str, Any]
#: Voices about orders of so many days are compared with each other: a bad season is not its lots' fault.
SEASON = 182


def friction_facts(emotion_signals: pa.Table, friction_points: pa.Table) -> pa.Table:
    """Up to three facts of each step with friction."""
    found = sorted({row["step"] for row in friction_points.to_pylist() if row["is_main"]}, key=STEP_NAMES.index)
    taken = looks(emotion_signals) if found else None
    if taken is None:
        return from_rows("friction_facts", [])
    return from_rows("friction_facts", [row for step in found for row in _facts(step, taken)])


def _facts(step: str, taken: Looked) -> Iterator[Row]:
    signals = taken.signals
    orders = np.minimum(np.nan_to_num(signals.number("order_no")), ALIKE_FROM).astype(np.intp)
    season = signals.table["order_day"].to_numpy().astype(np.intp) // SEASON
    alike = np.unique(np.stack([signals.channel, orders, season]), axis=1, return_inverse=True)[1].reshape(-1)
    facts = {kind: texts(signals.table[column]) for kind, (column, steps) in KINDS_OF_FACTS.items() if step in steps}
    struck = taken.below & (signals.step == STEP_NAMES.index(step))
    for place, one in enumerate(origins(struck, facts, alike, signals.customer), 1):
        yield {"step": step, "place": place, "kind": one.kind, "name": one.name, "n": one.n,
               "customer_count": one.customers, "below_share": one.share, "below_share_others": one.others, "z": one.z,
               "p_corrected": one.p}  # fmt: skip
