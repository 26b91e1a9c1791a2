"""The rated texts that the shop's own reader of feelings learns from."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import rated_texts as TABLE

#: So many of the newest are kept: those learnt from, and those that came since.
MOST = 8_000


def rated_texts(voices: ir.Table, *, as_of: date) -> ir.Table:
    """Texts with a rating, numbered by day."""
    said = with_key(voices, as_of).drop("text_key")
    rated = voices.filter(voices.rating.notnull()).select("voice_id", "voice_date", "rating")
    rows = said.inner_join(rated, "voice_id")
    order = (rows.voice_date, rows.voice_id)
    numbered = rows.mutate(
        number=ibis.row_number().over(order_by=order) + 1,
        behind=ibis.row_number().over(order_by=tuple(column.desc() for column in order)),
    )
    return numbered.filter(numbered.behind < MOST).select(*TABLE.column_names)
