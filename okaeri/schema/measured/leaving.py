"""Who leaves and when: deliveries of subscriptions, orders and what followed them, and who is at risk now."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER, GROSS_PROFIT, REVENUE
from okaeri.schema.measured.value import low_high
from okaeri.schema.table import Column, Table

KINDS = ("one_off", "subscription")
OUTCOMES = ("followed", "left", "open")

#: What is known when a customer goes on or leaves, in few enough steps that customers alike share a row.
SITUATION = (
    Column("kind", "string", "Whether the order was bought by itself or delivered by subscription", nullable=False,
           choices=KINDS),
    Column("product_id", "string", "Product with the most revenue in it; unknown where no line says", nullable=False),
    Column("number", "int64", "Which order of the customer or delivery of the subscription, 12 for all later ones",
           "orders", nullable=False),
    Column("gap_step", "int64", "Days since the one before: 0 none, 1 up to 14, 2 up to 30, 3 up to 60, 4 up to 90, 5 up "
           "to 180, 6 more", "step", nullable=False),
    Column("skips", "int64", "Deliveries skipped since, at most 2", "skips", nullable=False),
    Column("price_rise", "int64", "1 where it cost over 5% more than the one before (from the third delivery on)",
           "0 or 1", nullable=False),
    Column("discounted", "int64", "1 where a coupon was used", "0 or 1", nullable=False),
    Column("amount_step", "int64", "Its revenue: 0 below 1,000 yen, then a step for each doubling, up to 7", "step",
           nullable=False),
    Column("rating_step", "int64", "The customer's latest rating around it, in quarters from 0 to 4; -1 where there is "
           "none", "step", nullable=False),
    Column("complained", "int64", "1 where an inquiry or return came after it", "0 or 1", nullable=False),
    Column("blocked", "int64", "1 where the customer blocked messages after it", "0 or 1", nullable=False),
)  # fmt: skip
SITUATION_KEY = tuple(column.name for column in SITUATION)

RHYTHM = (
    Column("usual_days", "int64", "Usual days between deliveries; 0 for who buys one by one", "days", nullable=False),
    Column("days_since", "int64", "Days since the latest delivery; 0 for who buys one by one", "days", nullable=False),
)
SUBSCRIBER_KEY = (*SITUATION_KEY, "usual_days", "days_since")

ORDER = (
    Column("order_id", "string", "Order in the store it came from", nullable=False),
    CUSTOMER,
    Column("order_day", "int64", "Day of the order", "days since 1970-01-01", nullable=False),
)

deliveries = Table(
    "deliveries",
    "Deliveries of subscriptions, and whether the next one followed.",
    "one order of a subscription",
    ("order_id",),
    (
        *ORDER,
        Column("subscription_id", "string", "The subscription", nullable=False),
        Column("delivery_no", "int64", "Which delivery of the subscription, from 1", "deliveries", nullable=False),
        *SITUATION,
        REVENUE,
        GROSS_PROFIT,
        Column("usual_days", "int64", "Median days between deliveries of the subscription, else of all of its "
               "product", "days", nullable=False),
        Column("days_to_next", "int64", "Days to the next delivery", "days"),
        Column("is_mature", "boolean", "Whether a next delivery, or its absence, had the time to show: only these count in "
               "rates", nullable=False),
        Column("outcome", "string", "followed: the next delivery came; left: cancelled, or none came within "
               "subscription_grace times the usual days; open: still to be seen", nullable=False, choices=OUTCOMES),
    ),
)  # fmt: skip

order_outcomes = Table(
    "order_outcomes",
    "Orders bought one by one, and whether another order followed within the conversion window: of every customer the "
    "latest, of an even sample of customers all.",
    "one order",
    ("order_id",),
    (
        *ORDER,
        Column("order_no", "int64", "Which order of the customer, from 1", "orders", nullable=False),
        *SITUATION,
        Column("days_to_next", "int64", "Days to the customer's next order", "days"),
        Column("outcome", "string", "followed: another order came in time; left: none did; open: there is still time",
               nullable=False, choices=OUTCOMES),
        Column("is_sampled", "boolean", "Whether all orders of the customer are in the table", nullable=False),
        Column("is_latest", "boolean", "Whether it is the customer's latest such order", nullable=False),
    ),
)  # fmt: skip

leaving_counts = Table(
    "leaving_counts",
    "How often customers in the same situation went on or left.",
    "one situation, seen early or lately",
    (*SITUATION_KEY, "is_recent"),
    (
        *SITUATION,
        Column("is_recent", "boolean", "Among the latest quarter of orders whose outcome is known: what a fit on the "
               "others is judged by", nullable=False),
        Column("n", "int64", "Orders with a known outcome", "orders", nullable=False),
        Column("left_count", "int64", "Those after which the customer left", "orders", nullable=False),
    ),
)  # fmt: skip

leaving_curve = Table(
    "leaving_curve",
    "When customers leave: after which order or delivery, for the shop and for each product.",
    "one order or delivery number of one product, or of all",
    ("kind", "segment", "number"),
    (
        SITUATION[0],
        Column("segment", "string", "The product's code, or all", nullable=False),
        Column("number", "int64", "Which order or delivery, from 1", "orders", nullable=False),
        Column("n", "int64", "Orders with a known outcome", "orders", nullable=False),
        Column("left_count", "int64", "Those after which the customer left", "orders", nullable=False),
        Column("usual_days", "float64", "Median days to the next one, of those that were followed", "days"),
        Column("leaving_rate", "float64", "left_count / n", "share", nullable=False),
        *low_high("leaving_rate"),
        Column("staying_rate", "float64", "Share still there after it: the product of 1 - leaving_rate so far", "share",
               nullable=False),
    ),
)  # fmt: skip

delivery_delays = Table(
    "delivery_delays",
    "How punctual deliveries are: what a delivery overdue tells.",
    "one step of a tenth of the usual days",
    ("delay_step",),
    (
        Column("delay_step", "int64", "Days since the latest delivery in tenths of the usual days, at most 30", "tenths",
               nullable=False),
        Column("n", "int64", "Deliveries followed by the next one in this step", "deliveries", nullable=False),
        Column("later_rate", "float64", "Share of all followed deliveries whose next one came in this step or later",
               "share", nullable=False),
    ),
)  # fmt: skip

situations_now = Table(
    "situations_now",
    "The situations customers are in now, after their latest order or the latest delivery of a running subscription.",
    "one situation, so many days after a delivery",
    SUBSCRIBER_KEY,
    (
        *SITUATION,
        *RHYTHM,
        Column("later_rate", "float64", "Share of deliveries that come even later than now", "share", nullable=False),
        Column("n", "int64", "Customers or subscriptions", "customers", nullable=False),
    ),
)  # fmt: skip

AHEAD = (30, 60, 90)

running_subscriptions = Table(
    "running_subscriptions",
    "Subscriptions nobody has left, and what they are expected to bring.",
    "one running subscription",
    ("subscription_id",),
    (
        Column("subscription_id", "string", "The subscription", nullable=False),
        *ORDER,
        *SITUATION,
        *RHYTHM,
        Column("delivery_no", "int64", "The latest delivery", "deliveries", nullable=False),
        Column("amount", "float64", "Revenue of a delivery: the median of its own from the second on, else of its product, "
               "else the latest", "yen", nullable=False),
        Column("next_day", "int64", "When the next delivery is due; as_of where it is overdue",
               "days since 1970-01-01", nullable=False),
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left {days} days from now", "share")
          for days in AHEAD),
        *(Column(f"order_chance_{days}", "float64", f"Chance of a delivery within {days} days", "share")
          for days in AHEAD),
        Column("expected_deliveries", "float64", "Deliveries expected within the forecast horizon", "deliveries"),
        Column("expected_revenue", "float64", "Their revenue", "yen"),
        Column("residual_value", "float64", "The same, discounted", "yen"),
        *(Column(f"{side}_{share}", "float64", f"Bound of expected_revenue, {share}% interval", "yen")
          for share in (80, 95) for side in ("low", "high")),
        Column("sd", "float64", "Standard deviation of that revenue", "yen"),
    ),
)  # fmt: skip

running_amounts = Table(
    "running_amounts",
    "Running subscriptions by situation and year of the customer's first order.",
    "one situation, so many days after a delivery, of customers won in one year",
    (*SUBSCRIBER_KEY, "cohort_year"),
    (
        *SITUATION,
        *RHYTHM,
        Column("cohort_year", "int64", "Year of the first order", "year", nullable=False),
        Column("later_rate", "float64", "Share of deliveries that come even later than now", "share", nullable=False),
        Column("amount", "float64", "What a delivery of each brings, added up", "yen", nullable=False),
        Column("amount_squares", "float64", "Squares of what a delivery of each brings, added up", "yen squared",
               nullable=False),
        Column("n", "int64", "Subscriptions", "subscriptions", nullable=False),
    ),
)  # fmt: skip

churn_risk = Table(
    "churn_risk",
    "Who may leave, why, and what is at stake: one row per customer who buys one by one, and per running subscription.",
    "one customer, or one of the customer's subscriptions",
    ("customer_id", "subscription_id"),
    (
        CUSTOMER,
        Column("subscription_id", "string", "The running subscription; empty text for who buys one by one",
               nullable=False),
        SITUATION[0],
        SITUATION[1],
        Column("number", "int64", "The latest order or delivery", "orders", nullable=False),
        Column("last_order_on", "date", "Day of the latest order or delivery", nullable=False),
        Column("days_silent", "int64", "Days since", "days", nullable=False),
        Column("usual_days", "float64", "Usual days between orders or deliveries", "days"),
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left for good {days} days from now", "share")
          for days in AHEAD),
        Column("yen_at_stake", "float64", "Revenue expected within the forecast horizon times leaving_chance_90", "yen"),
        Column("risk_rank", "int64", "Place by yen_at_stake", "rank", nullable=False),
        *(part for place in (1, 2, 3) for part in (
            Column(f"reason_{place}", "string", "What speaks most for leaving, against the average customer" if place == 1
                   else "What speaks next for it"),
            Column(f"reason_{place}_odds", "float64", "Times the odds of leaving it makes", "ratio"),
        )),
    ),
)  # fmt: skip

churn_summary = Table(
    "churn_summary",
    "How many may leave for which main reason, and what is at stake.",
    "one main reason of one kind of customer",
    ("kind", "reason"),
    (
        SITUATION[0],
        Column("reason", "string", "What speaks most for leaving; none where nothing does", nullable=False),
        Column("customer_count", "int64", "Customers, or running subscriptions", "customers", nullable=False),
        Column("expected_leavers", "float64", "How many of them are expected to have left 90 days from now", "customers"),
        Column("yen_at_stake", "float64", "Revenue expected of each within the forecast horizon times the chance to have "
               "left 90 days from now, added up", "yen"),
    ),
)  # fmt: skip

subscriber_value = Table(
    "subscriber_value",
    "What running subscriptions are expected to bring within the forecast horizon.",
    "one customer with a running subscription",
    ("customer_id",),
    (
        CUSTOMER,
        Column("subscription_count", "int64", "Running subscriptions", "subscriptions", nullable=False),
        Column("expected_deliveries", "float64", "Deliveries expected", "deliveries", nullable=False),
        Column("expected_revenue", "float64", "Their revenue", "yen", nullable=False),
        Column("residual_value", "float64", "The same, discounted", "yen", nullable=False),
        *(Column(f"{side}_{share}", "float64", f"Bound of expected_revenue, {share}% interval", "yen", nullable=False)
          for share in (80, 95) for side in ("low", "high")),
        Column("sd", "float64", "Standard deviation of that revenue", "yen", nullable=False),
        Column("next_delivery_on", "date", "When the next delivery is due", nullable=False),
        Column("next_product_id", "string", "Its product", nullable=False),
    ),
)  # fmt: skip

next_order = Table(
    "next_order",
    "When each customer is expected to order next.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("kind", "string", "subscription: a delivery is due; one_off: from the customer's rhythm", nullable=False,
               choices=KINDS),
        Column("last_order_on", "date", "Day of the latest order", nullable=False),
        *(Column(f"order_chance_{days}", "float64", f"Chance of an order within {days} days", "share")
          for days in AHEAD),
        Column("next_order_on", "date", "Day by which a customer who is still there orders with a chance of one half; "
               "empty beyond the forecast horizon"),
        Column("early_on", "date", "The same with a chance of a tenth"),
        Column("late_on", "date", "The same with a chance of nine tenths"),
        Column("product_id", "string", "What is most likely bought again: the subscription's product, else the one with the "
               "highest chance to be reordered"),
        Column("product_due_on", "date", "When it is due by the customer's own use"),
    ),
)  # fmt: skip

TABLES = (
    deliveries,
    order_outcomes,
    leaving_counts,
    leaving_curve,
    delivery_delays,
    situations_now,
    running_subscriptions,
    running_amounts,
    churn_risk,
    churn_summary,
    subscriber_value,
    next_order,
)
