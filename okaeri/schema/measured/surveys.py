"""What customers expected and what they found, and what the difference costs."""

from __future__ import annotations

from okaeri.schema.measured.emotion import REPEAT_DAYS
from okaeri.schema.measured.feelings import ASPECTS, WHOLE
from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.products import PRODUCT
from okaeri.schema.table import Column, Table

#: Bands of judged less expected, with the highest gap each holds; the last has no end.
BANDS = (("far_below", -0.3), ("below", -0.1), ("as_expected", 0.099), ("above", 0.299), ("far_above", None))
#: In place of a product: all together.
ALL = "all"
#: What a customer who judges the shop rather than a product speaks of; it has no expectation to be compared with.
RECOMMENDATION = "recommendation"
#: Months before a month that its satisfaction is compared with.
TREND_MONTHS = 3

_OR_ALL = Column("product_id", "string", "The shop's product code; all: all products together", nullable=False)
_LOSS = "from fewer next orders, one each, if those let down are like those whose hopes were met but for that"

survey_pairs = Table(
    "survey_pairs",
    "Expected before and judged after, joined: the first rated answer before use and the first after it.",
    "one product judged by one customer",
    ("customer_id", "product_id"),
    (
        CUSTOMER,
        PRODUCT,
        Column("before_day", "int64", "Day of the answer before use", "days since 1970-01-01", nullable=False),
        Column("after_day", "int64", "Day of the answer after", "days since 1970-01-01", nullable=False),
        Column("expected", "float64", "How much was expected, from 0 to 1", "share", nullable=False),
        Column("judged", "float64", "How it was found, from 0 to 1", "share", nullable=False),
        Column("gap", "float64", "Judged less expected; below 0 the customer was let down", "share", nullable=False),
        Column("days_to_next", "int64", "Days from the judgement to the customer's next order", "days"),
        Column("has_repeated", "boolean", f"Ordered within {REPEAT_DAYS} days; empty where they have not yet passed"),
    ),
)

survey_gaps = Table(
    "survey_gaps",
    f"The chance of an order within {REPEAT_DAYS} days by how the product was found against what was expected.",
    "one band of gaps of one product",
    ("product_id", "band"),
    (
        _OR_ALL,
        Column("band", "string", "Judged less expected: up to -0.3, to -0.1, between, from 0.1, from 0.3",
               nullable=False, choices=tuple(name for name, _ in BANDS)),
        Column("band_no", "int64", "Place of the band, from 0", "band", nullable=False),
        Column("n", "int64", f"Customers judged {REPEAT_DAYS} days ago or longer", "customers", nullable=False),
        Column("repeat_count", "int64", "Those of them who ordered again in time", "customers", nullable=False),
        Column("repeat_rate", "float64", "Their share", "share", nullable=False),
        Column("low", "float64", "95% interval, Wilson", "share", nullable=False),
        Column("high", "float64", "95% interval, Wilson", "share", nullable=False),
        Column("mean_expected", "float64", "Mean of what was expected", "share", nullable=False),
        Column("mean_judged", "float64", "Mean of what was found", "share", nullable=False),
    ),
)  # fmt: skip

survey_improvements = Table(
    "survey_improvements",
    "What to better first: products, and what their let-down customers complain of, by what it costs in a year.",
    "one thing spoken of by those whom one product let down",
    ("product_id", "aspect"),
    (
        _OR_ALL,
        Column("aspect", "string", "What they complain of; whole: all who were let down", nullable=False,
               choices=(WHOLE, *ASPECTS)),
        Column("rank", "int64", "Place by yearly loss, from 1: among the products' rows, and among those of all together", "rank", nullable=False),
        Column("let_down_count", "int64", "Customers who found less than they expected and complain of it", "customers",
               nullable=False),
        Column("n", "int64", "All who told both and whose time has passed", "customers", nullable=False),
        Column("repeat_rate", "float64", "Share of the let-down who ordered again in time", "share", nullable=False),
        Column("met_repeat_rate", "float64", "The same of those whose hopes were met: of the product where they are "
               "enough, else of all", "share", nullable=False),
        Column("buyer_count", "int64", "Buyers of the product within a year", "customers", nullable=False),
        Column("order_value", "float64", "Mean revenue of a repeat order of the shop", "yen", nullable=False),
        Column("yearly_loss", "float64", f"Revenue lost among a year's buyers {_LOSS}", "yen", nullable=False),
        Column("low", "float64", "95% interval of the loss, by the difference of the two shares (Newcombe)", "yen",
               nullable=False),
        Column("high", "float64", "95% interval of the loss, by the difference of the two shares (Newcombe)", "yen",
               nullable=False),
    ),
)  # fmt: skip

satisfaction_trend = Table(
    "satisfaction_trend",
    "Satisfaction told after use, by month, and whether it changed.",
    "one month of one product",
    ("product_id", "month"),
    (
        _OR_ALL,
        Column("month", "int64", "Month of the answers", "year * 12 + month - 1", nullable=False),
        Column("n", "int64", "Customers who told it in the month", "customers", nullable=False),
        Column("mean", "float64", "Mean satisfaction, from 0 to 1; a customer's answers of a month count as one",
               "share", nullable=False),
        Column("low", "float64", "95% interval, Student", "share"),
        Column("high", "float64", "95% interval, Student", "share"),
        Column("before_n", "int64", f"Customers and months of the {TREND_MONTHS} months before", "customers",
               nullable=False),
        Column("before_mean", "float64", "Their mean satisfaction", "share"),
        Column("change", "float64", "Mean less the mean before", "share"),
        Column("p_value", "float64", "Chance of such a change if nothing changed: Welch's test, two-sided", "share"),
        Column("holm_p_value", "float64", "The same, corrected for all months and products looked at (Holm)", "share"),
        Column("has_changed", "boolean", "Corrected chance below 5%", nullable=False),
    ),
)  # fmt: skip

TABLES = (survey_pairs, survey_gaps, survey_improvements, satisfaction_trend)
