"""What the shop's voices speak of, in topics found in their words, and which of them each text speaks of."""

from __future__ import annotations

from hashlib import blake2b

import pyarrow as pa

from okaeri.loop.predictions.feeling_models import learnt_from
from okaeri.loop.predictions.reduced import from_rows
from okaeri.predict.sentiment import Topic, language_of, nouns, topic_of, topics, topics_version

#: Languages whose words can be told.
LANGUAGES = ("ja", "en")


def topic_models(recent_texts: pa.Table) -> pa.Table:
    """One row per topic of the newest texts."""
    rows = learnt_from(recent_texts.sort_by("number"))
    found = topics(_read(rows))
    return from_rows(
        "topic_models",
        [
            {"topic": number, "words": " ".join(topic.words), "weights": topic.told()}
            for number, topic in enumerate(found, 1)
        ],
    )


def text_topics(distinct_texts: pa.Table, topic_models: pa.Table) -> pa.Table:
    """The topic of each text; empty where it has none."""
    known = [Topic.read(told) for told in topic_models.sort_by("topic")["weights"].to_pylist()]
    places = topic_of(list(nouns(_read(distinct_texts))), known)
    numbers = [None if place is None else place + 1 for place in places]
    keys = distinct_texts["text_key"].to_pylist()
    return from_rows(
        "text_topics", [{"text_key": key, "topic": number} for key, number in zip(keys, numbers, strict=True)]
    )


def topics_id(topic_models: pa.Table) -> str:
    """What the rows of :func:`text_topics` are made by; they are good as long as it stays the same."""
    told = "\n".join(topic_models.sort_by("topic")["weights"].to_pylist())
    return f"topics-{topics_version()}-{blake2b(told.encode(), digest_size=8).hexdigest()}"


def _read(rows: pa.Table) -> list[str]:
    """The texts, empty where their words cannot be told."""
    languages, texts = rows["language"].to_pylist(), rows["text"].to_pylist()
    return [
        text if language_of(text, language or None) in LANGUAGES else ""
        for text, language in zip(texts, languages, strict=True)
    ]
