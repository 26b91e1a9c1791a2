"""What customers feel, voice by voice."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import WHOLE
from okaeri.schema.measured.feelings import feelings as TABLE


def feelings(voices: ir.Table, text_feelings: ir.Table, *, as_of: date) -> ir.Table:
    """The feeling of each voice that has a text."""
    said = with_key(voices, as_of).select("voice_id", "text_key")
    read = text_feelings.filter(text_feelings.aspect == WHOLE)
    return said.inner_join(read, "text_key").select(*TABLE.column_names)
