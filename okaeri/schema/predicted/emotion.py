"""The emotion curve, where it breaks, and what that is worth."""

from __future__ import annotations

from okaeri.schema.measured.emotion import CHANNELS, REPEAT_DAYS, STEPS
from okaeri.schema.table import Column, Table

#: Values of a channel are told in so many steps from -1 to 1.
VALUE_STEPS = 21
#: First days of the stages by age, and their names.
AGES = (0, 7, 14, 30, 60, 90, 180, 365)
AGE_STAGES = ("0-6", "7-13", "14-29", "30-59", "60-89", "90-179", "180-364", "365-")
AXES = {"steps": tuple(STEPS), "days": AGE_STAGES}
#: Why a stage has no figure.
TOO_FEW = "too_few"
PERSONA_OR_ALL = Column("persona", "string", "The face, or all", nullable=False)
EMOTION = "from -1, who never come back, over 0, as usual, to 1, who always do"


def bounds(of: str, unit: str, shares: tuple[int, ...] = (80, 95)) -> tuple[Column, ...]:
    """Lower and upper bound columns of ``of``."""
    return tuple(Column(f"{side}_{share}", "float64", f"Bound of {of}, {share}% interval, customers as clusters", unit)
                 for share in shares for side in ("low", "high"))  # fmt: skip


emotion_scale = Table(
    "emotion_scale",
    f"What each channel's values mean on one scale: the chance of an order within {REPEAT_DAYS} days, against customers "
    "with as many orders.",
    "one value of one channel",
    ("channel", "value_step"),
    (
        Column("channel", "string", "How the feeling is known", nullable=False, choices=tuple(CHANNELS)),
        Column("value_step", "int64", "The value in tenths above -1: 0 to 20", "tenths", nullable=False),
        Column("value", "float64", "The value, from -1 to 1", "score", nullable=False),
        Column("n", "int64", f"Signals with {REPEAT_DAYS} days on record after them", "signals", nullable=False),
        Column("followed_count", "int64", "Those followed by an order in that time", "signals", nullable=False),
        Column("expected_count", "float64", "Those usually followed, by the number of orders so far", "signals",
               nullable=False),
        Column("seen_log_odds", "float64", "Log-odds ratio of being followed, as seen (Peto)", "log odds"),
        Column("log_odds", "float64", "The same, never falling along the channel's values, drawn to the mean where thin",
               "log odds", nullable=False),
        Column("repeat_chance", "float64", f"The chance of an order within {REPEAT_DAYS} days it means for a usual customer",
               "share", nullable=False),
        Column("emotion", "float64", "Yule's Q of the odds ratio: " + EMOTION, "emotion", nullable=False),
    ),
)  # fmt: skip

emotion_curve = Table(
    "emotion_curve",
    "The emotion curve (感情曲線): mean emotion along the journey's steps and along the days since the first order, of each "
    "persona and of all.",
    "one stage of one persona",
    ("persona", "axis", "stage"),
    (
        PERSONA_OR_ALL,
        Column("axis", "string", "steps: of the journey; days: since the first order", nullable=False,
               choices=tuple(AXES)),
        Column("stage", "string", "The step, or the days", nullable=False),
        Column("place", "int64", "Its place along the axis, from 1", "place", nullable=False),
        Column("n", "int64", "Signals", "signals", nullable=False),
        Column("customer_count", "int64", "Customers they are of", "customers", nullable=False),
        Column("mean_value", "float64", "Plain mean of the values as said", "score"),
        Column("emotion_raw", "float64", "Plain mean emotion of whatever channels spoke at this stage", "emotion"),
        Column("emotion", "float64", "Mean emotion with the channel mix of all stages; drawn to the mean of all below 50 "
               "signals; empty below 30; " + EMOTION, "emotion"),
        *bounds("emotion", "emotion"),
        Column("repeat_chance", "float64", f"The chance of an order within {REPEAT_DAYS} days the emotion means", "share"),
        Column("is_shrunk", "boolean", "Drawn to the mean of all, being thin", nullable=False),
        Column("reason", "string", "Why there is no figure; empty where there is one", nullable=False,
               choices=("", TOO_FEW)),
    ),
)  # fmt: skip

emotion_summary = Table(
    "emotion_summary",
    "Peak, lowest point, end and area of each persona's curve, and who speaks at all: the figures the curve must be read "
    "with, as those who write and those who stay are not all customers.",
    "one persona, or all",
    ("persona",),
    (
        PERSONA_OR_ALL,
        Column("n", "int64", "Signals", "signals", nullable=False),
        Column("mean", "float64", "Mean emotion", "emotion"),
        Column("peak_step", "string", "Step of the journey with the highest emotion"),
        Column("peak", "float64", "Its emotion", "emotion"),
        Column("low_step", "string", "Step with the lowest emotion"),
        Column("low", "float64", "Its emotion", "emotion"),
        Column("end_stage", "string", "The last stage by age with a figure"),
        Column("end", "float64", "Its emotion", "emotion"),
        Column("area", "float64", "Emotion times days, over the first 365 days", "emotion days"),
        Column("customer_count", "int64", "Customers", "customers", nullable=False),
        Column("spoke_share", "float64", "Share of them who ever said anything", "share"),
        Column("speakers_repeat_rate", "float64", "Of customers with one order 30 days after it who had spoken: share with "
               "an order in the next 90 days", "share"),
        Column("silent_repeat_rate", "float64", "The same of those who had not", "share"),
    ),
)  # fmt: skip

BETTER = ("emotion", "recency_frequency", "alike", "unknown")
BETTER_MODEL = ("hazard", "purchases", "alike", "unknown")

emotion_ltv = Table(
    "emotion_ltv",
    "LTV from the curve, both ways. The formula: length x unit price x frequency, length being the days from the first to "
    "the latest order and one usual interval more, of customers won at least a year ago. Survival: past revenue and the "
    "orders still expected by a discrete-time hazard that knows what was felt, discounted, times their value; beside it "
    "the same by recency and frequency alone, and by purchases: a BG/NBD in which a bad order raises the chance to leave. "
    "Every customer is held back once, to be foretold by what others teach; which foretells them better stands in better "
    "and better_model.",
    "one persona, or all",
    ("persona",),
    (
        PERSONA_OR_ALL,
        Column("customer_count", "int64", "Customers of the sample", "customers", nullable=False),
        Column("length_years", "float64", "Length: from the first to the latest order and one usual interval more", "years"),
        Column("unit_price", "float64", "Mean revenue of an order", "yen"),
        Column("frequency", "float64", "Orders a year of that length", "orders"),
        Column("ltv_formula", "float64", "length_years x unit_price x frequency", "yen"),
        Column("past_revenue", "float64", "Mean revenue so far", "yen"),
        Column("expected_orders", "float64", "Orders still expected within the forecast horizon, knowing what was felt",
               "orders"),
        Column("ltv_survival", "float64", "past_revenue and expected orders, discounted, times their value", "yen"),
        Column("low_90", "float64", "Bound of ltv_survival by the uncertainty of the hazard, 90% interval", "yen"),
        Column("high_90", "float64", "Bound of ltv_survival by the uncertainty of the hazard, 90% interval", "yen"),
        Column("ltv_recency", "float64", "The same by recency and frequency alone", "yen"),
        Column("emotion_odds", "float64", "Times the odds of leaving after an order said of which is a standard deviation "
               "better; only of all", "ratio"),
        Column("odds_low_90", "float64", "Bound of emotion_odds, 90% interval", "ratio"),
        Column("odds_high_90", "float64", "Bound of emotion_odds, 90% interval", "ratio"),
        Column("ltv_purchases", "float64", "The same by the purchase model in which a bad order raises the chance to leave",
               "yen"),
        Column("bad_odds", "float64", "Times the odds of leaving after an order said of which was half a standard deviation "
               "below the usual, by the purchase model; only of all", "ratio"),
        Column("bad_odds_low_90", "float64", "Bound of bad_odds, 90% interval", "ratio"),
        Column("bad_odds_high_90", "float64", "Bound of bad_odds, 90% interval", "ratio"),
        Column("held_back", "int64", "Orders by which the ways were judged, each foretold by what other customers teach; "
               "only of all", "orders"),
        Column("auc_emotion", "float64", "Chance that one who left had the higher chance to, knowing what was felt",
               "share"),
        Column("auc_recency", "float64", "The same by recency and frequency alone", "share"),
        Column("gain", "float64", "Log-likelihood per held-back order of which something was said, above that by recency and "
               "frequency alone", "nats"),
        Column("gain_low_90", "float64", "Bound of gain, 90% interval, customers as clusters", "nats"),
        Column("gain_high_90", "float64", "Bound of gain, 90% interval, customers as clusters", "nats"),
        Column("auc_purchases", "float64", "auc_emotion by the purchase model", "share"),
        Column("lead", "float64", "Log-likelihood per such order of the hazard that knows what was felt, above that of the "
               "purchase model", "nats"),
        Column("lead_low_90", "float64", "Bound of lead, 90% interval, customers as clusters", "nats"),
        Column("lead_high_90", "float64", "Bound of lead, 90% interval, customers as clusters", "nats"),
        Column("error_formula", "float64", "Root mean squared error of the year's revenue after held-back orders, by the "
               "formula", "yen"),
        Column("error_recency", "float64", "The same by recency and frequency alone", "yen"),
        Column("error_emotion", "float64", "The same knowing what was felt", "yen"),
        Column("better", "string", "What foretells held-back customers better: emotion, recency_frequency, alike where the "
               "interval of gain holds nought, unknown where there is too little to judge by; wrongly so in at most 5 of 100 "
               "shops each way", nullable=False, choices=BETTER),
        Column("better_model", "string", "The same of the hazard that knows what was felt and the purchase model, by lead",
               nullable=False, choices=BETTER_MODEL),
        Column("note", "string", "Why there is no figure; empty where all is well", nullable=False),
        Column("parameters", "string", "Of all: the hazard that knows what was felt, as JSON; else empty", nullable=False),
    ),
)  # fmt: skip

emotion_lift = Table(
    "emotion_lift",
    "What it would bring to lift a step of the curve to its neighbours' level: through the hazard, for those who feel so.",
    "one step of the journey",
    ("step",),
    (
        Column("step", "string", "The step", nullable=False, choices=tuple(STEPS)),
        Column("depth", "float64", "How far it lies below the mean of the steps before and after it; negative above",
               "sd", nullable=False),
        Column("depth_error", "float64", "Its standard error", "sd", nullable=False),
        Column("order_share", "float64", "Share of voices about it: of orders for which it decides the feeling", "share",
               nullable=False),
        Column("lift_each", "float64", "Revenue of the forecast horizon, discounted, won per such order; empty where the "
               "step does not lie below", "yen"),
        Column("ltv_lift", "float64", "The same per customer: lift_each x order_share x orders per customer", "yen"),
        Column("low_90", "float64", "Bound of ltv_lift, 90% interval", "yen"),
        Column("high_90", "float64", "Bound of ltv_lift, 90% interval", "yen"),
        Column("year_lift", "float64", "lift_each x order_share x orders of the latest 365 days", "yen"),
        Column("is_friction", "boolean", "Whether the step is a friction point", nullable=False),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (emotion_scale, emotion_curve, emotion_summary, emotion_ltv, emotion_lift)
