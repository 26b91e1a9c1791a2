"""The fact tables: what happened, keyed by the shop's own ids. No name, mail, phone or address stands in any of them.

``customer_id`` in a fact is the id *in the store the row came from*, written ``store:id``; the ``links`` table says
which of them are one person, and is joined when facts are read.
"""

from __future__ import annotations

from okaeri.schema.table import Column, Table

STORES = ("own", "amazon", "rakuten", "yahoo", "aupay", "base", "shopify", "phone", "other")
#: Stores whose points and mall coupons are paid to the shop by the mall: there they are money, not a discount.
MALLS = ("amazon", "rakuten", "yahoo", "aupay")
ACQUIRED_VIA = ("ad", "organic", "referral", "social", "marketplace", "store", "phone", "unknown")
ORDER_STATUS = ("placed", "paid", "shipped", "cancelled", "returned")
LINE_KINDS = ("goods", "shipping", "fee", "discount", "adjustment")
TIERS = ("trial", "core", "premium")
PRODUCT_KINDS = ("single", "subscription", "bundle")
EVENT_KINDS = (
    "view", "search", "cart_add", "cart_remove", "checkout", "subscribe", "cancel", "skip", "open", "click", "block",
    "refer",
)  # fmt: skip
VOICE_SOURCES = ("survey_before", "survey_after", "review", "inquiry", "return", "social", "reply")

CUSTOMER_ID = Column("customer_id", "string", "Customer in the store the row came from, as store:id")
ORDER_MONTH = Column("order_month", "string", "Month of the order in the shop's zone, YYYY-MM; the partition")

customers = Table(
    "customers",
    "What the shop knows of a customer besides orders; nothing here identifies the person.",
    "one customer of one store",
    ("customer_id",),
    (
        Column("customer_id", "string", "Customer in the store the row came from, as store:id", nullable=False),
        Column("first_seen_at", "timestamp", "First sign of the customer (sign-up or first visit)"),
        Column("first_seen_date", "date", "The same as a day in the shop's zone"),
        Column("acquired_via", "string", "How the customer came", choices=ACQUIRED_VIA),
        Column("acquired_campaign", "string", "Campaign that brought the customer"),
        Column("acquisition_cost", "decimal", "Cost of winning this customer", "yen"),
        Column("gender", "string", "female, male or other as the shop recorded it"),
        Column("birth_year", "int64", "Year of birth", "year"),
        Column("region", "string", "Prefecture or region"),
        Column("country", "string", "ISO 3166 alpha-2 code, or the name the file gives"),
        Column("is_member", "boolean", "Registered with the store (a guest is not)"),
        Column("attributes", "map", "Any further attribute of the shop's own, by name"),
    ),
)

products = Table(
    "products",
    "The catalogue.",
    "one product",
    ("product_id",),
    (
        Column("product_id", "string", "The shop's product code", nullable=False),
        Column("name", "string", "Name as shown in the shop"),
        Column("category", "string", "Category"),
        Column("brand", "string", "Brand"),
        Column("price", "decimal", "List price", "yen"),
        Column("unit_cost", "decimal", "What one piece costs the shop", "yen"),
        Column("features", "map", "Scent, size, colour ... by name"),
        Column("days_of_supply", "float64", "How long one piece lasts in use", "days"),
        Column("tier", "string", "Place on the ladder of products", choices=TIERS),
        Column("kind", "string", "How it is sold", choices=PRODUCT_KINDS),
    ),
)

orders = Table(
    "orders",
    "Orders and credit notes as the store took them. Amounts include consumption tax, as charged.",
    "one order of one store",
    ("order_id",),
    (
        Column("order_id", "string", "Order in the store it came from, as store:id", nullable=False),
        CUSTOMER_ID,
        Column("ordered_at", "timestamp", "Instant of the order, UTC", nullable=False),
        Column("order_date", "date", "Day of the order in the shop's zone", nullable=False),
        ORDER_MONTH,
        Column("status", "string", "How far the order came", nullable=False, choices=ORDER_STATUS),
        Column("store", "string", "Where it was bought: own, a mall, phone, or the shop's own word", nullable=False),
        Column("subtotal", "decimal", "Goods before discounts on the whole order; negative on a credit note", "yen"),
        Column("discount", "decimal", "Discounts on the whole order paid by the shop, positive", "yen"),
        Column("shipping", "decimal", "Postage and fees charged", "yen"),
        Column("tax", "decimal", "Consumption tax contained in goods and shipping", "yen"),
        Column("points_used", "decimal", "Points redeemed, positive", "yen"),
        Column("refunded", "decimal", "Paid back of this order so far, positive", "yen"),
        Column("total", "decimal", "Charged to the customer", "yen"),
        Column("currency", "string", "ISO 4217 code"),
        Column("coupon_code", "string", "Coupon used"),
        Column("campaign", "string", "Campaign the order is credited to by the store"),
        Column("subscription_id", "string", "Subscription the order belongs to"),
        Column("delivery_no", "int64", "Which delivery of the subscription, from 1"),
        Column("delivered_at", "timestamp", "Instant of delivery, UTC"),
        Column("carrier", "string", "Who delivers it, or by which way, as the store names it"),
    ),
    partition="order_month",
)

order_lines = Table(
    "order_lines",
    "What was on each order.",
    "one line of one order",
    ("order_id", "line_no"),
    (
        Column("order_id", "string", "Order in the store it came from, as store:id", nullable=False),
        Column("line_no", "int64", "Position within the order, from 1", nullable=False),
        ORDER_MONTH,
        Column("product_id", "string", "The shop's product code"),
        Column("kind", "string", "What the line is; only goods are products", nullable=False, choices=LINE_KINDS),
        Column("quantity", "int64", "Pieces; negative = returned", "pieces"),
        Column("unit_price", "decimal", "Price of one piece before the line's discount", "yen"),
        Column("discount", "decimal", "Discount on this line, positive", "yen"),
        Column("unit_cost", "decimal", "Cost of one piece when it was sold; else the product's", "yen"),
        Column("lot", "string", "Lot or batch of the goods, as the shop or the maker names it"),
    ),
    partition="order_month",
)

events = Table(
    "events",
    "What visitors and customers did besides ordering.",
    "one event",
    ("event_id",),
    (
        Column("event_id", "string", "The event's own id", nullable=False),
        Column("at", "timestamp", "Instant, UTC", nullable=False),
        Column("event_date", "date", "Day in the shop's zone", nullable=False),
        Column("visitor_id", "string", "Browser or device, before sign-in"),
        CUSTOMER_ID,
        Column("kind", "string", "What was done", nullable=False, choices=EVENT_KINDS),
        Column("product_id", "string", "Product concerned"),
        Column("session_id", "string", "Visit"),
        Column("detail", "string", "Search words, code, page ..."),
    ),
)

voices = Table(
    "voices",
    "What customers said, scrubbed of mails, phones and addresses.",
    "one thing said at one time",
    ("voice_id",),
    (
        Column("voice_id", "string", "The voice's own id", nullable=False),
        Column("at", "timestamp", "Instant, UTC", nullable=False),
        Column("voice_date", "date", "Day in the shop's zone", nullable=False),
        CUSTOMER_ID,
        Column("source", "string", "Where it was said", nullable=False, choices=VOICE_SOURCES),
        Column("touchpoint", "string", "Step of the journey it is about"),
        Column("product_id", "string", "Product concerned"),
        Column("order_id", "string", "Order concerned, as store:id"),
        Column("rating", "float64", "Stars or score mapped to 0..1", "share"),
        Column("text", "string", "The words, scrubbed"),
        Column("language", "string", "ISO 639-1 code"),
    ),
)

costs = Table(
    "costs",
    "What was spent to win or keep customers.",
    "one cost",
    ("cost_id",),
    (
        Column("cost_id", "string", "The cost's own id", nullable=False),
        Column("spent_on", "date", "Day the cost is for", nullable=False),
        Column("acquired_via", "string", "Source the cost is for", choices=ACQUIRED_VIA),
        Column("campaign", "string", "Campaign the cost is for"),
        Column("customer_id", "string", "Customer the cost is for, where it is one person's"),
        Column("amount", "decimal", "Amount spent", "yen"),
    ),
)

links = Table(
    "links",
    "Which customers of several stores are one person. Exported from the records; an undone link is not in it.",
    "one customer of one store",
    ("customer_id",),
    (
        Column("customer_id", "string", "Customer in the store", nullable=False),
        Column("person_id", "string", "The customer_id all of that person's rows are counted under", nullable=False),
    ),
)

corrections = Table(
    "corrections",
    "How people of the shop read a voice, where they found the score wrong. Exported from the records.",
    "one voice",
    ("voice_id",),
    (
        Column("voice_id", "string", "The voice", nullable=False),
        Column("score", "float64", "From -1 bad to 1 good, as a person reads it", "feeling", nullable=False),
        Column("corrected_at", "timestamp", "When it was said last, UTC", nullable=False),
    ),
)

#: Tables the records bring to the measures, beside the facts.
EXPORTED: dict[str, Table] = {"links": links, "corrections": corrections}

FACTS: dict[str, Table] = {
    table.name: table for table in (customers, products, orders, order_lines, events, voices, costs)
}
