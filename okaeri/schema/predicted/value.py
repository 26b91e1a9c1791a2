"""What customers are worth: the models, how far to trust them, and what they expect."""

from __future__ import annotations

from okaeri.schema.measured.prospects import EXPECTED, HISTORY, intervals
from okaeri.schema.table import Column, Table

model_fits = Table(
    "model_fits",
    "The models fitted to this shop: their numbers, and which is used.",
    "one model",
    ("model",),
    (
        Column("model", "string", "Name in the literature", nullable=False),
        Column("role", "string", "What it predicts", nullable=False, choices=("purchases", "spend")),
        Column("is_used", "boolean", "Whether predictions come from it", nullable=False),
        Column("customer_count", "float64", "Customers it was fitted on", "customers", nullable=False),
        Column("log_likelihood", "float64", "Log-likelihood at its maximum; empty without a fit", "nats"),
        Column("first_on", "date", "First day of the orders it was fitted on", nullable=False),
        Column("last_on", "date", "Last day it knows", nullable=False),
        Column("version", "string", "Version of okaeri that fitted it", nullable=False),
        Column("parameters", "string", "Parameters and standard errors as JSON; empty without a fit"),
        Column("note", "string", "What the data leave open, or why there is no fit; empty where all is well"),
    ),
)

value_predictions = Table(
    "value_predictions",
    "What the models expect of each distinct purchase history within the forecast horizon.",
    "one history",
    ("repeat_orders", "last_order_days", "age_days", "spend_bin"),
    (
        *HISTORY,
        *EXPECTED,
        *intervals("the revenue within the forecast horizon"),
        Column("residual_sd", "float64", "Standard deviation of that revenue", "yen"),
        Column("relative_value", "float64", "Order value expected over the mean one, within a tenth and ten times",
               "ratio", nullable=False),
        Column("next_order_days", "float64", "Days until a customer who is still there has ordered with a chance of "
               "one half", "days"),
    ),
)  # fmt: skip

report_card = Table(
    "report_card",
    "How forecasts made at earlier dates came out, beside naive ones: the model's, that weighed with the same again as "
    "the dates before it had taught (combined), and naive ones alone.",
    "one way to forecast one target from one origin",
    ("origin_on", "target", "model"),
    (
        Column("origin_on", "date", "The date forecast from", nullable=False),
        Column("target", "string", "What was forecast, per customer, within the forecast horizon", nullable=False,
               choices=("orders", "revenue")),
        Column("model", "string", "okaeri's model, combined, or the naive way", nullable=False),
        Column("is_model", "boolean", "Whether it is okaeri's model, alone", nullable=False),
        Column("horizon_days", "int64", "How far was forecast: the horizon; in a shop too young for it, a third of its "
               "days on record", "days", nullable=False),
        Column("customer_count", "float64", "Customers known at the origin", "customers", nullable=False),
        Column("actual_total", "float64", "What came, all customers", "orders or yen", nullable=False),
        Column("predicted_total", "float64", "What was forecast", "orders or yen", nullable=False),
        Column("bias", "float64", "predicted_total / actual_total - 1", "share"),
        Column("mae", "float64", "Mean absolute error per customer", "orders or yen", nullable=False),
        Column("rmse", "float64", "Root mean squared error per customer", "orders or yen", nullable=False),
        Column("decile_error", "float64", "Absolute errors of the ten deciles by forecast, over the actual total",
               "share"),
        Column("gini", "float64", "Normalised Gini: 1 ranks customers as the outcome does, 0 at random", "ratio"),
        Column("spearman", "float64", "Rank correlation with the outcome", "ratio"),
        Column("coverage_80", "float64", "Share of customers inside their 80% interval", "share"),
        Column("coverage_95", "float64", "Share of customers inside their 95% interval", "share"),
        Column("beats_naive", "boolean", "Whether it was nearer to what came than each naive forecast on more figures "
               "than further away; empty for these"),
        Column("best_share", "float64", "The share of the model that, the rest being the same again, would have had the "
               "least squared error; empty for other ways", "share"),
        Column("log_ratio", "float64", "log(actual / predicted) of the total, the model tilted by value_slope; empty for "
               "other ways", "log ratio"),
        Column("value_slope", "float64", "By how many percent more came than the model said, where customers' order value "
               "is 1% higher; empty for other ways", "percent per percent"),
        Column("parameters", "string", "The model as fitted there, as JSON: of orders the purchase model, of revenue the "
               "spend model; empty for other ways"),
    ),
)  # fmt: skip

fit_changes = Table(
    "fit_changes",
    "How the parameters of the models in use have moved since the earlier dates of the report card, where the same kind "
    "of model was fitted.",
    "one parameter and one earlier date",
    ("role", "parameter", "earlier_on"),
    (
        Column("role", "string", "What the model predicts", nullable=False, choices=("purchases", "spend")),
        Column("parameter", "string", "Its name in the literature", nullable=False),
        Column("earlier_on", "date", "The earlier date", nullable=False),
        Column("value", "float64", "The parameter now", "as the parameter", nullable=False),
        Column("standard_error", "float64", "Its standard error", "as the parameter", nullable=False),
        Column("earlier_value", "float64", "The parameter as fitted then", "as the parameter", nullable=False),
        Column("earlier_standard_error", "float64", "Its standard error then", "as the parameter", nullable=False),
        Column("change_in_errors", "float64", "How far it has moved, in standard errors of then; beyond 3 the shop's "
               "customers behave otherwise than they did", "standard errors"),
    ),
)  # fmt: skip

forecast_level = Table(
    "forecast_level",
    "How a target is forecast, and how far totals so forecast were off at earlier dates, which widens their intervals: "
    "model_share * level * model * relative_value^value_slope + (1 - model_share) * same again.",
    "one target",
    ("target",),
    (
        Column("target", "string", "What was forecast", nullable=False, choices=("orders", "revenue")),
        Column("origin_count", "int64", "Origins it rests on", "dates", nullable=False),
        Column("level_error", "float64", "Typical relative error of a total beyond chance", "share", nullable=False),
        Column(
            "method",
            "string",
            "model alone while no forecast has come due, combined after that, or same_again where "
            "at the newest date the combined one did not beat each naive forecast",
            nullable=False,
            choices=("model", "combined", "same_again"),
        ),
        Column("model_share", "float64", "Share of the model", "share", nullable=False),
        Column("level", "float64", "By what the model's totals are multiplied", "ratio", nullable=False),
        Column(
            "value_slope",
            "float64",
            "By how many percent the model's word is raised where the order value expected of a customer is 1% higher",
            "percent per percent",
            nullable=False,
        ),
    ),
)


def expected_by_period(name: str, meaning: str, unit: str) -> Table:
    """What is expected of the customers won in each year, four weeks after four weeks, counted in ``unit``."""
    return Table(
        name,
        meaning,
        "one period of the customers won in one year",
        ("cohort_year", "period_no"),
        (
            Column("cohort_year", "int64", "Year of the first order", "year", nullable=False),
            Column("period_no", "int64", "Period of four weeks from as_of on, from 1", "period", nullable=False),
            Column("expected_orders", "float64", f"{unit.capitalize()} expected", unit, nullable=False),
            Column("expected_revenue", "float64", "Revenue expected, not discounted", "yen", nullable=False),
            Column("revenue_sd", "float64", "Standard deviation of the revenue", "yen", nullable=False),
        ),
    )


order_forecast = expected_by_period(
    "order_forecast",
    "Orders bought one by one, expected of the customers the shop has, in four-week periods.",
    "orders",
)

delivery_forecast = expected_by_period(
    "delivery_forecast", "Deliveries of running subscriptions, expected in four-week periods.", "deliveries"
)

TABLES = (model_fits, value_predictions, report_card, fit_changes, forecast_level, order_forecast, delivery_forecast)
