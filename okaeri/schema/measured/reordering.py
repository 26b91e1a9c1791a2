"""Buying the same product again: what is known of each customer and product, and the chances and dates that follow."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.products import PRODUCT, PRODUCT_NO
from okaeri.schema.table import Column, Table

#: Days within which a customer may buy a product again: each has chances of its own.
HORIZONS = (14, 30)
CUSTOMER_NO = Column("customer_no", "int64", "The customer's place in the order of customer_id", "number", False)
CUT_DAY = Column("cut_day", "int64", "The day looked from: nothing of that day or later is known", "days since 1970-01-01", False)  # fmt: skip

#: What chances depend on, in the order of the model's terms. All but two are natural logarithms.
FEATURES = (
    Column("fresh_14", "float64", "Purchases of it, each worth half after 14 days", "log", False),
    Column("fresh_45", "float64", "Purchases of it, each worth half after 45 days", "log", False),
    Column("fresh_150", "float64", "Purchases of it, each worth half after 150 days", "log", False),
    Column("days_since", "float64", "Days since the last purchase of it", "log days", False),
    Column("known_days", "float64", "Days since the first purchase of it", "log days", False),
    Column("visit_days_since", "float64", "Days since the customer's last order of anything", "log days", False),
    Column("visits_14", "float64", "The customer's days with an order, each worth half after 14 days", "log", False),
    Column("visits_45", "float64", "The customer's days with an order, each worth half after 45 days", "log", False),
    Column("missed", "float64", "days_since less visit_days_since", "log ratio", False),
    Column("due", "float64", "Days since the last purchase over the days it usually lasts; 0 where not known", "log ratio",
           False),
    Column("hazard", "float64", "The product's chance to be bought again within 14 days, at so many days", "log odds",
           False),
    Column("trend", "float64", "The product's recent sales over those of three months", "log ratio", False),
    Column("repeat_share", "float64", "Share of the product's purchases by customers who had it before", "log", False),
)  # fmt: skip
#: Features whose products with one another are terms too.
CROSSED = ("fresh_45", "fresh_150", "days_since", "visit_days_since", "visits_45", "due", "repeat_share")
#: Knots at which a feature's slope may change, between the first and the last, which bound it.
HINGES = 3
#: Log odds stay within this: a chance is never nought or one.
MOST_LOG_ODDS = 12.0


def over(feature: str, place: int) -> str:
    """Name of the term that begins at knot ``place`` of a feature; the feature itself at 0."""
    return f"{feature} over {place}" if place else feature


def crossed(one: str, other: str) -> str:
    """Name of the product of two features."""
    return f"{one} x {other}"


reorder_days = Table(
    "reorder_days",
    "Days on which a customer bought a product, with the next one and how long a piece lasted since the one before; the "
    "last two years and a quarter.",
    "one customer, product and day",
    ("customer_no", "product_no", "order_day"),
    (
        CUSTOMER_NO,
        PRODUCT_NO,
        Column("order_day", "int64", "The day", "days since 1970-01-01", nullable=False),
        Column("quantity", "int64", "Pieces", "pieces", nullable=False),
        Column("is_repeat", "boolean", "Whether the customer bought it before", nullable=False),
        Column("next_day", "int64", "Day of the customer's next purchase of it", "days since 1970-01-01"),
        Column("start_days", "float64", "Days a piece lasts before the customer's own habit: stated, else of the "
               "product's buyers, else of all products", "days"),
        Column("log_use_days", "float64", "Days per piece since the purchase before; empty after a pause of more than "
               "three times start_days", "log days"),
    ),
)  # fmt: skip

reorder_hazard = Table(
    "reorder_hazard",
    "Each product's chance to be bought again, by weeks since the last purchase, drawn to that of all products (0).",
    "one product, first or later purchase, and week, at one cut",
    ("cut_day", "product_no", "is_repeat", "week"),
    (
        CUT_DAY,
        Column("product_no", "int64", "The product's place in the order of product_id; 0: all", "number", False),
        Column("is_repeat", "boolean", "Whether the last purchase was not the first", nullable=False),
        Column("week", "int64", "Whole weeks since it; the last stands for all later ones", "weeks", nullable=False),
        Column("hazard_14", "float64", "Chance to be bought again within 14 days", "share", nullable=False),
        Column("hazard_30", "float64", "Chance to be bought again within 30 days", "share", nullable=False),
        Column("trend", "float64", "Recent sales over those of three months", "log ratio", nullable=False),
        Column("repeat_share", "float64", "Share of purchases by customers who had it before", "log", nullable=False),
    ),
)  # fmt: skip

reorder_training = Table(
    "reorder_training",
    "What was known of customers and products at earlier dates, and whether they were bought again: what chances are "
    "learnt from. Of a large shop an even sample.",
    "one customer and product at one cut",
    ("cut_day", "customer_no", "product_no"),
    (
        CUT_DAY,
        CUSTOMER_NO,
        PRODUCT_NO,
        *FEATURES,
        Column("offset_14", "float64", "The product's chance within 14 days", "log odds", nullable=False),
        Column("offset_30", "float64", "The product's chance within 30 days", "log odds", nullable=False),
        Column("is_again_14", "boolean", "Bought again within 14 days", nullable=False),
        Column("is_again_30", "boolean", "Bought again within 30 days; empty where they have not passed"),
    ),
)

reorder_chances = Table(
    "reorder_chances",
    "What each customer is likely to buy again: chances by habit and by the product, and the day it is due. Pairs with "
    "a chance below 1% and not bought for a month are left out.",
    "one customer and product bought in the last two years",
    ("customer_id", "product_id"),
    (
        CUSTOMER,
        PRODUCT,
        Column("last_bought_on", "date", "Day of the customer's last purchase of it", nullable=False),
        Column("days_since", "int64", "Days from then to as_of", "days", nullable=False),
        Column("order_count", "int64", "Days on which the customer bought it", "days", nullable=False),
        Column("pieces", "int64", "Pieces in the last purchase", "pieces", nullable=False),
        Column("usual_days", "float64", "Days those pieces are expected to last this customer; empty where nobody ever "
               "bought anything twice", "days"),
        Column("due_on", "date", "Day it is expected to be used up"),
        Column("reorder_chance_14", "float64", "Chance to be bought again within 14 days", "share", nullable=False),
        Column("reorder_chance_30", "float64", "Chance to be bought again within 30 days", "share", nullable=False),
    ),
)  # fmt: skip

OTHER = Column("other_product_id", "string", "The other product", nullable=False)

also_bought = Table(
    "also_bought",
    "Who bought this also bought: of each product the 50 others nearest to it by the orders that hold both, among pairs "
    "of enough customers.",
    "one product and another",
    ("product_id", "other_product_id"),
    (
        PRODUCT,
        Column("rank", "int64", "Place within product_id, by cosine", "rank", nullable=False),
        OTHER,
        Column("cosine", "float64", "Orders with both over the root of orders with the one x orders with the other",
               "share", nullable=False),
        Column("pair_count", "int64", "Orders with both", "orders", nullable=False),
        Column("customer_count", "int64", "Distinct customers among them", "customers", nullable=False),
        Column("lift", "float64", "Orders with both over those expected by chance", "ratio", nullable=False),
        Column("log_likelihood_ratio", "float64", "Dunning's: how sure it is that they are not independent", "nats x 2",
               nullable=False),
    ),
)  # fmt: skip

accessories = Table(
    "accessories",
    "What goes with a product: cheaper goods of another category that its buyers take with it, or in the order after "
    "it, more often than by chance; of each product the 20 surest.",
    "one product and another",
    ("product_id", "other_product_id"),
    (
        PRODUCT,
        Column("rank", "int64", "Place within product_id, by the lower bound of the higher share", "rank",
               nullable=False),
        OTHER,
        Column("with_count", "int64", "Orders with both", "orders", nullable=False),
        Column("with_share", "float64", "Share of the product's orders that hold the other; 0 where too few do or no "
               "more than by chance", "share", nullable=False),
        Column("after_count", "int64", "Purchases of the product whose next order holds the other", "purchases",
               nullable=False),
        Column("after_share", "float64", "Share of the product's purchases followed by it within the elapsed days; 0 "
               "as above", "share", nullable=False),
        Column("price", "float64", "List price of the product", "yen", nullable=False),
        Column("other_price", "float64", "List price of the other, which is lower", "yen", nullable=False),
    ),
)  # fmt: skip

TABLES = (reorder_days, reorder_hazard, reorder_training, reorder_chances, also_bought, accessories)
