"""What moved since before, taken apart exactly; and months, from which plans are made and against which they are held."""

from __future__ import annotations

from okaeri.schema.measured.value import DIMENSION, SEGMENT, VALUE_KIND
from okaeri.schema.table import Column, Table

WEEK = 7
SALES_PARTS = ("newcomers", "candidates", "f2_rate", "repeat_rate", "order_value", "credit_notes")
LTV_PARTS = ("mix", "f2_rate", "repeat_rate", "order_value")
#: Months a newcomer is followed by in newcomer_months, that of the first order included.
MONTHS_FOLLOWED = 25

WINDOW = Column("window_days", "int64", "How far back is compared: 7, and compare_days", "days", nullable=False)
EFFECT = Column(
    "effect", "float64",
    "What the part's move did in yen: its mean over every order in which the factors could have moved one by one "
    "(Shapley); over all parts and segments of a dimension these sum to the whole change", "yen", nullable=False,
)  # fmt: skip
KINDS_OF_ORDERS = (
    Column("newcomers", "int64", "First orders", "orders", nullable=False),
    Column("first_revenue", "float64", "Their revenue", "yen", nullable=False),
    Column("second_candidates", "int64", "Customers who could order a second time: with a first order by the end, and no "
           "second one before the beginning", "customers", nullable=False),
    Column("second_orders", "int64", "Second orders", "orders", nullable=False),
    Column("second_revenue", "float64", "Their revenue", "yen", nullable=False),
    Column("later_candidates", "int64", "Customers with a second order by the end", "customers", nullable=False),
    Column("later_orders", "int64", "Third and later orders", "orders", nullable=False),
    Column("later_revenue", "float64", "Their revenue", "yen", nullable=False),
    Column("credit_notes", "float64", "Credit notes, a negative amount", "yen", nullable=False),
)  # fmt: skip

sales_months = Table(
    "sales_months",
    "Sales by calendar month: first, second and later orders, and how many customers could have made them. Revenue = "
    "first + second + later revenue + credit notes.",
    "one month with a sale",
    ("month",),
    (
        Column("month", "string", "Calendar month as YYYY-MM", nullable=False),
        *KINDS_OF_ORDERS,
        Column("revenue", "float64", "Revenue of the month, credit notes taken off", "yen", nullable=False),
        Column("gross_profit", "float64", "Its gross profit; empty where a cost is unknown", "yen"),
        Column("is_over", "boolean", "The month was over before as_of", nullable=False),
    ),
)

sales_change = Table(
    "sales_change",
    "Why sales moved: the latest days against as many before, taken apart exactly. Revenue = newcomers x value + "
    "candidates x F2 rate x value + later candidates x repeat rate x value + credit notes, in each segment.",
    "one part of one segment, one window back",
    ("window_days", "dimension", "segment", "part"),
    (
        WINDOW,
        DIMENSION,
        SEGMENT,
        Column("part", "string", "newcomers: how many came. candidates: how many could come again. f2_rate: second orders "
               "per candidate. repeat_rate: later orders per candidate. order_value: revenue per order, of all three. "
               "credit_notes", nullable=False, choices=SALES_PARTS),
        Column("level_before", "float64", "The part in the days before; empty where nobody tells", "as the part"),
        Column("level_now", "float64", "The part in the latest days", "as the part"),
        EFFECT,
        Column("revenue_before", "float64", "The segment's revenue in the days before", "yen", nullable=False),
        Column("revenue_now", "float64", "The segment's revenue in the latest days", "yen", nullable=False),
        Column("orders_before", "int64", "The segment's orders in the days before", "orders", nullable=False),
        Column("orders_now", "int64", "The segment's orders in the latest days", "orders", nullable=False),
    ),
)  # fmt: skip

ltv_change = Table(
    "ltv_change",
    "Why LTV moved: as of today against as of so many days ago, taken apart exactly. LTV = sum over segments of share x "
    "sum over k of P(k-th order within the horizon) x its value, of customers observed through the horizon. The horizon "
    "is a year, or the longest one of a shop without it.",
    "one part of one segment, one window back, revenue or gross profit",
    ("window_days", "value_kind", "dimension", "segment", "part"),
    (
        WINDOW,
        VALUE_KIND,
        DIMENSION,
        SEGMENT,
        Column("part", "string", "mix: the segment's share of customers, against the mean LTV. f2_rate: P(2). repeat_rate: "
               "P(k)/P(2) of all later orders. order_value: value of every order", nullable=False, choices=LTV_PARTS),
        Column("level_before", "float64", "The part so many days ago; of repeat_rate the mean P(k)/P(k-1), k >= 3",
               "share, or yen"),
        Column("level_now", "float64", "The part today", "share, or yen"),
        EFFECT,
        Column("ltv_before", "float64", "The segment's LTV so many days ago; empty where nobody had been observed so "
               "long", "yen"),
        Column("ltv_now", "float64", "The segment's LTV today", "yen", nullable=False),
        Column("n_before", "int64", "Its customers observed through the horizon so many days ago", "customers",
               nullable=False),
        Column("n_now", "int64", "The same today", "customers", nullable=False),
    ),
)  # fmt: skip

newcomer_months = Table(
    "newcomer_months",
    "What a newcomer brings month by month, by order number: from all customers followed through that month.",
    "one order number in one month since the first order",
    ("month_offset", "order_no"),
    (
        Column("month_offset", "int64", "Calendar months since that of the first order", "months", nullable=False),
        Column("order_no", "int64", "Which order of the customer; 0 for credit notes", "orders", nullable=False),
        Column("orders", "int64", "Such orders in that month", "orders", nullable=False),
        Column("revenue", "float64", "Their revenue", "yen", nullable=False),
        Column("n", "int64", "Customers for whom that month is over", "customers", nullable=False),
    ),
)

existing_value = Table(
    "existing_value",
    "What is expected of those who bought once and of those who came back: a plan moves the former with F2, the latter "
    "with the repeat rate.",
    "one of the two groups",
    ("has_repeated",),
    (
        Column("has_repeated", "boolean", "Customers with two orders or more", nullable=False),
        Column("customer_count", "int64", "Customers", "customers", nullable=False),
        Column("expected_orders", "float64", "Their orders expected within the forecast horizon", "orders",
               nullable=False),
        Column("residual_value", "float64", "Their revenue expected within it, discounted", "yen", nullable=False),
    ),
)  # fmt: skip

forecast_total = Table(
    "forecast_total",
    "Orders and revenue expected of all customers the shop has, in four-week periods: forecast, all years of winning "
    "together.",
    "one period",
    ("period_no",),
    (
        Column("period_no", "int64", "Period from as_of on, from 1", nullable=False),
        Column("first_on", "date", "Its first day", nullable=False),
        Column("last_on", "date", "Its last day", nullable=False),
        Column("expected_orders", "float64", "Orders expected", "orders", nullable=False),
        Column("expected_revenue", "float64", "Revenue expected, not discounted", "yen", nullable=False),
        Column("chance_sd", "float64", "Standard deviation by chance alone, without what moves the whole shop", "yen",
               nullable=False),
        *(
            Column(f"{end}_{share}", "float64", f"{word} bound of the revenue, {share}% interval", "yen", nullable=False)
            for share in (80, 95) for end, word in (("low", "Low"), ("high", "High"))
        ),
    ),
)  # fmt: skip

TABLES = (sales_months, sales_change, ltv_change, newcomer_months, existing_value, forecast_total)
