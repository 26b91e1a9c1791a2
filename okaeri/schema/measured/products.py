"""What is bought next, what together, what is left in the cart, and what runs out."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.value import low_high
from okaeri.schema.table import Column, Table

#: Where the days of supply of a piece come from.
SUPPLY_SOURCES = ("stated", "buyers", "customer")

PRODUCT = Column("product_id", "string", "The shop's product code", nullable=False)
PRODUCT_NO = Column("product_no", "int64", "The product's place in the order of product_id", "number", nullable=False)
BUCKET = Column("bucket", "string", "Days from the purchase to the next order, as first-last; all: all buckets together", nullable=False)  # fmt: skip
ELAPSED = (
    Column("first_day", "int64", "First day of the bucket", "days", nullable=False),
    Column("last_day", "int64", "Last day of the bucket", "days", nullable=False),
)
CUSTOMER_COUNT = Column("customer_count", "int64", "Distinct customers among them", "customers", nullable=False)


def counts_columns(what: str) -> tuple[Column, ...]:
    """Counts of purchases followed by ``what``."""
    return (
        Column("bucket_no", "int64", "Place of the bucket among the shop's elapsed_buckets, from 0", "bucket",
               nullable=False),
        Column("pair_count", "int64", "Purchases, observed through the bucket, whose next order came in it and holds "
               f"{what}", "purchases", nullable=False),
        CUSTOMER_COUNT,
        Column("new_customer_count", "int64", "Customers to add up over buckets: each counts in one of them",
               "customers", nullable=False),
    )  # fmt: skip


def follow_columns(what: str, within: str) -> tuple[Column, ...]:
    """The figures of a purchase followed by ``what``."""
    return (
        Column("pair_count", "int64", f"Purchases whose next order came in the bucket and holds {what}", "purchases",
               nullable=False),
        CUSTOMER_COUNT,
        Column("n", "int64", "Purchases of the product observed through the bucket's last day; all: as many, observed "
               "throughout, as would give the same standard error", "purchases", nullable=False),
        Column("share", "float64", "pair_count / n; all: the sum of the buckets' shares", "share", nullable=False),
        *low_high("share"),
        Column("base_share", "float64", "The same share over the purchases of all products", "share", nullable=False),
        Column("lift", "float64", "share / base_share", "ratio", nullable=False),
        Column("shrunk_lift", "float64", "shrunk_share / base_share", "ratio", nullable=False),
        Column("likely_base_share", "float64", "base_share drawn to that of all buckets together (with the weight of 50 "
               "pairs), as far as popularity_weight in day_weights lets the bucket's own count", "share",
               nullable=False),
        Column("shrunk_share", "float64", "likely_base_share x the pair's lift, at most 1: the lift drawn to that of all buckets together (with the bucket's weight in "
               "day_weights), and that to 1 (with the weight of 1 pair expected by chance)", "share", nullable=False),
        Column("share_rank", "int64", f"Place by shrunk_share within {within}", "rank", nullable=False),
        Column("lift_rank", "int64", f"Place by shrunk_lift within {within}", "rank", nullable=False),
    )  # fmt: skip


NEXT_PRODUCT = Column("next_product_id", "string", "A product of the next order", nullable=False)

basket_lines = Table(
    "basket_lines",
    "Goods by basket, with customers and products numbered; orders of more than 100 different products (wholesale) are "
    "left out.",
    "one product of one order",
    ("basket_no", "product_no"),
    (
        Column("customer_no", "int64", "The customer's place in the order of customer_id", "number", nullable=False),
        Column("basket_no", "int64", "customer_no x 1,000,000 + which order of the customer", "number", nullable=False),
        Column("order_day", "int64", "Day of the order", "days since 1970-01-01", nullable=False),
        PRODUCT_NO,
        PRODUCT,
    ),
)

next_product_counts = Table(
    "next_product_counts",
    "How often the next order of a product's buyers came in an elapsed-day bucket and held which product.",
    "one pair of products in one elapsed-day bucket",
    ("product_no", "next_product_no", "bucket_no"),
    (
        PRODUCT_NO,
        Column("next_product_no", "int64", "The same of a product of the next order", "number", nullable=False),
        *counts_columns("the next product"),
        Column("odd_pair_count", "int64", "Those of pair_count by customers with an odd number, one half of all",
               "purchases", nullable=False),
    ),
)  # fmt: skip

day_weights = Table(
    "day_weights",
    "How far the days elapsed change what is bought next, learnt from one half of the customers about the other.",
    "one elapsed-day bucket",
    ("bucket_no",),
    (
        Column("bucket_no", "int64", "Place of the bucket among the shop's elapsed_buckets, from 0", "bucket",
               nullable=False),
        Column("expected", "float64", "Pairs that teach it: those expected in the bucket, as far as both halves "
               "of the customers have the pair", "pairs", nullable=False),
        Column("variation", "float64", "Variance of the bucket's lifts relative to those of all days, as far as both "
               "halves of the customers share it; below 0 by chance alone", "ratio"),
        Column("weight", "float64", "How much the lifts of all days weigh against the bucket's own figures", "pairs",
               nullable=False),
        Column("popularity_weight", "float64", "How much the bucket's own popularity counts, from 0 (that of all days "
               "at the bucket's level) to 1: how far it tells of the next orders of the other half of the customers",
               "share", nullable=False),
    ),
)  # fmt: skip

next_product = Table(
    "next_product",
    "Which product the next order of a product's buyers holds, by days elapsed, from purchases observed that long.",
    "one pair of products in one elapsed-day bucket, seen with enough customers",
    ("product_id", "bucket", "next_product_id"),
    (
        PRODUCT,
        BUCKET,
        *ELAPSED,
        NEXT_PRODUCT,
        *follow_columns("the next product", "product_id and bucket"),
    ),
)  # fmt: skip

FEATURE = Column("feature", "string", "category, price_band, or the feature's name in the catalogue", nullable=False)
VALUE = Column("value", "string", "Its value on a product of the next order", nullable=False)

next_feature_counts = Table(
    "next_feature_counts",
    "How often the next order of a product's buyers came in an elapsed-day bucket and held a kind of product.",
    "one product and one feature's value in one elapsed-day bucket",
    ("product_no", "feature", "value", "bucket_no"),
    (PRODUCT_NO, FEATURE, VALUE, *counts_columns("a product of that value")),
)

next_feature = Table(
    "next_feature",
    "What kind of product the next order of a product's buyers holds: category, price band and each feature.",
    "one product and one feature's value in one elapsed-day bucket, seen with enough customers",
    ("product_id", "bucket", "feature", "value"),
    (
        PRODUCT,
        BUCKET,
        *ELAPSED,
        FEATURE,
        VALUE,
        *follow_columns("a product of that value", "product_id, bucket and feature"),
    ),
)  # fmt: skip

basket_pairs = Table(
    "basket_pairs",
    "Products bought together in one order, seen with enough customers; each pair stands once from either side.",
    "one product and another",
    ("product_id", "other_product_id"),
    (
        PRODUCT,
        Column("other_product_id", "string", "The product bought with it", nullable=False),
        Column("pair_count", "int64", "Orders with both", "orders", nullable=False),
        CUSTOMER_COUNT,
        Column("product_count", "int64", "Orders with the product", "orders", nullable=False),
        Column("other_count", "int64", "Orders with the other product", "orders", nullable=False),
        Column("n", "int64", "Orders with goods, those of more than 100 different ones left out", "orders",
               nullable=False),
        Column("support", "float64", "pair_count / n", "share", nullable=False),
        Column("confidence", "float64", "Share of the product's orders that hold the other", "share", nullable=False),
        *low_high("share"),
        Column("reverse_confidence", "float64", "Share of the other's orders that hold the product", "share",
               nullable=False),
        Column("lift", "float64", "confidence / the other's share of all orders", "ratio", nullable=False),
        Column("log_likelihood_ratio", "float64", "Dunning's: how sure it is that they are not independent; above 3.84 "
               "at 95%", "nats x 2", nullable=False),
        Column("rank", "int64", "Place within product_id: lift above 1 first, then by log_likelihood_ratio", "rank",
               nullable=False),
    ),
)  # fmt: skip

cart_items = Table(
    "cart_items",
    "Products left in a cart, whether bought later or not.",
    "one product of one cart",
    ("cart", "product_id"),
    (
        Column("cart", "string", "The session, else the shopper and the day", nullable=False),
        PRODUCT,
        Column("shopper", "string", "The customer, else the visitor, else the session", nullable=False),
        Column("customer_id", "string", "The customer, where the shopper was or became known"),
        Column("added_at", "timestamp", "When it was last put in (UTC)", nullable=False),
        Column("day", "int64", "Local day of that", "days since 1970-01-01", nullable=False),
    ),
)

cart_abandonment = Table(
    "cart_abandonment",
    "Products put in a cart and not bought within the shop's cart window, from carts whose window has passed.",
    "one product, one week, or all",
    ("dimension", "segment"),
    (
        Column("dimension", "string", "How carts are cut", nullable=False, choices=("all", "product", "week")),
        Column("segment", "string", "all, the product's code, or the Monday of the week as YYYY-MM-DD", nullable=False),
        Column("n", "int64", "Products in carts, each counted once per cart", "products", nullable=False),
        Column("cart_count", "int64", "Carts", "carts", nullable=False),
        Column("completed_count", "int64", "Those bought or checked out in time", "products", nullable=False),
        Column("abandoned_count", "int64", "Those that were not", "products", nullable=False),
        Column("abandonment_rate", "float64", "abandoned_count / n", "share", nullable=False),
        *low_high("share"),
        Column(
            "value_abandoned", "float64", "List prices of what was abandoned, one piece each", "yen", nullable=False
        ),
        Column(
            "unpriced_count",
            "int64",
            "Abandoned products without a list price, which bring no value",
            "products",
            nullable=False,
        ),
    ),
)

use_up_time = Table(
    "use_up_time",
    "How many days one piece of a product lasts: as the catalogue states, and as buyers' re-orders show.",
    "one product sold",
    ("product_id",),
    (
        PRODUCT,
        Column("stated_days", "float64", "Days of supply of one piece by the catalogue; 0 is not used up", "days"),
        Column("low_quartile_days", "float64", "Lower quartile of the days between a customer's purchases of the "
               "product, per piece of the earlier one", "days"),
        Column("median_days", "float64", "Their median", "days"),
        Column("high_quartile_days", "float64", "Their upper quartile", "days"),
        Column("n", "int64", "Re-orders they are taken from, those of the same day left out", "re-orders",
               nullable=False),
        Column("customer_count", "int64", "Customers who made them", "customers", nullable=False),
    ),
)  # fmt: skip

stock_at_home = Table(
    "stock_at_home",
    "What each customer probably has left, and when it runs out, where the last purchase is no older than three times "
    "its supply.",
    "one customer and product that is used up",
    ("customer_id", "product_id"),
    (
        CUSTOMER,
        PRODUCT,
        Column("last_bought_on", "date", "Day of the customer's last purchase of it", nullable=False),
        Column("pieces", "int64", "Pieces in that purchase", "pieces", nullable=False),
        Column("days_of_supply", "float64", "Days those pieces are expected to last this customer", "days",
               nullable=False),
        Column("source_of_supply", "string", "Where that comes from: stated in the catalogue; buyers: the median of "
               "their re-orders; customer: either, pulled by the customer's own re-orders", nullable=False,
               choices=SUPPLY_SOURCES),
        Column("runs_out_on", "date", "Day it is expected to be used up", nullable=False),
        Column("days_left", "int64", "Days from as_of to that day; negative where it has passed", "days",
               nullable=False),
        Column("is_repeat", "boolean", "The customer bought the product more than once", nullable=False),
    ),
)  # fmt: skip

TABLES = (
    basket_lines, next_product_counts, day_weights, next_product, next_feature_counts, next_feature, basket_pairs, cart_items,
    cart_abandonment, use_up_time, stock_at_home,
)  # fmt: skip
