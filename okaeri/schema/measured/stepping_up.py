"""The ladder of products, and which step up suits whom."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.products import NEXT_PRODUCT, PRODUCT
from okaeri.schema.measured.value import low_high
from okaeri.schema.table import Column, Table

#: Kinds of step: a higher tier, a larger size of the same, a set, a subscription.
STEPS = ("tier", "size", "bundle", "course")
STEP = Column("step", "string", "What kind of step it is: a higher tier, a larger size, a bundle, a course (subscription)",
              nullable=False, choices=STEPS)  # fmt: skip

step_pairs = Table(
    "step_pairs",
    "Steps up the catalogue offers, and how often buyers took them.",
    "one product and a step up from it",
    ("product_id", "next_product_id"),
    (
        PRODUCT,
        NEXT_PRODUCT,
        STEP,
        Column("price_gain", "float64", "List price of the step less that of the product", "yen", nullable=False),
        Column("n", "int64", "Buyers of the product (of an even sample of a large shop) observed for the conversion window "
               "after it, who had not bought the step before", "customers", nullable=False),
        Column("moved_count", "int64", "Those who bought the step on a later day of the window", "customers",
               nullable=False),
        Column("moved_rate", "float64", "moved_count / n; empty without buyers", "share"),
        *low_high("share"),
        Column("shrunk_rate", "float64", "The same drawn to that of all steps of the kind with the weight of 20 buyers; "
               "those to that of all steps", "share", nullable=False),
    ),
)  # fmt: skip

step_up = Table(
    "step_up",
    "Which step up to offer each customer, the one that is expected to bring most first.",
    "one customer and a step up",
    ("customer_id", "rank"),
    (
        CUSTOMER,
        Column("rank", "int64", "Place by expected_extra_value, from 1", "rank", nullable=False),
        Column("product_id", "string", "What the customer bought latest", nullable=False),
        NEXT_PRODUCT,
        STEP,
        Column("take_chance", "float64", "shrunk_rate of the step times the chance that the customer is still there", "share",
               nullable=False),
        Column("extra_value", "float64", "What it brings more within the forecast horizon, if taken: a subscription its "
               "expected deliveries less what the customer would have spent; any other step its price_gain once",
               "yen", nullable=False),
        Column("value_kind", "string", "gross_profit where both unit costs are known, else revenue", nullable=False,
               choices=("gross_profit", "revenue")),
        Column("expected_extra_value", "float64", "take_chance times extra_value", "yen", nullable=False),
        Column("moved_count", "int64", "Buyers of the product who took the step", "customers", nullable=False),
        Column("n", "int64", "Buyers it was offered to by the shelf", "customers", nullable=False),
    ),
)  # fmt: skip

step_up_summary = Table(
    "step_up_summary",
    "What offering everybody their best step is expected to bring, by step.",
    "one product and a step up from it",
    ("product_id", "next_product_id", "step"),
    (
        Column("product_id", "string", "What the customers bought latest", nullable=False),
        NEXT_PRODUCT,
        STEP,
        Column("customers", "int64", "Customers whose best step it is", "customers", nullable=False),
        Column("take_chance", "float64", "Their mean take_chance", "share", nullable=False),
        Column("expected_extra_value", "float64", "The sum of theirs", "yen", nullable=False),
    ),
)

TABLES = (step_pairs, step_up, step_up_summary)
