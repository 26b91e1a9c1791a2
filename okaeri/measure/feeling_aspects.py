"""What customers speak of and how they feel about it, voice by voice."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import WHOLE
from okaeri.schema.measured.feelings import feeling_aspects as TABLE


def feeling_aspects(voices: ir.Table, text_feelings: ir.Table, *, as_of: date) -> ir.Table:
    """One row per aspect that a voice speaks of."""
    said = with_key(voices, as_of).select("voice_id", "text_key")
    read = text_feelings.filter(text_feelings.aspect != WHOLE)
    return said.inner_join(read, "text_key").select(*TABLE.column_names)
