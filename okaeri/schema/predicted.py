"""The predicted tables: small, made by models from what the measures reduced."""

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
        Column("next_order_days", "float64", "Days until a customer who is still there has ordered with a chance of "
               "one half", "days"),
    ),
)  # fmt: skip

report_card = Table(
    "report_card",
    "How forecasts made at earlier dates came out, beside naive ones.",
    "one way to forecast one target from one origin",
    ("origin_on", "target", "model"),
    (
        Column("origin_on", "date", "The date forecast from", nullable=False),
        Column("target", "string", "What was forecast, per customer, within the forecast horizon", nullable=False,
               choices=("orders", "revenue")),
        Column("model", "string", "okaeri's model, or the naive way", nullable=False),
        Column("is_model", "boolean", "Whether it is okaeri's", nullable=False),
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
        Column("beats_naive", "boolean", "Whether its mean absolute error is below every naive forecast's"),
    ),
)  # fmt: skip

forecast_level = Table(
    "forecast_level",
    "How far totals were off at earlier dates: what widens the intervals of totals.",
    "one target",
    ("target",),
    (
        Column("target", "string", "What was forecast", nullable=False, choices=("orders", "revenue")),
        Column("origin_count", "int64", "Origins it rests on", "dates", nullable=False),
        Column("level_error", "float64", "Typical relative error of a total beyond chance", "share", nullable=False),
    ),
)

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

PREDICTED: dict[str, Table] = {
    table.name: table for table in (model_fits, value_predictions, report_card, forecast_level, forecast)
}
