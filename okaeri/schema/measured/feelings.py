"""What customers feel, by what they wrote."""

from __future__ import annotations

from okaeri.schema.table import Column, Table

#: What a sentence can be about.
ASPECTS = (
    "advert", "product_page", "order", "payment", "delivery", "unboxing", "quality", "use", "effect", "scent_taste",
    "price", "support", "returns", "repeat",
)  # fmt: skip
#: In place of an aspect: the text as a whole.
WHOLE = "whole"
#: In place of an engine: somebody of the shop read the text.
PERSON = "person"

VOICE = Column("voice_id", "string", "The voice", nullable=False)
TEXT_KEY = Column("text_key", "string", "Digest of text and language", nullable=False)
SCORE = Column("score", "float64", "From -1 bad to 1 good; 0 where nothing was found", "feeling", nullable=False)
CONFIDENCE = Column("confidence", "float64", "How much was found, from 0 nothing to 1: what to weigh the score with",
                    "share", nullable=False)  # fmt: skip
EVIDENCE = Column("evidence", "string", "The words that decided, each with the sign it counted with", nullable=False)
ENGINE = Column("engine", "string", "What read the text, with its version; person: somebody put the score right; none where "
                "nobody here reads the language",
                nullable=False)  # fmt: skip

distinct_texts = Table(
    "distinct_texts",
    "The texts of voices to be read, each once however often it was written.",
    "one text in one language",
    ("text_key",),
    (
        TEXT_KEY,
        Column("language", "string", "ISO 639-1 code; empty where unknown", nullable=False),
        Column("text", "string", "The words", nullable=False),
    ),
)

rated_texts = Table(
    "rated_texts",
    "The newest texts that came with a rating: what the shop's own reader of feelings learns from.",
    "one text with a rating",
    ("number",),
    (
        Column("number", "int64", "Its place among all of them, by day and voice, from 1", "texts", nullable=False),
        Column("language", "string", "ISO 639-1 code; empty where unknown", nullable=False),
        Column("text", "string", "The words", nullable=False),
        Column("rating", "float64", "Stars or score mapped to 0..1", "share", nullable=False),
        Column("is_corrected", "boolean", "Whether a person said so, whatever the stars", nullable=False),
    ),
)

feelings = Table(
    "feelings",
    "What each voice with a text says of the customer's mood.",
    "one voice with a text",
    ("voice_id",),
    (VOICE, SCORE, CONFIDENCE, EVIDENCE, ENGINE),
)

feeling_aspects = Table(
    "feeling_aspects",
    "What each voice speaks of, and the mood of the sentences that do.",
    "one aspect of one voice",
    ("voice_id", "aspect"),
    (
        VOICE,
        Column("aspect", "string", "What is spoken of", nullable=False, choices=ASPECTS),
        SCORE,
        CONFIDENCE,
        EVIDENCE,
    ),
)

TOPIC = Column("topic", "int64", "Number of the topic, from 1, the one with the most texts first", nullable=False)
WORDS = Column("words", "string", "The nouns that tell it, the strongest first, with spaces between", nullable=False)

recent_texts = Table(
    "recent_texts",
    "The newest texts, whether rated or not: what topics are found in.",
    "one text",
    ("number",),
    (
        Column("number", "int64", "Its place among all of them, by the day it was first written and key, from 1", "texts",
               nullable=False),
        Column("language", "string", "ISO 639-1 code; empty where unknown", nullable=False),
        Column("text", "string", "The words", nullable=False),
    ),
)  # fmt: skip

feeling_topics = Table(
    "feeling_topics",
    "The topic that each voice speaks most of; voices with none of the topics' words have no row.",
    "one voice with a topic",
    ("voice_id",),
    (VOICE, TOPIC),
)

voice_topics = Table(
    "voice_topics",
    "The topics of the shop's voices, found in their words alone: how many speak of each, and in what mood.",
    "one topic",
    ("topic",),
    (
        TOPIC,
        WORDS,
        Column("voice_count", "int64", "Voices that speak most of it", "voices", nullable=False),
        Column("mean_score", "float64", "Mean of their scores, each weighed by its confidence; empty where none has any",
               "feeling"),
    ),
)  # fmt: skip

TABLES = (distinct_texts, rated_texts, recent_texts, feelings, feeling_aspects, feeling_topics, voice_topics)
