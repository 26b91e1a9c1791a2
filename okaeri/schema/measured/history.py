"""Purchases and the people who made them: what every other measure stands on."""

from __future__ import annotations

from okaeri.schema.table import Column, Table

CUSTOMER = Column("customer_id", "string", "The customer, all linked stores counted as one person", nullable=False)
REVENUE = Column("revenue", "float64", "Goods after discounts, refunds and own points, without tax and postage", "yen")
GROSS_PROFIT = Column("gross_profit", "float64", "Revenue less unit costs; empty where a cost is unknown", "yen")

purchases = Table(
    "purchases",
    "Orders that count, and credit notes, of known customers who ever bought. Cancelled and returned orders are out.",
    "one order or credit note",
    ("order_id",),
    (
        CUSTOMER,
        Column("order_id", "string", "Order in the store it came from", nullable=False),
        Column("order_date", "date", "Day in the shop's zone", nullable=False),
        Column("order_day", "int64", "The same as a day number", "days since 1970-01-01", nullable=False),
        Column("order_month", "int64", "The same as a month number", "year * 12 + month - 1", nullable=False),
        Column("store", "string", "Where it was bought", nullable=False),
        Column("is_purchase", "boolean", "An order; false on a credit note, which brings value but no order",
               nullable=False),
        Column("order_no", "int64", "Which order of the customer, from 1; empty on a credit note", "orders"),
        Column("age", "int64", "Days since the customer's first order", "days", nullable=False),
        Column("days_since_previous", "int64", "Days since the customer's order before", "days"),
        Column("days_to_next", "int64", "Days until the customer's next order", "days"),
        REVENUE,
        GROSS_PROFIT,
        Column("coupon_code", "string", "Coupon used"),
        Column("subscription_id", "string", "Subscription the order belongs to"),
        Column("delivery_no", "int64", "Which delivery of it, where the store says", "deliveries"),
    ),
)  # fmt: skip

purchase_lines = Table(
    "purchase_lines",
    "Goods on orders that count: one row per product of an order, pieces added up.",
    "one product of one order",
    ("order_id", "product_id"),
    (
        CUSTOMER,
        Column("order_id", "string", "Order in the store it came from", nullable=False),
        Column("order_no", "int64", "Which order of the customer, from 1", "orders", nullable=False),
        Column("order_day", "int64", "Day of the order", "days since 1970-01-01", nullable=False),
        Column("product_id", "string", "The shop's product code", nullable=False),
        Column("quantity", "int64", "Pieces, always positive", "pieces", nullable=False),
        Column("revenue", "float64", "Quantity times price less the lines' discount, as charged", "yen"),
    ),
)

customer_history = Table(
    "customer_history",
    "Each buyer's past in one row: what other measures group, rank and classify.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("first_day", "int64", "Day of the first order", "days since 1970-01-01", nullable=False),
        Column("last_day", "int64", "Day of the latest order", "days since 1970-01-01", nullable=False),
        Column("cohort_month", "int64", "Month of the first order", "year * 12 + month - 1", nullable=False),
        Column("observed_days", "int64", "Days from the first order to as_of", "days", nullable=False),
        Column("order_count", "int64", "Orders so far", "orders", nullable=False),
        Column("order_days", "int64", "Distinct days with an order", "days", nullable=False),
        REVENUE,
        GROSS_PROFIT,
        Column("mean_interval", "float64", "Mean days between orders; empty after one order", "days"),
        Column("first_order_revenue", "float64", "Revenue of the first order", "yen"),
        Column("first_product", "string", "Product with the most revenue in the first order; ties by code"),
        Column("first_store", "string", "Store of the first order"),
        Column("acquired_via", "string", "How the customer came; unknown where nothing says", nullable=False),
        Column("acquired_campaign", "string", "Campaign that brought the customer"),
        Column(
            "acquisition_cost",
            "float64",
            "Cost of winning the customer: recorded, else its source's costs per "
            "buyer; empty where the shop records none",
            "yen",
        ),
        Column("region", "string", "Prefecture or region"),
        Column("gender", "string", "As the shop recorded it"),
        Column("age_band", "string", "Age at as_of in tens: 20s, 30s ..."),
        Column("attributes", "map", "The shop's own attributes, by name"),
    ),
)

TABLES = (purchases, purchase_lines, customer_history)
