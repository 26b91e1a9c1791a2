"""Segments with a face: what customers are like, seen and foretold."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.table import Column, Table

#: Traits by name, with meaning and unit. Amounts and counts are logarithms, so that a doubling counts the same anywhere.
TRAITS = {
    "silence": ("Logarithm of the days since the latest order", "log days"),
    "orders": ("Logarithm of the orders", "log orders"),
    "order_value": ("Logarithm of the revenue per order", "log yen"),
    "tenure": ("Logarithm of the days from first to latest order", "log days"),
    "presence": ("Chance that the customer is still there", "share"),
    "prospect": ("Logarithm of the revenue expected within the forecast horizon", "log yen"),
    "bargain": ("Share of orders with a coupon", "share"),
    "subscribing": ("Share of orders delivered by subscription", "share"),
    "variety": ("Different products per product bought", "share"),
    "feeling": ("Mean rating; empty without one", "share"),
}
#: What personas begin from and are named after, the same from month to month: how many standard deviations each trait is
#: off the average.
FACES = {
    "newcomer": {"orders": -1.0, "silence": -1.0, "tenure": -1.0, "presence": 0.5},
    "regular": {"orders": 1.3, "tenure": 1.2, "silence": -0.8, "presence": 0.9, "prospect": 0.8},
    "generous": {"order_value": 1.5, "prospect": 1.0, "presence": 0.5},
    "bargain_hunter": {"bargain": 2.0, "orders": 0.5},
    "subscriber": {"subscribing": 2.5, "presence": 1.0, "variety": -1.0},
    "explorer": {"variety": 1.0, "orders": 0.8, "tenure": 0.6},
    "lost_regular": {"orders": 0.9, "tenure": 1.0, "silence": 0.8, "presence": -0.8, "prospect": -0.7},
    "disappointed": {"feeling": -1.8, "presence": -0.5},
    "sleeper": {"silence": 1.2, "presence": -1.2, "prospect": -1.2},
}
PERSONA = Column("persona", "string", "The face", nullable=False, choices=tuple(FACES))

persona_traits = Table(
    "persona_traits",
    "What each customer is like, seen and foretold.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        *(Column(name, "float64", meaning, unit) for name, (meaning, unit) in TRAITS.items()),
        Column("is_sampled", "boolean", "Among the even sample that personas are learned from", nullable=False),
    ),
)

personas = Table(
    "personas",
    "The persona of each customer: the nearest centre over standardised traits.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        PERSONA,
        Column("distance", "float64", "From the persona's centre", "sd", nullable=False),
    ),
)

persona_profiles = Table(
    "persona_profiles",
    "What the personas are like, in the units of the shop.",
    "one persona",
    ("persona",),
    (
        PERSONA,
        Column("customer_count", "int64", "Customers", "customers", nullable=False),
        Column("customer_share", "float64", "Share of all customers", "share", nullable=False),
        Column("past_value", "float64", "Their revenue so far", "yen", nullable=False),
        Column("residual_value", "float64", "Their revenue expected within the forecast horizon, discounted", "yen"),
        Column("median_silence_days", "float64", "Median days since the latest order", "days", nullable=False),
        Column("mean_orders", "float64", "Mean orders", "orders", nullable=False),
        Column("mean_order_value", "float64", "Revenue per order", "yen"),
        Column("mean_presence", "float64", "Mean chance to be still there", "share"),
        Column("mean_bargain", "float64", "Mean share of orders with a coupon", "share", nullable=False),
        Column("mean_subscribing", "float64", "Mean share of orders delivered by subscription", "share", nullable=False),
        Column("mean_feeling", "float64", "Mean rating of those who rated", "share"),
        *(Column(f"trait_{place}", "string", "The trait furthest from the average" if place == 1 else "The next",
                 choices=tuple(TRAITS)) for place in (1, 2, 3)),
        *(Column(f"trait_{place}_sd", "float64", "How far, in standard deviations", "sd") for place in (1, 2, 3)),
    ),
)  # fmt: skip

TABLES = (persona_traits, personas, persona_profiles)
