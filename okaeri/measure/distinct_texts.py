"""The texts to be read for what customers feel."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.feelings import distinct_texts as TABLE


def distinct_texts(voices: ir.Table, *, as_of: date) -> ir.Table:
    """One row per text and language."""
    rows = with_key(voices, as_of)
    texts = rows.group_by("text_key").agg(language=rows.language.min(), text=rows.text.min())
    return texts.select(*TABLE.column_names)


def with_key(voices: ir.Table, as_of: date) -> ir.Table:
    """Voices that say something before ``as_of``: voice_id, language (empty where unknown), text, text_key."""
    said = voices.filter(voices.voice_date < as_of, voices.text.notnull(), voices.text.strip() != "")
    said = said.select("voice_id", "text", language=said.language.fill_null("").lower())
    return said.mutate(text_key=said.language.concat(ibis.literal("\n"), said.text).hexdigest("md5"))
