"""One product in numbers: what it sells, what follows, what comes back, and what is said of it."""

from __future__ import annotations

from okaeri.schema.measured.feelings import ASPECTS
from okaeri.schema.measured.products import PRODUCT
from okaeri.schema.table import Column, Table

#: A voice whose score is below this is unhappy.
UNHAPPY_BELOW = -0.15
#: What voices speak of: one of the aspects, or a topic found in the shop's own words.
SUBJECTS = ("aspect", "topic")

_VOICES = Column("voice_count", "int64", "Voices about it, those before buying left out", "voices", nullable=False)
_RATED = (
    Column("rating_n", "int64", "Those with a rating", "voices", nullable=False),
    Column("mean_rating", "float64", "Their mean rating, from 0 to 1", "share"),
)
_FELT = Column("felt_n", "int64", "Those with words that were read", "voices", nullable=False)
_UNHAPPY = Column(
    "unhappy_count", "int64", f"Those of them with a score below {UNHAPPY_BELOW}", "voices", nullable=False
)

product_sales = Table(
    "product_sales",
    "What each product sold, whether its buyers ordered again, and how often it came back.",
    "one product sold",
    ("product_id",),
    (
        PRODUCT,
        Column("order_count", "int64", "Orders with it that count", "orders", nullable=False),
        Column("pieces", "int64", "Pieces in them", "pieces", nullable=False),
        Column("revenue", "float64", "Quantity times price less the lines' discount, as charged", "yen"),
        Column("buyer_count", "int64", "Customers who bought it", "customers", nullable=False),
        Column("rebuyer_count", "int64", "Those who bought it in two orders or more", "customers", nullable=False),
        Column("latest_day", "int64", "Day of the latest order with it", "days since 1970-01-01", nullable=False),
        Column("n", "int64", "Buyers whose first order with it is longer ago than the conversion window", "customers",
               nullable=False),
        Column("again_count", "int64", "Those who ordered again, whatever it was, within the window", "customers",
               nullable=False),
        Column("again_rate", "float64", "again_count / n", "share"),
        Column("again_low", "float64", "95% interval, Wilson", "share"),
        Column("again_high", "float64", "95% interval, Wilson", "share"),
        Column("sent_count", "int64", "Orders with it that were not cancelled, returned ones among them", "orders",
               nullable=False),
        Column("return_count", "int64", "Those that were returned", "orders", nullable=False),
        Column("return_rate", "float64", "return_count / sent_count", "share"),
        Column("return_low", "float64", "95% interval, Wilson", "share"),
        Column("return_high", "float64", "95% interval, Wilson", "share"),
    ),
)  # fmt: skip

product_voices = Table(
    "product_voices",
    "What is said of each product, and how much more unhappiness there is than in the shop's voices in all.",
    "one product spoken of",
    ("product_id",),
    (
        PRODUCT,
        _VOICES,
        *_RATED,
        Column("rating_low", "float64", "95% interval, Student", "share"),
        Column("rating_high", "float64", "95% interval, Student", "share"),
        _FELT,
        _UNHAPPY,
        Column("unhappy_share", "float64", "unhappy_count / felt_n", "share"),
        Column("low", "float64", "95% interval, Wilson", "share"),
        Column("high", "float64", "95% interval, Wilson", "share"),
        Column("usual_share", "float64", "The same share of the voices about all products", "share"),
        Column("excess", "float64", "unhappy_count less felt_n times usual_share: unhappy voices beyond the usual",
               "voices", nullable=False),
        Column("rank", "int64", "Place by excess, from 1: the product to look at first", "rank", nullable=False),
    ),
)  # fmt: skip

product_voice_months = Table(
    "product_voice_months",
    "What is said of each product month by month.",
    "one month of one product spoken of",
    ("product_id", "month"),
    (PRODUCT, Column("month", "int64", "Month of the voices", "year * 12 + month - 1", nullable=False), _VOICES, *_RATED, _FELT, _UNHAPPY),
)  # fmt: skip

product_subjects = Table(
    "product_subjects",
    "What the voices about each product speak of, and in what mood.",
    "one aspect or topic of one product",
    ("product_id", "kind", "subject"),
    (
        PRODUCT,
        Column("kind", "string", "Whether it is an aspect or a topic", nullable=False, choices=SUBJECTS),
        Column("subject", "string", f"The aspect ({', '.join(ASPECTS)}), or the words of the topic", nullable=False),
        Column("voice_count", "int64", "Voices about the product that speak of it", "voices", nullable=False),
        Column("unhappy_count", "int64", f"Those whose sentences about it (topic: whose words) score below {UNHAPPY_BELOW}",
               "voices", nullable=False),
        Column("mean_score", "float64", "Mean of their scores", "feeling", nullable=False),
        Column("rank", "int64", "Place within product_id and kind: the most unhappy voices first, then the most voices",
               "rank", nullable=False),
    ),
)  # fmt: skip

TABLES = (product_sales, product_voices, product_voice_months, product_subjects)
