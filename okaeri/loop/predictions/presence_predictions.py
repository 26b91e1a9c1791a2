"""Whether customers will still be there, and when they order next."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from okaeri.loop.predictions.models import purchases_of
from okaeri.loop.predictions.reduced import as_table, from_rows, reduced
from okaeri.schema.measured.leaving import AHEAD


def presence_predictions(value_histories: pa.Table, model_fits: pa.Table) -> pa.Table:
    """One row per distinct (x, t_x, T); none where the shop has no purchase model."""
    model = purchases_of(model_fits)
    if model is None:
        return from_rows("presence_predictions", [])
    seen = reduced(value_histories, "customer_count", "log_gap_sum").histories
    waits = {"early_days": 0.1, "next_order_days": 0.5, "late_days": 0.9}
    return as_table("presence_predictions", {
        "repeat_orders": _whole(seen.repeat_orders),
        "last_order_days": _whole(seen.last_order_age * 7), "age_days": _whole(seen.age * 7),
        **{f"leaving_chance_{days}": np.clip(1.0 - model.p_alive_after(seen, days / 7), 0.0, 1.0) for days in AHEAD},
        **{f"order_chance_{days}": model.order_tail(seen, days / 7, 1) for days in AHEAD},
        **{name: np.ceil(model.next_order_weeks(seen, chance) * 7) for name, chance in waits.items()},
    })  # fmt: skip


def _whole(days: np.ndarray) -> np.ndarray:
    return np.rint(days).astype(np.int64)
