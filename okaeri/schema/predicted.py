"""The predicted tables: small, made by models from what the measures reduced."""

from __future__ import annotations

from okaeri.schema.measured.leaving import AHEAD, KINDS, RHYTHM, SITUATION, SITUATION_KEY, SUBSCRIBER_KEY
from okaeri.schema.measured.personas import PERSONA, TRAITS
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
    "model_share * level * model + (1 - model_share) * same again.",
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
    ),
)

PERIOD = (
    Column("cohort_year", "int64", "Year of the first order", "year", nullable=False),
    Column("period_no", "int64", "Period of four weeks from as_of on, from 1", "period", nullable=False),
)

order_forecast = Table(
    "order_forecast",
    "Orders bought one by one, expected of the customers the shop has, in four-week periods.",
    "one period of the customers won in one year",
    ("cohort_year", "period_no"),
    (
        *PERIOD,
        Column("expected_orders", "float64", "Orders expected", "orders", nullable=False),
        Column("expected_revenue", "float64", "Revenue expected, not discounted", "yen", nullable=False),
        Column("revenue_sd", "float64", "Standard deviation of the revenue", "yen", nullable=False),
    ),
)

delivery_forecast = Table(
    "delivery_forecast",
    "Deliveries of running subscriptions, expected in four-week periods.",
    "one period of the customers won in one year",
    ("cohort_year", "period_no"),
    (
        *PERIOD,
        Column("expected_orders", "float64", "Deliveries expected", "deliveries", nullable=False),
        Column("expected_revenue", "float64", "Revenue expected, not discounted", "yen", nullable=False),
        Column("revenue_sd", "float64", "Standard deviation of the revenue", "yen", nullable=False),
    ),
)

leaving_fits = Table(
    "leaving_fits",
    "The models of who leaves, and of how long subscriptions last.",
    "one model of one kind of customer and product",
    ("kind", "segment", "model"),
    (
        Column("kind", "string", "Who leaves", nullable=False, choices=KINDS),
        Column("segment", "string", "The product's code, or all", nullable=False),
        Column("model", "string", "Name in the literature", nullable=False),
        Column("n", "float64", "Orders with a known outcome, or subscribers, it was fitted on", "orders", nullable=False),
        Column("auc", "float64", "Chance that a leaver of the latest quarter had a higher chance to leave than a stayer, by "
               "a fit on the rest", "share"),
        Column("gain", "float64", "Log-likelihood per outcome of that quarter above that of the number of orders alone",
               "nats"),
        Column("expected_deliveries", "float64", "Of a new subscription within the forecast horizon", "deliveries"),
        Column("parameters", "string", "Parameters as JSON; empty without a fit", nullable=False),
        Column("note", "string", "What the data leave open, or why there is no fit; empty where all is well",
               nullable=False),
    ),
)  # fmt: skip

leaving_reasons = Table(
    "leaving_reasons",
    "What speaks for leaving in each situation a customer is in now.",
    "one situation",
    SITUATION_KEY,
    (
        *SITUATION,
        Column("leaving_rate", "float64", "Chance to leave after this order or delivery", "share"),
        *(part for place in (1, 2, 3) for part in (
            Column(f"reason_{place}", "string", "What speaks for leaving, the weightiest first"),
            Column(f"reason_{place}_odds", "float64", "Times the odds of leaving it makes", "ratio"),
        )),
    ),
)  # fmt: skip

subscriber_predictions = Table(
    "subscriber_predictions",
    "What subscribers in each situation are expected to do.",
    "one situation, so many days after the latest delivery",
    SUBSCRIBER_KEY,
    (
        *SITUATION,
        *RHYTHM,
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left {days} days from now", "share",
                 nullable=False) for days in AHEAD),
        Column("expected_deliveries", "float64", "Deliveries expected within the forecast horizon", "deliveries",
               nullable=False),
        Column("discounted_deliveries", "float64", "The same, discounted", "deliveries", nullable=False),
        Column("deliveries_sd", "float64", "Their standard deviation", "deliveries", nullable=False),
        *(Column(f"{side}_{share}", "float64", f"Bound of the deliveries, {share}% interval", "deliveries", nullable=False)
          for share in (80, 95) for side in ("low", "high")),
        *(Column(f"order_chance_{days}", "float64", f"Chance of a delivery within {days} days", "share", nullable=False)
          for days in AHEAD),
    ),
)  # fmt: skip

PRESENCE_KEY = ("repeat_orders", "last_order_days", "age_days")

presence_predictions = Table(
    "presence_predictions",
    "Whether customers with each purchase history will still be there, and when they order next.",
    "one history, whatever was spent",
    PRESENCE_KEY,
    (
        *HISTORY[:3],
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left for good {days} days from now", "share",
                 nullable=False) for days in AHEAD),
        *(Column(f"order_chance_{days}", "float64", f"Chance of an order within {days} days", "share", nullable=False)
          for days in AHEAD),
        Column("early_days", "float64", "Days until a customer who is still there has ordered with a chance of a tenth",
               "days", nullable=False),
        Column("next_order_days", "float64", "The same with a chance of one half", "days", nullable=False),
        Column("late_days", "float64", "The same with a chance of nine tenths", "days", nullable=False),
    ),
)  # fmt: skip

reorder_weights = Table(
    "reorder_weights",
    "The model of the chance to buy a product again: the weight of each term; one log odds is what they add up to.",
    "one term of the model of one horizon",
    ("horizon_days", "term"),
    (
        Column("horizon_days", "int64", "Days within which the product may be bought again", "days", nullable=False),
        Column("term", "string", "intercept; a feature of reorder_training; what it has over a knot; two features "
               "multiplied", nullable=False),
        Column("knot", "float64", "Where the term begins; of a feature, its least value, and of its last knot, its most",
               "as the feature"),
        Column("weight", "float64", "What one of it adds to the log odds of the product's own chance", "log odds",
               nullable=False),
        Column("row_count", "int64", "Rows of reorder_training it was learnt from", "rows", nullable=False),
        Column("note", "string", "Of the intercept: why habits are left out; empty where they are not", nullable=False),
    ),
)  # fmt: skip

persona_centres = Table(
    "persona_centres",
    "The faces of the shop's customers: centres over standardised traits.",
    "one persona",
    ("persona",),
    (
        PERSONA,
        Column("place", "int64", "Its place among the faces", "place", nullable=False),
        Column("reach", "float64", "Traits further out count as far", "sd", nullable=False),
        *(Column(f"trait_{place}", "string", "The trait furthest from the average" if place == 1 else "The next",
                 nullable=False, choices=tuple(TRAITS)) for place in (1, 2, 3)),
        *(Column(f"trait_{place}_sd", "float64", "How far, in standard deviations", "sd", nullable=False)
          for place in (1, 2, 3)),
        *(Column(f"{part}_{name}", "float64", f"{said} of {name}", unit or own, nullable=False)
          for part, said, unit in (("z", "The centre", "sd"), ("mean", "Mean over customers", ""),
                                   ("scale", "Standard deviation over customers", ""))
          for name, (_, own) in TRAITS.items()),
    ),
)  # fmt: skip

next_basket_weights = Table(
    "next_basket_weights",
    "What makes a customer buy a product at the next visit: weights of the covariates of next_basket_choices.",
    "one weight",
    ("part", "covariate"),
    (
        Column("part", "string", "own: score of products bought before; new: of others; chance: of the log-odds to be "
               "bought; explore: added to the score of new products when a list is cut", nullable=False,
               choices=("own", "new", "chance", "explore")),
        Column("covariate", "string", "A covariate of next_basket_choices, intercept, score, own or bonus",
               nullable=False),
        Column("weight", "float64", "Nats per unit of the covariate; empty where there was too little to learn from",
               "nats"),
        Column("customer_count", "int64", "Visits of customers it was learnt from; 0 where plain weights are used",
               "visits", nullable=False),
        Column("note", "string", "Why nothing could be learnt; empty where all is well", nullable=False),
    ),
)  # fmt: skip

PREDICTED: dict[str, Table] = {
    table.name: table
    for table in (
        model_fits, value_predictions, report_card, fit_changes, forecast_level, order_forecast, delivery_forecast,
        leaving_fits, leaving_reasons,
        subscriber_predictions, presence_predictions, reorder_weights, persona_centres,
        next_basket_weights,
    )
}  # fmt: skip
