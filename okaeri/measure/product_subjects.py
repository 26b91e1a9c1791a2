"""What the voices about each product speak of."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.product_voices import said_of_products
from okaeri.schema.measured.products_judged import UNHAPPY_BELOW
from okaeri.schema.measured.products_judged import product_subjects as TABLE


def product_subjects(
    voices: ir.Table, feelings: ir.Table, feeling_aspects: ir.Table, feeling_topics: ir.Table, voice_topics: ir.Table,
    *, as_of: date,
) -> ir.Table:  # fmt: skip
    """Aspects by the mood of the sentences about them, topics by that of the whole voice."""
    said = said_of_products(voices, feelings, as_of)
    about = said.select("product_id", "score", said_id="voice_id")
    aspects = feeling_aspects.select("voice_id", subject="aspect", mood="score")
    by_aspect = about.inner_join(aspects, [("said_id", "voice_id")])
    topics = feeling_topics.inner_join(voice_topics.select("words", numbered="topic"), [("topic", "numbered")])
    by_topic = about.inner_join(topics, [("said_id", "voice_id")])
    spoken = by_aspect.select("product_id", "subject", "mood", kind=ibis.literal("aspect", "string")).union(
        by_topic.select("product_id", subject="words", mood="score", kind=ibis.literal("topic", "string"))
    )
    felt = spoken.filter(spoken.mood.notnull())
    rows = felt.group_by("product_id", "kind", "subject").agg(
        voice_count=felt.count(), unhappy_count=felt.count(where=felt.mood < UNHAPPY_BELOW), mean_score=felt.mood.mean()
    )
    order = (rows.unhappy_count.desc(), rows.voice_count.desc(), rows.subject)
    place = ibis.row_number().over(ibis.window(group_by=(rows.product_id, rows.kind), order_by=order))
    return rows.mutate(rank=place + 1).select(*TABLE.column_names)
