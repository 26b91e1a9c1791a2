"""Which topic each voice speaks of."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.distinct_texts import with_key
from okaeri.schema.measured.feelings import feeling_topics as TABLE


def feeling_topics(voices: ir.Table, text_topics: ir.Table, *, as_of: date) -> ir.Table:
    """One row per voice whose text has a topic."""
    said = with_key(voices, as_of).select("voice_id", "text_key")
    return said.inner_join(text_topics.filter(text_topics.topic.notnull()), "text_key").select(*TABLE.column_names)
