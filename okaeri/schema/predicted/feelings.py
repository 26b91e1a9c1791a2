"""What texts say of a customer's mood."""

from __future__ import annotations

from okaeri.schema.measured.feelings import ASPECTS, CONFIDENCE, ENGINE, EVIDENCE, SCORE, TEXT_KEY, TOPIC, WHOLE, WORDS
from okaeri.schema.table import Column, Table

text_feelings = Table(
    "text_feelings",
    "What each distinct text says of the writer's mood, as a whole and by what it is about. Kept from one refresh to the "
    "next: only new texts are read.",
    "one text as a whole, or one aspect of it",
    ("text_key", "aspect"),
    (
        TEXT_KEY,
        Column("aspect", "string", f"What is spoken of; {WHOLE}: the text as a whole", nullable=False,
               choices=(WHOLE, *ASPECTS)),
        SCORE,
        CONFIDENCE,
        EVIDENCE,
        ENGINE,
    ),
)  # fmt: skip

feeling_models = Table(
    "feeling_models",
    "The engines that can read this shop's texts, judged on rated texts they did not learn from, and which is used.",
    "one engine",
    ("engine",),
    (
        Column("engine", "string", "lexicon: words and rules; shop: learnt from the shop's rated texts", nullable=False,
               choices=("lexicon", "shop")),
        Column("label_count", "int64", "Rated texts it was judged on; from 200 on the shop's is a candidate", "texts",
               nullable=False),
        Column("accuracy", "float64", "Share of them put into the right one of bad, middling and good", "share"),
        Column("macro_f1", "float64", "Mean of the F1 of the three: what decides", "share"),
        Column("auc", "float64", "Chance that a good one scores above a bad one", "share"),
        Column("is_used", "boolean", "Whether texts are read by it", nullable=False),
        Column("model", "string", "The model as JSON; empty for the lexicon and where it is not used"),
    ),
)  # fmt: skip

topic_models = Table(
    "topic_models",
    "The topics found in the newest texts; found anew when there are a quarter more of them.",
    "one topic",
    ("topic",),
    (TOPIC, WORDS, Column("weights", "string", "Every noun of the topic with its weight, as JSON", nullable=False)),
)

text_topics = Table(
    "text_topics",
    "The topic each distinct text speaks most of. Kept from one refresh to the next, as long as the topics stay.",
    "one text",
    ("text_key",),
    (TEXT_KEY, Column("topic", "int64", "Number of the topic; empty with none of the topics' words")),
)

TABLES = (feeling_models, text_feelings, topic_models, text_topics)
