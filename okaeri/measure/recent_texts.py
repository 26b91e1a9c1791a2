"""The newest texts, in which topics are found."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.distinct_texts import with_key
from okaeri.measure.rated_texts import MOST
from okaeri.schema.measured.feelings import recent_texts as TABLE


def recent_texts(voices: ir.Table, *, as_of: date) -> ir.Table:
    """Texts, each once, numbered by the first day they were written."""
    said = with_key(voices, as_of).inner_join(voices.select("voice_id", "voice_date"), "voice_id")
    first = said.voice_date.min()
    rows = said.group_by("text_key").agg(day=first, language=said.language.min(), text=said.text.min())
    numbered = rows.mutate(
        number=ibis.row_number().over(order_by=(rows.day, rows.text_key)) + 1,
        behind=ibis.row_number().over(order_by=(rows.day.desc(), rows.text_key.desc())),
    )
    return numbered.filter(numbered.behind < MOST).select(*TABLE.column_names)
