"""What customers are worth, and the three KPIs that make it up."""

from __future__ import annotations

from okaeri.schema.table import Column, Table

VALUE_KINDS = ("revenue", "gross_profit")
KPIS = (
    "step_up_rate", "f2_rate", "repeat_rate_period", "repeat_rate_cohort", "repeat_rate_month", "order_value",
    "yearly_spend",
)  # fmt: skip
KPI_BASES = ("trial", "first_order", "buyers", "base", "orders", "customers")
EFFECT_KPIS = ("f2_rate", "repeat_rate", "order_value")

DIMENSION = Column(
    "dimension", "string",
    "How customers are cut: all, cohort_month, acquired_via, campaign (via/campaign), store, first_product, region, age_band, attributes.<name>",
    nullable=False,
)  # fmt: skip
SEGMENT = Column("segment", "string", "The customers' value in that dimension; unknown where nothing says",
                 nullable=False)  # fmt: skip
COHORT = Column("cohort", "string", "Month of the first order as YYYY-MM; all for everybody", nullable=False)
VALUE_KIND = Column("value_kind", "string", "Which value is counted", nullable=False, choices=VALUE_KINDS)
HORIZON = Column("horizon_days", "int64", "Days after the first order, that day included", "days", nullable=False)


def low_high(unit: str) -> tuple[Column, Column]:
    """The two ends of a 95% interval in ``unit``."""
    return (
        Column("low", "float64", "Lower end of the 95% interval", unit),
        Column("high", "float64", "Upper end of the 95% interval", unit),
    )


ltv_curve = Table(
    "ltv_curve",
    "Mean value per customer within so many days of the first order, from all customers observed at each age.",
    "one age of one segment, revenue or gross profit",
    ("dimension", "segment", "value_kind", "age_days"),
    (
        DIMENSION,
        SEGMENT,
        VALUE_KIND,
        Column("age_days", "int64", "Days after the first order, that day included", "days", nullable=False),
        Column("ltv", "float64", "Value per customer before acquisition cost; empty where a cost of goods is unknown",
               "yen"),
        Column("ltv_after_cost", "float64", "The same less the mean acquisition cost; empty where that is unknown",
               "yen"),
        Column("standard_error", "float64", "Standard error of ltv; empty for fewer than two customers", "yen"),
        *low_high("yen"),
        Column("acquisition_cost", "float64", "Mean cost of winning a customer of the segment", "yen"),
        Column("n", "int64", "Customers observed through this age", "customers", nullable=False),
        Column("n_total", "int64", "Customers of the segment", "customers", nullable=False),
        Column("is_mature", "boolean", "The whole cohort is that old; elsewhere at least 30 customers are",
               nullable=False),
    ),
)  # fmt: skip

payback = Table(
    "payback",
    "When gross profit has paid for winning a customer, and what a customer may cost at most.",
    "one horizon of one segment",
    ("dimension", "segment", "horizon_days"),
    (
        DIMENSION,
        SEGMENT,
        HORIZON,
        Column("limit_cpa", "float64", "Gross-profit LTV at the horizon: what winning a customer may cost; empty where "
               "a cost of goods is unknown", "yen"),
        *low_high("yen"),
        Column("acquisition_cost", "float64", "Mean cost of winning a customer (CPR where the shop sells trials)", "yen"),
        Column("cpo", "float64", "Cost per new buyer of the main product: the same, divided by 引き上げ率 where the shop "
               "sells trials; there empty in dimensions without that rate", "yen"),
        Column("payback_day", "int64", "First age at which gross profit per customer reaches acquisition cost; empty "
               "where it has not within the longest horizon", "days"),
        Column("is_exact_day", "boolean", "Found day by day; else the first age of the curve that reaches it",
               nullable=False),
        Column("n", "int64", "Customers observed through the horizon", "customers", nullable=False),
    ),
)  # fmt: skip

kpis = Table(
    "kpis",
    "引き上げ率, リピート率 and 顧客単価 in their named variants, from customers who have had the time.",
    "one KPI of one month",
    ("cohort", "kpi"),
    (
        Column("cohort", "string", "Month as YYYY-MM: of the first order; for repeat_rate_period and repeat_rate_month "
               "the month of buying. all: every cohort, and for those two the last 365 days", nullable=False),
        Column("kpi", "string", "Which KPI", nullable=False, choices=KPIS),
        Column("basis", "string", "What it is a share or mean of: trial buyers, first orders, buyers of the period, "
               "customers from before the period, orders, customers", nullable=False, choices=KPI_BASES),
        Column("value", "float64", "The KPI; empty where nobody has had the time", "share, or yen"),
        *low_high("share, or yen"),
        Column("n", "int64", "Those it is taken from: customers old enough (orders for order_value)", "customers",
               nullable=False),
        Column("n_total", "int64", "The same with those too young", "customers", nullable=False),
        Column("is_mature", "boolean", "Nobody was too young (for all: at least 30 were not; for a month of buying: the "
               "month is over)", nullable=False),
    ),
)  # fmt: skip

f_ladder = Table(
    "f_ladder",
    "F2, F3 ...: how many go on from each order to the next, and how soon.",
    "one rung of one cohort",
    ("cohort", "order_no"),
    (
        COHORT,
        Column("order_no", "int64", "The order reached", "orders", nullable=False),
        Column("rate", "float64", "Share of those with the order before who ordered again within the window", "share"),
        *low_high("share"),
        Column("n", "int64", "Customers whose order before is older than the window", "customers", nullable=False),
        Column("n_converted", "int64", "Those of them who ordered again within the window", "customers",
               nullable=False),
        Column("n_total", "int64", "Customers with the order before, the young ones too", "customers", nullable=False),
        Column("cumulative_rate", "float64", "Share of first buyers who came this far within (order_no - 1) windows",
               "share"),
        Column("cumulative_low", "float64", "Lower end of the 95% interval", "share"),
        Column("cumulative_high", "float64", "Upper end of the 95% interval", "share"),
        Column("n_first", "int64", "First buyers observed for (order_no - 1) windows", "customers", nullable=False),
        Column("days_p25", "int64", "A quarter of those converted ordered again within so many days", "days"),
        Column("days_p50", "int64", "Half of those converted ordered again within so many days", "days"),
        Column("days_p75", "int64", "Three quarters of those converted ordered again within so many days", "days"),
        Column("is_mature", "boolean", "All with the order before have had the window (for all: at least 30 have)",
               nullable=False),
    ),
)  # fmt: skip

ltv_parts = Table(
    "ltv_parts",
    "LTV taken apart: LTV(h) = sum over k of P(k-th order within h) x mean value of the k-th order within h.",
    "one order number of one horizon, revenue or gross profit",
    ("horizon_days", "value_kind", "order_no"),
    (
        HORIZON,
        VALUE_KIND,
        Column("order_no", "int64", "Which order of the customer", "orders", nullable=False),
        Column("reach_rate", "float64", "P(k): share of customers with this order within the horizon", "share",
               nullable=False),
        Column("step_rate", "float64", "P(k) / P(k-1)", "share"),
        Column("order_value", "float64", "Mean value of that order, credit notes that follow it taken off", "yen"),
        Column("contribution", "float64", "reach_rate x order_value; over all orders these sum to LTV", "yen"),
        Column("n_orders", "int64", "Customers with this order within the horizon", "customers", nullable=False),
        Column("n", "int64", "Customers observed through the whole horizon", "customers", nullable=False),
    ),
)  # fmt: skip

kpi_effect = Table(
    "kpi_effect",
    "Yen of LTV per point of each KPI: exact derivatives of the sum in ltv_parts.",
    "one KPI of one horizon, revenue or gross profit",
    ("horizon_days", "value_kind", "kpi"),
    (
        HORIZON,
        VALUE_KIND,
        Column("kpi", "string", "f2_rate: P(2), later steps held. repeat_rate: every later step P(k)/P(k-1), k >= 3, at "
               "once. order_value: the value of every order", nullable=False, choices=EFFECT_KPIS),
        Column("level", "float64", "The KPI now", "share, or yen"),
        Column("effect", "float64", "LTV gained per one point (0.01) of the rate, or per one percent of order value",
               "yen"),
        Column("ltv", "float64", "LTV of customers observed through the whole horizon: what is taken apart", "yen"),
        Column("ltv_curve", "float64", "LTV of ltv_curve at that horizon, which uses younger customers too", "yen"),
        Column("difference", "float64", "ltv_curve less ltv: what the younger customers change", "yen"),
        Column("n", "int64", "Customers observed through the whole horizon", "customers", nullable=False),
    ),
)  # fmt: skip

cohort_retention = Table(
    "cohort_retention",
    "Each month's new customers, followed by calendar months.",
    "one month of one cohort",
    ("cohort", "month_offset"),
    (
        Column("cohort", "string", "Month of the first order as YYYY-MM", nullable=False),
        Column("month_offset", "int64", "Calendar months since; 0 is the month of the first order", "months",
               nullable=False),
        Column("n", "int64", "Customers of the cohort", "customers", nullable=False),
        Column("active_customers", "int64", "Those with an order in the month", "customers", nullable=False),
        Column("retention_rate", "float64", "active_customers / n", "share", nullable=False),
        *low_high("share"),
        Column("orders", "int64", "Their orders in the month", "orders", nullable=False),
        Column("revenue", "float64", "Their revenue in the month, credit notes taken off", "yen", nullable=False),
        Column("gross_profit", "float64", "Their gross profit in the month; empty where a cost is unknown", "yen"),
        Column("cumulative_revenue_per_customer", "float64", "Revenue up to and with the month, per customer", "yen",
               nullable=False),
        Column("is_mature", "boolean", "The month was over before as_of", nullable=False),
    ),
)  # fmt: skip

repeat_interval = Table(
    "repeat_interval",
    "Days from one order to the next, in weeks. Quantiles are of gaps already closed; share_observable is not shortened "
    "by customers who have not yet come back, for it only counts orders old enough to show that week.",
    "one week of one segment",
    ("dimension", "segment", "bucket_start"),
    (
        Column("dimension", "string", "all: every repeat order. order_no: by number of the later order. first_product: "
               "first to second order, by first product", nullable=False),
        Column("segment", "string", "all, the order number, or the product", nullable=False),
        Column("bucket_start", "int64", "First day of the week since the order before", "days", nullable=False),
        Column("bucket_end", "int64", "First day after it", "days", nullable=False),
        Column("count", "int64", "Gaps that closed in the week", "orders", nullable=False),
        Column("share", "float64", "count / n", "share", nullable=False),
        Column("observable_count", "int64", "Gaps that closed in the week, after orders observed through it", "orders",
               nullable=False),
        Column("n_observable", "int64", "Orders observed through the week, whether or not another followed", "orders",
               nullable=False),
        Column("share_observable", "float64", "observable_count / n_observable", "share"),
        *low_high("share"),
        Column("n", "int64", "Gaps closed so far", "orders", nullable=False),
        Column("n_waiting", "int64", "Orders no other has followed yet", "orders", nullable=False),
        Column("p10", "int64", "A tenth of the closed gaps is at most this long", "days"),
        Column("p25", "int64", "A quarter of the closed gaps is at most this long", "days"),
        Column("p50", "int64", "Half of the closed gaps are at most this long", "days"),
        Column("p75", "int64", "Three quarters of the closed gaps are at most this long", "days"),
        Column("p90", "int64", "Nine tenths of the closed gaps are at most this long", "days"),
        Column("mode_bucket", "int64", "First day of the week with the most closed gaps; the earlier of equals", "days"),
    ),
)  # fmt: skip

entry_products = Table(
    "entry_products",
    "What customers are worth who began with each product.",
    "one first product at one horizon",
    ("first_product", "horizon_days"),
    (
        Column("first_product", "string", "Product with the most revenue in the first order", nullable=False),
        Column("product_name", "string", "Its name in the catalogue"),
        HORIZON,
        Column("n", "int64", "Customers who began with it", "customers", nullable=False),
        Column("share", "float64", "Their share of all customers", "share", nullable=False),
        Column("n_observed", "int64", "Those observed through the horizon", "customers", nullable=False),
        Column("ltv", "float64", "Revenue LTV at the horizon", "yen"),
        *low_high("yen"),
        Column("ltv_shrunk", "float64", "ltv drawn to the mean of all products, the more the fewer customers stand "
               "behind it (empirical Bayes)", "yen"),
        Column("gross_profit_ltv", "float64", "Gross-profit LTV at the horizon", "yen"),
        Column("acquisition_cost", "float64", "Mean cost of winning them", "yen"),
        Column("f2_rate", "float64", "Share who ordered again within the conversion window", "share"),
        Column("f2_low", "float64", "Lower end of its 95% interval", "share"),
        Column("f2_high", "float64", "Upper end of its 95% interval", "share"),
        Column("f2_n", "int64", "Customers old enough for f2_rate", "customers", nullable=False),
        Column("rank", "int64", "Place by ltv_shrunk at this horizon, 1 is best", "", nullable=False),
        Column("is_enough", "boolean", "At least 30 customers were observed that long", nullable=False),
    ),
)  # fmt: skip

purchase_summary = Table(
    "purchase_summary",
    "Each buyer's orders as purchase models want them: orders of one day are one; time in weeks from the first order.",
    "one customer with at least one order",
    ("customer_id",),
    (
        Column("customer_id", "string", "The customer, all linked stores counted as one person", nullable=False),
        Column("repeat_orders", "int64", "Days with an order after the first (x)", "orders", nullable=False),
        Column("last_order_age", "float64", "First to latest order (t_x)", "weeks", nullable=False),
        Column("age", "float64", "First order to the last day before as_of (T)", "weeks", nullable=False),
        Column("mean_repeat_spend", "float64", "Mean revenue of a repeat day, credit notes left out; 0 without one "
               "(zbar)", "yen", nullable=False),
    ),
)  # fmt: skip

TABLES = (
    ltv_curve, payback, kpis, f_ladder, ltv_parts, kpi_effect, cohort_retention, repeat_interval, entry_products,
    purchase_summary,
)  # fmt: skip
