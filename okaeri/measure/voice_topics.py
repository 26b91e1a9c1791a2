"""The topics of a shop's voices, and the mood in which each is spoken of."""

from __future__ import annotations

import ibis.expr.types as ir

from okaeri.schema.measured.feelings import voice_topics as TABLE


def voice_topics(topic_models: ir.Table, feeling_topics: ir.Table, feelings: ir.Table) -> ir.Table:
    """One row per topic that a voice speaks of."""
    rows = feeling_topics.inner_join(feelings.select("voice_id", "score", "confidence"), "voice_id")
    of = rows.group_by("topic").agg(
        voice_count=rows.count(),
        mean_score=(rows.score * rows.confidence).sum() / rows.confidence.sum().nullif(0.0),
    )
    return of.inner_join(topic_models.select("topic", "words"), "topic").select(*TABLE.column_names)
