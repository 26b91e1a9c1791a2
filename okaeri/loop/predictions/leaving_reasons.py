"""What speaks for leaving in each situation."""

from __future__ import annotations

import pyarrow as pa

from okaeri.loop.predictions.reduced import as_table, from_rows
from okaeri.loop.predictions.situations import hazard_of, of_kind, situations
from okaeri.predict.leaving import reasons
from okaeri.schema.measured.leaving import KINDS, SITUATION_KEY

MOST = 3


def leaving_reasons(situations_now: pa.Table, leaving_fits: pa.Table) -> pa.Table:
    """One row per distinct situation of today."""
    distinct = situations_now.group_by(list(SITUATION_KEY)).aggregate([])
    return pa.concat_tables([_of(kind, of_kind(distinct, kind), leaving_fits) for kind in KINDS])


def _of(kind: str, rows: pa.Table, leaving_fits: pa.Table) -> pa.Table:
    model = hazard_of(leaving_fits, kind)
    if model is None or not rows.num_rows:
        return from_rows("leaving_reasons", [])
    now = situations(rows)
    names, odds = reasons(model, now, MOST)
    columns: dict[str, object] = {name: rows[name] for name in SITUATION_KEY}
    columns["leaving_rate"] = model.chance(now.covariates(model.names))
    for place in range(MOST):
        columns[f"reason_{place + 1}"] = [name or None for name in names[:, place].tolist()]
        columns[f"reason_{place + 1}_odds"] = odds[:, place]
    return as_table("leaving_reasons", columns)
