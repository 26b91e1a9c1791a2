"""What the next basket is foretold from, and what each customer is shown."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.products import PRODUCT, PRODUCT_NO
from okaeri.schema.table import Column, Table

#: What a purchase counts for after each further visit of the customer.
VISIT_DECAYS = (0.5, 0.7, 0.85, 0.95)
#: Days after which a purchase counts half.
DAY_HALF_LIVES = (14, 45, 150)
#: First visits and days of the buckets in which the chance of buying again is counted.
VISIT_BOUNDS = (1, 2, 3, 4, 6, 9, 14, 22, 35)
DAY_BOUNDS = (0, 2, 4, 8, 15, 22, 31, 46, 61, 91, 181)


#: Covariates of a candidate, each the logarithm of a figure (``deep``: one that tells small figures apart), by what
#: they are told of: an own product, a product, a customer, customer and product, and the links that lead to it.
OWN = (
    "bought", "bought_share", "bought_share_deep", "since_first", "since_first_deep", "visits_ago", "due_visits",
    "own_gap", "own_visit_size", "least_visit_size", "hazard_visit", "hazard_visit_deep",
    *(f"decayed_{int(rate * 100)}{deep}" for rate in VISIT_DECAYS for deep in ("", "_deep")),
    "days_ago", "due_days", "hazard_day", "hazard_day_deep",
    *(f"decayed_{days}_days{deep}" for days in DAY_HALF_LIVES for deep in ("", "_deep")),
)  # fmt: skip
POPULARITY = (
    "popular",
    "buyers",
    "recent",
    "last_visit",
    "rebuy_rate",
    "rebuy_rate_deep",
    "per_buyer",
    "usual_visits",
    "visit_size",
)
PERSON = ("visits", "basket_size", "own_products", "again_rate", "silent_days", "usual_between")
#: Which covariate of a product by which of a customer.
BY_PRODUCT = {
    "recent": {"recent_by_visits": "visits", "recent_by_size": "basket_size", "recent_by_again": "again_rate"},
    "visit_size": {"size_by_size": "basket_size", "size_by_silence": "silent_days"},
}
CROSSED = tuple(name for crosses in BY_PRODUCT.values() for name in crosses)
LINKS = (
    "next_sum", "next_max", "next_last", "together_sum", "together_max", "buyers_sum", "buyers_max", "buyers_count",
)  # fmt: skip
SIGNALS = (*OWN, *POPULARITY, *PERSON, *CROSSED, *LINKS)
#: Covariates of an own product that enter by their squares and by each other as well, so that a weighted sum can bend.
BENT = (
    "decayed_85_deep", "decayed_95_deep", "decayed_150_days_deep", "hazard_visit_deep", "hazard_day_deep", "days_ago",
    "bought", "recent",
)  # fmt: skip
BENDS = {f"{one}_by_{other}": (one, other) for place, one in enumerate(BENT) for other in BENT[: place + 1]}
#: Everything a ranker weighs.
TERMS = (*SIGNALS, *BENDS)
#: Why a product is shown, the first that holds.
REASONS = ("category", "due", "often", "goes_with", "popular")


def hazard_columns() -> list[str]:
    """Names of the hazards of :data:`product_habits`."""
    return [f"hazard_visit_{n}" for n in range(len(VISIT_BOUNDS))] + [f"hazard_day_{n}" for n in range(len(DAY_BOUNDS))]


SNAPSHOT = Column(
    "snapshot", "int64", "Latest visits of each customer hidden: 0 is the present", "visits", nullable=False
)
CUSTOMER_NO = Column(
    "customer_no", "int64", "The customer's place in the order of customer_id", "number", nullable=False
)

past_lines = Table(
    "past_lines",
    "What each customer had bought, now and before the latest visits.",
    "one product of one visit, at one snapshot",
    ("snapshot", "customer_no", "visits_ago", "product_no"),
    (
        SNAPSHOT,
        CUSTOMER_NO,
        PRODUCT_NO,
        Column("visits_ago", "int64", "Visits since; 0 is the last one known", "visits", nullable=False),
        Column("visit_count", "int64", "Visits of the customer known", "visits", nullable=False),
        Column("visit_size", "int64", "Products of the visit", "products", nullable=False),
        Column("days_ago", "int64", "Days since, until as_of or the day of the first visit hidden", "days"),
    ),
)

own_products = Table(
    "own_products",
    "How often, how lately and how regularly each customer bought each product.",
    "one customer and product, at one snapshot",
    ("snapshot", "customer_no", "product_no"),
    (
        SNAPSHOT,
        CUSTOMER_NO,
        PRODUCT_NO,
        Column("bought_count", "int64", "Visits with it", "visits", nullable=False),
        Column("visit_count", "int64", "Visits of the customer", "visits", nullable=False),
        Column("first_visits_ago", "int64", "Visits since the first with it", "visits", nullable=False),
        Column("last_visits_ago", "int64", "Visits since the last with it", "visits", nullable=False),
        Column("first_days_ago", "int64", "Days since the first with it", "days"),
        Column("last_days_ago", "int64", "Days since the last with it", "days"),
        Column("log_visit_size", "float64", "Mean logarithm of how many products the visits with it hold", "log",
               nullable=False),
        Column("least_visit_size", "int64", "Products of the smallest visit with it", "products", nullable=False),
        *(Column(f"decayed_{int(rate * 100)}", "float64", f"Visits with it, each worth {rate} less per visit since",
                 "visits", nullable=False) for rate in VISIT_DECAYS),
        *(Column(f"decayed_{days}_days", "float64", f"Visits with it, each worth half after {days} days", "visits",
                 nullable=False) for days in DAY_HALF_LIVES),
    ),
)  # fmt: skip

customer_habits = Table(
    "customer_habits",
    "How often and how much each customer buys, and how much of it again.",
    "one customer, at one snapshot",
    ("snapshot", "customer_no"),
    (
        SNAPSHOT,
        CUSTOMER_NO,
        Column("visit_count", "int64", "Visits", "visits", nullable=False),
        Column("product_count", "int64", "Different products bought", "products", nullable=False),
        Column("basket_size", "float64", "Products a visit", "products", nullable=False),
        Column("again_rate", "float64", "Share of purchases bought before", "share", nullable=False),
        Column("silent_days", "int64", "Days since the last visit", "days"),
        Column("usual_days", "float64", "Mean days between visits", "days"),
    ),
)

product_habits = Table(
    "product_habits",
    "How popular each product is, how many buy it again, and when.",
    "one product, at one snapshot",
    ("snapshot", "product_no"),
    (
        SNAPSHOT,
        PRODUCT_NO,
        Column("bought_count", "int64", "Visits with it", "visits", nullable=False),
        Column("buyer_count", "int64", "Customers who bought it", "customers", nullable=False),
        Column("recent_count", "float64", "Visits with it, each worth 0.7 per visit of the customer since", "visits",
               nullable=False),
        Column("last_visit_count", "int64", "Customers whose last visit holds it", "customers", nullable=False),
        Column("log_visit_size", "float64", "Mean logarithm of how many products the visits with it hold", "log",
               nullable=False),
        Column("rebuy_rate", "float64", "Share of its buyers who bought it again", "share", nullable=False),
        Column("usual_visits", "float64", "Mean visits between purchases of it, drawn to all products'", "visits"),
        Column("usual_days", "float64", "Mean days between purchases of it, drawn to all products'", "days"),
        *(Column(name, "float64", "Chance to buy it again in that bucket of visits or days, given not before", "share",
                 nullable=False) for name in hazard_columns()),
    ),
)  # fmt: skip

product_links = Table(
    "product_links",
    "Which products follow, accompany and share buyers with which: the strongest of each.",
    "one product and another, at one snapshot",
    ("snapshot", "product_no", "other_no"),
    (
        SNAPSHOT,
        PRODUCT_NO,
        Column("other_no", "int64", "The other product's number", "number", nullable=False),
        Column("next_score", "float64", "Share of the product's purchases whose customer's next visit holds the other, "
               "as if 5 more were not followed", "share", nullable=False),
        Column("together_score", "float64", "Cosine of the two products' visits", "share", nullable=False),
        Column("buyers_score", "float64", "Cosine of the two products' buyers", "share", nullable=False),
        Column("rank", "int64", "Place within product_no by the sum of the three", "rank", nullable=False),
    ),
)  # fmt: skip

next_basket_choices = Table(
    "next_basket_choices",
    "What a sample of customers could have been foretold to buy at their latest visit, and what they bought: what the "
    "ranker learns from.",
    "one customer and candidate",
    ("snapshot", "customer_no", "product_no"),
    (
        SNAPSHOT,
        CUSTOMER_NO,
        PRODUCT_NO,
        Column("is_own", "boolean", "Bought before", nullable=False),
        Column("is_bought", "boolean", "The first visit hidden holds it", nullable=False),
        *(Column(name, "float64", f"Covariate {name} of the ranker, a logarithm", "log", nullable=False)
          for name in SIGNALS),
    ),
)  # fmt: skip

#: Why a product is shown to a customer, and what is told in the phrase that says so.
WHY = (
    Column("bought_count", "int64", "Visits of the customer with it", "visits", nullable=False),
    Column("days_since_last", "int64", "Days since the customer's last purchase of it", "days"),
    Column("usual_days", "float64", "Days the customer usually takes to buy it again, drawn to all buyers'", "days"),
    Column("reason", "string", "category: too new to have been bought by many, of a category the customer buys most; "
           "due: bought about as long ago as it usually takes; often: bought at many visits; "
           "goes_with: follows, accompanies or shares buyers with reason_product_id; popular: bought by many",
           nullable=False, choices=REASONS),
    Column("reason_product_id", "string", "The customer's own product it goes with"),
)  # fmt: skip

recommendations = Table(
    "recommendations",
    "What to show each customer, best first, and why.",
    "one place in a customer's list",
    ("customer_id", "placement", "rank"),
    (
        CUSTOMER,
        Column("placement", "string", "Where it is shown", nullable=False, choices=("for_you",)),
        Column("rank", "int64", "Place in the list", "rank", nullable=False),
        PRODUCT,
        Column("score", "float64", "The ranker's score; differences within a customer are log-odds", "nats",
               nullable=False),
        Column("chance", "float64", "Chance that the next visit holds it; empty where there was too little to learn "
               "from", "share"),
        Column("is_new_to_customer", "boolean", "Never bought by the customer", nullable=False),
        *WHY,
    ),
)  # fmt: skip

recommendations_summary = Table(
    "recommendations_summary",
    "Products that stand first in customers' lists, and why the likeliest buyer is shown each.",
    "one product",
    ("product_id",),
    (
        PRODUCT,
        Column("customers", "int64", "Customers whose list it heads", "customers", nullable=False),
        Column("chance", "float64", "Mean chance that their next visit holds it", "share"),
        Column("best_customer_id", "string", "The likeliest of them; the columns after this one are of this customer",
               nullable=False),
        Column("best_chance", "float64", "Chance that this customer's next visit holds it", "share"),
        *WHY,
    ),
)  # fmt: skip

TABLES = (
    past_lines, own_products, customer_habits, product_habits, product_links, next_basket_choices, recommendations,
    recommendations_summary,
)  # fmt: skip
