"""What customers feel, voice by voice."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.corrected import corrected
from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import PERSON, WHOLE
from okaeri.schema.measured.feelings import feelings as TABLE


def feelings(voices: ir.Table, text_feelings: ir.Table, corrections: ir.Table, *, as_of: date) -> ir.Table:
    """The feeling of each voice that has a text: as a person read it, where one did."""
    said = with_key(voices, as_of).select("voice_id", "text_key")
    read = text_feelings.filter(text_feelings.aspect == WHOLE)
    rows = said.inner_join(read, "text_key").left_join(corrected(said, corrections), "text_key")
    by_person = rows.corrected.notnull()
    return rows.mutate(
        score=rows.corrected.fill_null(rows.score),
        confidence=by_person.ifelse(1.0, rows.confidence),
        engine=by_person.ifelse(PERSON, rows.engine),
    ).select(*TABLE.column_names)
