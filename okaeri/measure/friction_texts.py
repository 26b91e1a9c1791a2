"""The words by which causes are named."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.emotion import friction_texts as TABLE

#: The latest so many voices tell causes well enough.
MOST_VOICES = 30_000


def friction_texts(voices: ir.Table, emotion_signals: ir.Table, *, as_of: date) -> ir.Table:
    """Voices with words among the signals, the latest first."""
    signals = emotion_signals.filter(emotion_signals.voice_id.notnull())
    rows = voices.filter(voices.text.notnull(), voices.voice_date < as_of).semi_join(signals, "voice_id")
    newest = ibis.window(order_by=(rows.voice_date.desc(), rows.voice_id))
    rows = rows.mutate(place=ibis.row_number().over(newest))
    return rows.filter(rows.place < MOST_VOICES).select(*TABLE.column_names)
