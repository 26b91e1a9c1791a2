"""Where feelings fall, why, what it costs, and what a repair brought."""

from __future__ import annotations

from okaeri.schema.measured.emotion import COUNTED_DAYS, KINDS_OF_FACTS, REPEAT_DAYS, STEPS, VALUED_DAYS
from okaeri.schema.predicted.emotion import TOO_FEW
from okaeri.schema.table import Column, Table

SCOPES = ("step", "category", "product", "store")
LOOK = (
    Column("scope", "string", "step: a step against all others; else a category, product or store at a step against the "
           "others at the same step", nullable=False, choices=SCOPES),
    Column("segment", "string", "The category, product or store; all for a step", nullable=False),
    Column("step", "string", "Step of the journey", nullable=False, choices=tuple(STEPS)),
)  # fmt: skip
LOOK_KEY = ("scope", "segment", "step")

friction_points = Table(
    "friction_points",
    "Where feelings fall (摩擦点): every look taken, which of them are friction beyond chance, since when, whether customers "
    "behave so, and what it costs in a year.",
    "one step, or one category, product or store at a step",
    LOOK_KEY,
    (
        *LOOK,
        Column("n", "int64", "Signals there", "signals", nullable=False),
        Column("customer_count", "int64", "Customers they are of", "customers", nullable=False),
        Column("fall", "float64", "Mean score against the rest, in standard deviations of its channel", "sd"),
        Column("p", "float64", "Chance to see as deep a fall where there is none", "share"),
        Column("fall_before", "float64", "Of a step: mean score against the step before", "sd"),
        Column("p_before", "float64", "The same chance for that", "share"),
        Column("p_corrected", "float64", "The smaller of both chances, corrected for all looks taken (Holm)", "share"),
        Column("is_friction", "boolean", "The fall against the rest is beyond chance, at 1% over all looks",
               nullable=False),
        Column("is_main", "boolean", "The clearest friction of its step: it alone has causes and a price, and losses add up", nullable=False),
        Column("since_on", "date", "Monday of the week since which it lasts; empty where no change is clear"),
        Column("p_since", "float64", "Chance to see as clear a change where there is none", "share"),
        Column("below_share", "float64", "Share of signals there half a standard deviation below their channel's mean",
               "share"),
        Column("repeat_rate_below", "float64", f"Share of those followed by an order within {REPEAT_DAYS} days", "share"),
        Column("repeat_rate_above", "float64", "The same of the others there", "share"),
        Column("return_rate_below", "float64", "Share of those whose customer sent something back afterwards", "share"),
        Column("return_rate_above", "float64", "The same of the others there", "share"),
        Column("next_below", "float64", "Mean score of the same customers' next signal", "sd"),
        Column("next_above", "float64", "The same of the others there", "sd"),
        Column("p_behaviour", "float64", "Chance to see the difference in repeats where there is none", "share"),
        Column("is_verified", "boolean", "Those below repeat less, beyond chance at 5%; empty where it is no friction"),
        Column("affected_share", "float64", "Share of orders whose customers are below there, beyond the usual share", "share"),
        Column("affected_orders", "float64", "Orders in it in the latest 365 days", "orders"),
        Column("heard_customers", "int64", "Customers who said so, below at this step", "customers"),
        Column("loss_each", "float64", f"Revenue of {VALUED_DAYS} days lost per order in the dip, by orders of the "
               f"{COUNTED_DAYS} days after it", "yen"),
        Column("loss", "float64", "Revenue lost by those orders of the latest 365 days whose customers would speak of the "
               "step when asked; below nought where they bring more", "yen"),
        Column("loss_low_90", "float64", "Bound of loss, 90% interval, customers as clusters", "yen"),
        Column("loss_high_90", "float64", "Bound of loss, 90% interval, customers as clusters", "yen"),
        Column("basis", "string", "answers: share of orders by surveys; voices: by whoever spoke, which is too high; empty "
               "without a price", nullable=False, choices=("", "answers", "voices")),
        Column("loss_rank", "int64", "Place among friction points, the dearest first", "place"),
        Column("worst_product", "string", "Product with the deepest fall at this step"),
        Column("worst_store", "string", "Store with the deepest fall at this step"),
    ),
)  # fmt: skip

friction_causes = Table(
    "friction_causes",
    "What customers say at friction points: phrases more frequent below than above or elsewhere.",
    "one cause of one friction point",
    (*LOOK_KEY, "place"),
    (
        *LOOK,
        Column("place", "int64", "The weightiest first", "place", nullable=False),
        Column("phrase", "string", "The words", nullable=False),
        Column("voice_count", "int64", "Voices below there that hold them", "voices", nullable=False),
        Column("voice_share", "float64", "Share of the voices below there", "share", nullable=False),
        Column("z", "float64", "How many standard deviations more often than elsewhere", "sd", nullable=False),
        *(Column(f"example_{place}", "string", "A voice that says so") for place in (1, 2, 3)),
    ),
)  # fmt: skip


friction_facts = Table(
    "friction_facts",
    "What friction comes from: carriers, lots, products and stores of which more voices are below at the step than of the "
    "others of their kind. The clearest is named first and its voices set aside before the next one is sought.",
    "one fact at one step",
    ("step", "place"),
    (
        Column("step", "string", "Step of the journey", nullable=False, choices=tuple(STEPS)),
        Column("place", "int64", "The clearest first", "place", nullable=False),
        Column("kind", "string", "What it is", nullable=False, choices=tuple(KINDS_OF_FACTS)),
        Column("name", "string", "Which carrier, lot, product (code) or store", nullable=False),
        Column("n", "int64", "Signals about orders or goods of it, at all steps", "signals", nullable=False),
        Column("customer_count", "int64", "Customers they are of", "customers", nullable=False),
        Column("below_share", "float64", "Share of them that are below at this step", "share", nullable=False),
        Column("below_share_others", "float64", "The same of the others of its kind, in the same channels, half-years and "
               "numbers of orders", "share", nullable=False),
        Column("z", "float64", "Difference of both in standard errors, customers as clusters", "sd", nullable=False),
        Column("p_corrected", "float64", "Chance to see as much where there is nothing, corrected for all facts looked at "
               "(Bonferroni)", "share", nullable=False),
    ),
)  # fmt: skip


def compared(name: str, what: str, unit: str) -> tuple[Column, ...]:
    """Columns of a figure before against after a repair."""
    return (
        Column(f"{name}_before", "float64", f"{what}: of those before, as if of the mix of those after", unit),
        Column(f"{name}_after", "float64", f"{what}: of those after", unit),
        Column(f"{name}_change", "float64", "After less before", unit),
        Column(f"{name}_low_90", "float64", f"Bound of {name}_change, 90% interval, customers as clusters", unit),
        Column(f"{name}_high_90", "float64", f"Bound of {name}_change, 90% interval, customers as clusters", unit),
        Column(f"{name}_p", "float64", "Chance to see as much where nothing changed, corrected for all figures of all "
               "repairs (Holm)", "share"),
    )  # fmt: skip


friction_repairs = Table(
    "friction_repairs",
    "After a repair: what was felt of the step, and what those who came did, before against after. A repair is entered by "
    "the shop (rules.repairs), or found where what is said of a step rose beyond chance and beyond the other steps. "
    "Compared are up to 365 days on each side, standardised for the mix of orders and seasons.",
    "one repair of one step",
    ("step", "repaired_on"),
    (
        Column("step", "string", "Step of the journey", nullable=False, choices=tuple(STEPS)),
        Column("repaired_on", "date", "Day from which it was repaired; of one found, the Monday of the week of the rise",
               nullable=False),
        Column("origin", "string", "entered by the shop, or found in what is said", nullable=False,
               choices=("entered", "found")),
        Column("began_on", "date", "Of one found: Monday of the week in which the dip began; empty where nothing tells"),
        Column("p_found", "float64", "Of one found: chance to see as clear a rise where there is none, corrected for all "
               "steps (Holm)", "share"),
        Column("voices_before", "int64", "Signals at the step before", "signals"),
        Column("voices_after", "int64", "Signals at the step after", "signals"),
        *compared("score", "Mean score at the step, in standard deviations of the channel, less the change elsewhere", "sd"),
        Column("orders_before", "int64", f"Orders before with {REPEAT_DAYS} days on record", "orders"),
        Column("orders_after", "int64", f"Orders after with {REPEAT_DAYS} days on record", "orders"),
        *compared("repeat", f"Share of all orders followed by another within {REPEAT_DAYS} days", "share"),
        *compared("revenue", f"Revenue of the {REPEAT_DAYS} days after each order", "yen"),
        Column("is_better", "boolean", "The score is higher beyond chance, at 5% over all figures", nullable=False),
        Column("reason", "string", "Why there is no score; empty where there is one", nullable=False, choices=("", TOO_FEW)),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (friction_points, friction_causes, friction_facts, friction_repairs)
