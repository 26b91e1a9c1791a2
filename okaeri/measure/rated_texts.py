"""The rated texts that the shop's own reader of feelings learns from."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.corrected import corrected
from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import rated_texts as TABLE

#: So many of the newest are kept: those learnt from, and those that came since.
MOST = 8_000


def rated_texts(voices: ir.Table, corrections: ir.Table, *, as_of: date) -> ir.Table:
    """Texts with a rating, numbered by day. What a person said of a text stands in place of its stars."""
    said = with_key(voices, as_of)
    told = voices.select("voice_id", "voice_date", stars="rating")
    own = corrections.select(own_voice="voice_id")
    rows = said.inner_join(told, "voice_id").left_join(corrected(said, corrections), "text_key")
    rows = rows.left_join(own, [("voice_id", "own_voice")])
    rows = rows.filter(rows.stars.notnull() | rows.own_voice.notnull())
    order = (rows.voice_date, rows.voice_id)
    numbered = rows.mutate(
        rating=((rows.corrected + 1.0) / 2.0).fill_null(rows.stars),
        is_corrected=rows.corrected.notnull(),
        number=ibis.row_number().over(order_by=order) + 1,
        behind=ibis.row_number().over(order_by=tuple(column.desc() for column in order)),
    )
    return numbered.filter((numbered.behind < MOST) | numbered.is_corrected).select(*TABLE.column_names)
