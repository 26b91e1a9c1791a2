"""Feelings as dated signals, along the customer's journey, and what is said of the shop elsewhere."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.personas import PERSONA
from okaeri.schema.table import Column, Table

#: The customer's journey, in order, with the words by which shops and files name its steps.
STEPS = {
    "advert": ("advert", "ad", "広告"),
    "expectation": ("expectation", "期待", "購入前"),
    "page": ("page", "product_page", "商品ページ"),
    "order": ("order", "注文"),
    "payment": ("payment", "決済", "支払い"),
    "delivery": ("delivery", "配送"),
    "unboxing": ("unboxing", "packaging", "梱包", "開封"),
    "quality": ("quality", "品質"),
    "use": ("use", "usage", "使い方", "使用"),
    "effect": ("effect", "効果"),
    "scent": ("scent", "taste", "scent_taste", "香り・味", "香り", "味"),
    "price": ("price", "価格"),
    "support": ("support", "サポート"),
    "return": ("return", "returns", "返品"),
    "repeat": ("repeat", "repurchase", "再購入"),
}
#: Facts of an order that may be at fault, the column that tells, and the steps at which they may be.
KINDS_OF_FACTS = {
    "carrier": ("carrier", ("delivery", "unboxing", "quality", "return")),
    "lot": ("lot", ("unboxing", "quality", "use", "effect", "scent", "return", "repeat")),
    "product": ("product_id", tuple(STEPS)),
    "store": ("store", tuple(STEPS)),
}
#: Where a voice is put that names no step.
STEP_OF_SOURCE = {"survey_before": "expectation", "survey_after": "use", "review": "use", "inquiry": "support",
                  "return": "return", "reply": "support"}  # fmt: skip
#: How a feeling is known. Of ``hope`` and below the value is what was said; the last four are what was done.
CHANNELS = {
    "hope": "Score of a survey before the purchase",
    "survey": "Score of a survey after it",
    "nps": "Score of a survey on recommending the shop",
    "stars": "Stars of a review",
    "score": "Score given anywhere else",
    "words_survey": "Words of a survey without a score",
    "words_review": "Words of a review without stars",
    "words_inquiry": "Words of an inquiry",
    "words_social": "Words of a post",
    "words_reply": "Words of a reply",
    "complaint": "An inquiry whose words were not scored",
    "return": "Goods sent back",
    "block": "Messages blocked",
    "quick_reorder": "An order after half the customer's usual days or less",
}
SAID = tuple(CHANNELS)[:10]
#: Scores customers gave themselves after buying: all of one measure.
SCORED = ("survey", "nps", "stars", "score")
#: Answers of those the shop asked, which stand for all customers better than what people volunteer.
ASKED = ("survey", "words_survey")
#: Days within which an order after a signal counts as a repeat: the unit of emotion; days in which orders after it are
#: counted; and days in which their revenue is.
REPEAT_DAYS, COUNTED_DAYS, VALUED_DAYS = 90, 270, 365

STEP = Column("step", "string", "Step of the journey; empty where nothing tells", choices=tuple(STEPS))

emotion_signals = Table(
    "emotion_signals",
    "Every sign of a feeling of customers who ever bought, dated, and what they did after it.",
    "one score, text or act of one customer",
    ("signal_id",),
    (
        Column("signal_id", "string", "Kind of fact and its id", nullable=False),
        CUSTOMER,
        PERSONA,
        Column("signal_day", "int64", "Day of the signal", "days since 1970-01-01", nullable=False),
        Column("days_since_first", "int64", "Days from the customer's first order; negative before it", "days",
               nullable=False),
        Column("channel", "string", "How the feeling is known", nullable=False, choices=tuple(CHANNELS)),
        Column("value", "float64", "The feeling in the channel's own measure, from -1 to 1", "score", nullable=False),
        STEP,
        Column("step_place", "int64", "Place of the step in the journey, from 1", "place"),
        Column("voice_id", "string", "The voice; empty for what was done"),
        Column("order_id", "string", "The order it is about, else the customer's latest by then", nullable=False),
        Column("order_no", "int64", "Which order of the customer that is, from 1", "orders", nullable=False),
        Column("order_day", "int64", "Its day", "days since 1970-01-01", nullable=False),
        Column("product_id", "string", "The product it is about"),
        Column("category", "string", "Its category"),
        Column("store", "string", "Where that order was bought", nullable=False),
        Column("carrier", "string", "Who delivered it; empty where not known"),
        Column("lot", "string", "Lot of the goods it is about; empty where not known or of several lots"),
        Column("days_to_next", "int64", "Days from that order to the customer's next one", "days"),
        Column("is_mature", "boolean", f"More than {REPEAT_DAYS} days are on record after that order", nullable=False),
        Column("is_followed", "boolean", f"Another came within {REPEAT_DAYS} days after it", nullable=False),
        Column("is_counted", "boolean", f"More than {COUNTED_DAYS} days are on record after it", nullable=False),
        Column("orders_after", "int64", f"Orders in the {COUNTED_DAYS} days after it", "orders", nullable=False),
        Column("is_valued", "boolean", f"More than {VALUED_DAYS} days are on record after it", nullable=False),
        Column("revenue_after", "float64", f"Revenue of the {VALUED_DAYS} days after it", "yen", nullable=False),
        Column("is_sampled", "boolean", "Whether the customer is in the even sample that models are learned from",
               nullable=False),
    ),
)  # fmt: skip

emotion_reach = Table(
    "emotion_reach",
    "Who speaks: customers by whether they spoke in the 30 days after their first order, and how many of them repeat.",
    "one persona, or all",
    ("persona",),
    (
        Column("persona", "string", "The face, or all", nullable=False),
        Column("customer_count", "int64", "Customers with at least one order", "customers", nullable=False),
        Column("spoke_count", "int64", "Those who ever said anything", "customers", nullable=False),
        Column("order_count", "int64", "Their orders in all", "orders", nullable=False),
        Column("year_order_count", "int64", "Orders of the latest 365 days", "orders", nullable=False),
        Column("speakers_n", "int64", "Customers with one order 30 days after it, 120 days on record, who had spoken",
               "customers", nullable=False),
        Column("speakers_repeat_rate", "float64", "Share of them with an order in the next 90 days", "share"),
        Column("silent_n", "int64", "The same of those who had not spoken", "customers", nullable=False),
        Column("silent_repeat_rate", "float64", "Share of them with an order in the next 90 days", "share"),
    ),
)  # fmt: skip

friction_texts = Table(
    "friction_texts",
    "Words of the latest voices, by which causes are named.",
    "one voice with words",
    ("voice_id",),
    (
        Column("voice_id", "string", "The voice", nullable=False),
        Column("text", "string", "The words, scrubbed", nullable=False),
        Column("language", "string", "ISO 639-1 code of their language; empty where not known"),
    ),
)

social_signal = Table(
    "social_signal",
    "Posts about the shop by week: how many, what share of all voices, in what mood.",
    "one week",
    ("week_on",),
    (
        Column("week_on", "date", "Monday of the week", nullable=False),
        Column("post_count", "int64", "Posts", "posts", nullable=False),
        Column("voice_count", "int64", "Voices of all kinds", "voices", nullable=False),
        Column("post_share", "float64", "post_count / voice_count", "share", nullable=False),
        Column("mood", "float64", "Mean score of posts with words", "score"),
        Column("good_rate", "float64", "Share of scored posts above 0.2", "share"),
        Column("bad_rate", "float64", "Share of scored posts below -0.2", "share"),
        Column("usual_posts", "float64", "Mean posts of the eight weeks before", "posts"),
    ),
)

word_of_mouth = Table(
    "word_of_mouth",
    "First orders that word of mouth brought (口コミ -> 新規), by what tells so.",
    "one month of first orders and one trace",
    ("cohort_month", "trace"),
    (
        Column("cohort_month", "int64", "Month of the first order", "year * 12 + month - 1", nullable=False),
        Column("trace", "string", "code: a friend's code, or the customer is known to be referred; link: a link followed "
               "from a post or a friend; answer: the survey before the purchase says so; posts: acquired through social "
               "media; none: nothing tells", nullable=False, choices=("code", "link", "answer", "posts", "none")),
        Column("customer_count", "int64", "Customers whose first trace it is", "customers", nullable=False),
        Column("customer_share", "float64", "Share of the month's new customers", "share", nullable=False),
        Column("revenue", "float64", "Their revenue so far", "yen", nullable=False),
        Column("first_order_revenue", "float64", "Revenue of their first orders", "yen", nullable=False),
    ),
)  # fmt: skip

emotion_orders = Table(
    "emotion_orders",
    "Orders of the even sample of customers with what was felt about them, and whether another order followed.",
    "one order",
    ("order_id",),
    (
        CUSTOMER,
        PERSONA,
        Column("order_id", "string", "The order", nullable=False),
        Column("order_no", "int64", "Which order of the customer, from 1", "orders", nullable=False),
        Column("order_day", "int64", "Its day", "days since 1970-01-01", nullable=False),
        Column("days_since_previous", "int64", "Days since the order before", "days"),
        Column("days_to_next", "int64", "Days to the next order", "days"),
        Column("days_seen", "int64", "Days on record after it", "days", nullable=False),
        Column("revenue", "float64", "Its revenue", "yen"),
        Column("is_delivery", "boolean", "Delivered by subscription", nullable=False),
        Column("is_followed", "boolean", "Another order came within the conversion window", nullable=False),
        Column("is_open", "boolean", "None came yet, and there is still time", nullable=False),
        Column("feeling", "float64", "Mean of what was said of it within 60 days and before the next order, in standard "
               "deviations off its channel's mean", "sd"),
        Column("feeling_count", "int64", "How often something was said", "signals", nullable=False),
    ),
)  # fmt: skip

TABLES = (emotion_signals, emotion_orders, emotion_reach, friction_texts, social_signal, word_of_mouth)
