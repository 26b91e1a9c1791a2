"""What is told to the purchase models, and what they say of each customer, cohort and source."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.table import Column, Table

HISTORY = (
    Column("repeat_orders", "int64", "Days with an order after the first (x)", "orders", nullable=False),
    Column("last_order_days", "int64", "First to latest order (t_x)", "days", nullable=False),
    Column("age_days", "int64", "First order to the last day observed (T)", "days", nullable=False),
    Column("spend_bin", "int64", "Revenue so far, in steps of 0.1%: power(1.001, spend_bin); 0 up to one yen", "step",
           nullable=False),
)  # fmt: skip


def intervals(of: str, unit: str = "yen", *, nullable: bool = True) -> tuple[Column, ...]:
    """Bounds of the 80% and 95% interval of a column."""
    return tuple(
        Column(f"{name}_{share}", "float64", f"{name.capitalize()} bound of {of}, {share}% interval", unit, nullable)
        for share in (80, 95)
        for name in ("low", "high")
    )


order_days = Table(
    "order_days",
    "Days with an order bought by itself, not delivered by subscription: orders of one day are one, as purchase models "
    "count.",
    "one customer and day with an order",
    ("customer_id", "order_day"),
    (
        CUSTOMER,
        Column("order_day", "int64", "Day of the orders", "days since 1970-01-01", nullable=False),
        Column("revenue", "float64", "Revenue of the day's orders; credit notes left out", "yen", nullable=False),
        Column("gross_profit", "float64", "Their gross profit; empty where a cost is unknown", "yen"),
        Column("gap_days", "int64", "Days since the customer's order day before; empty on the first", "days"),
    ),
)  # fmt: skip

value_histories = Table(
    "value_histories",
    "The distinct purchase histories and how many customers share each: all that purchase models need.",
    "one history",
    ("repeat_orders", "last_order_days", "age_days", "spend_bin"),
    (
        *HISTORY,
        Column("customer_count", "int64", "Customers with this history", "customers", nullable=False),
        Column("spend", "float64", "Their revenue so far", "yen", nullable=False),
        Column("log_gap_sum", "float64", "Sum of the logarithms of their gaps in weeks", "log weeks", nullable=False),
    ),
)  # fmt: skip

rolling_outcomes = Table(
    "rolling_outcomes",
    "What was known of customers at earlier dates and what they bought next: how forecasts are judged.",
    "one customer at one origin; of a large shop an even sample",
    ("origin_on", "customer_id"),
    (
        Column("origin_on", "date", "The date forecast from", nullable=False),
        CUSTOMER,
        *HISTORY,
        Column("log_gaps", "float64", "Sum of the logarithms of the customer's gaps in weeks", "log weeks",
               nullable=False),
        Column("customer_weight", "int64", "Customers this one stands for", "customers", nullable=False),
        Column("horizon_days", "int64", "The forecast horizon; in a shop too young for it, a third of the days on record",
               "days", nullable=False),
        Column("orders_before", "int64", "Order days in the horizon before the origin", "orders", nullable=False),
        Column("revenue_before", "float64", "Their revenue", "yen", nullable=False),
        Column("orders_after", "int64", "Order days in the horizon from the origin on", "orders", nullable=False),
        Column("revenue_after", "float64", "Their revenue", "yen", nullable=False),
    ),
)  # fmt: skip

same_again = Table(
    "same_again",
    "What customers did in the forecast horizon before as_of, by year of their first order: the naive forecast.",
    "the customers won in one year",
    ("cohort_year",),
    (
        Column("cohort_year", "int64", "Year of the first order", "year", nullable=False),
        Column("orders", "float64", "Order days; of a shop younger than the horizon, scaled up to it", "orders",
               nullable=False),
        Column("revenue", "float64", "Their revenue, scaled up likewise", "yen", nullable=False),
    ),
)  # fmt: skip

EXPECTED = (
    Column("p_alive", "float64", "Chance that the customer is still there", "share"),
    Column("expected_orders", "float64", "Orders expected within the forecast horizon", "orders"),
    Column("expected_order_value", "float64", "Revenue expected of one order", "yen"),
    Column("residual_value", "float64", "Revenue expected within the forecast horizon, discounted", "yen"),
)

customer_value = Table(
    "customer_value",
    "What each customer has been worth and is expected to be worth within the forecast horizon: the model's word, "
    "weighed with the same again and set to the shop's level as forecast_level says.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("cohort_month", "int64", "Month of the first order", "year * 12 + month - 1", nullable=False),
        Column("acquired_via", "string", "How the customer came", nullable=False),
        Column("past_value", "float64", "Revenue so far", "yen", nullable=False),
        Column("past_gross_profit", "float64", "Gross profit so far; empty where a cost is unknown", "yen"),
        *EXPECTED,
        Column("expected_deliveries", "float64", "Those of expected_orders that running subscriptions will deliver",
               "deliveries", nullable=False),
        *intervals("the revenue within the forecast horizon"),
        Column("residual_sd", "float64", "Standard deviation of that revenue", "yen"),
        Column("method", "string", "Where the value expected comes from: model alone, combined (model and same again), or "
               "same_again where a model does not beat it", choices=("model", "combined", "same_again")),
        Column("residual_gross_profit", "float64", "Gross profit expected: residual_value at the customer's margin so "
               "far, else the shop's", "yen"),
        Column("lifetime_value", "float64", "past_value + residual_value", "yen"),
        Column("next_order_on", "date", "Day by which a customer who is still there orders again with a chance of one "
               "half; empty beyond the forecast horizon"),
    ),
)  # fmt: skip


def sums(what: str) -> tuple[Column, ...]:
    """Past and expected value of ``what``."""
    return (
        Column("customer_count", "int64", f"Customers of the {what}", "customers", nullable=False),
        Column("past_value", "float64", "Their revenue so far", "yen", nullable=False),
        Column("expected_orders", "float64", "Their orders expected within the forecast horizon", "orders"),
        Column("residual_value", "float64", "Their revenue expected within it, discounted", "yen"),
        *intervals("residual_value"),
        Column("lifetime_value", "float64", "past_value + residual_value", "yen"),
        Column("mean_lifetime_value", "float64", "The same per customer", "yen"),
    )


value_total = Table(
    "value_total",
    "Past and expected value of all customers.",
    "the shop",
    ("shop",),
    (Column("shop", "string", "Always all", nullable=False), *sums("shop")),
)

value_by_cohort = Table(
    "value_by_cohort",
    "Past and expected value of the customers won in each month.",
    "one month of first orders",
    ("cohort_month",),
    (
        Column("cohort_month", "int64", "Month of the first order", "year * 12 + month - 1", nullable=False),
        Column("cohort", "string", "The same as YYYY-MM", nullable=False),
        *sums("month"),
    ),
)

value_by_source = Table(
    "value_by_source",
    "Past and expected value of the customers each acquisition source brought, and what may be paid for one.",
    "one acquisition source",
    ("acquired_via",),
    (
        Column("acquired_via", "string", "How the customers came", nullable=False),
        *sums("source"),
        Column("mean_acquisition_cost", "float64", "What one cost to win; empty where the shop records none", "yen"),
        Column("limit_cpa", "float64", "Gross profit per customer, so far and expected: what one may cost", "yen"),
    ),
)

#: Periods in which the future is told.
PERIOD_DAYS = 28

forecast = Table(
    "forecast",
    "Orders and revenue expected of the customers the shop has, in four-week periods; customers still to be won are "
    "not in it.",
    "one period of the customers won in one year",
    ("cohort_year", "period_no"),
    (
        Column("cohort_year", "int64", "Year of the first order", "year", nullable=False),
        Column("period_no", "int64", "Period from as_of on, from 1", "period", nullable=False),
        Column("first_on", "date", "Its first day", nullable=False),
        Column("last_on", "date", "Its last day", nullable=False),
        Column("customer_count", "int64", "Customers won in that year", "customers", nullable=False),
        Column("expected_orders", "float64", "Orders expected", "orders", nullable=False),
        Column("expected_revenue", "float64", "Revenue expected, not discounted", "yen", nullable=False),
        *intervals("the revenue", nullable=False),
    ),
)


TABLES = (
    order_days,
    value_histories,
    rolling_outcomes,
    same_again,
    customer_value,
    value_total,
    value_by_cohort,
    value_by_source,
    forecast,
)
