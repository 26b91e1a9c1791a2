"""引き上げ率, リピート率 and 顧客単価, each under its own name."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.buying_months import YEAR, buying_months
from okaeri.measure.cuts import ALL, by_cohort, old_enough
from okaeri.measure.intervals import student, wilson
from okaeri.measure.trial_conversion import trial_conversion
from okaeri.schema.measured.value import kpis as TABLE
from okaeri.schema.rules import Rules


def kpis(
    purchases: ir.Table,
    purchase_lines: ir.Table,
    customer_history: ir.Table,
    products: ir.Table,
    ltv_curve: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """The three KPIs per month and for all. Rates count customers whose window is over; ``n_total`` counts the young too.

    step_up_rate is 引き上げ率: trial buyers who bought the main product; without any trial it is F2 of first orders, and
    ``basis`` says so. repeat_rate_period: buyers with an order that was not their first / buyers of the month.
    repeat_rate_cohort: customers with two orders so far / customers. repeat_rate_month: customers from before the month
    who bought in it / customers from before the month. order_value: revenue / orders. yearly_spend: LTV at 365 days.
    """
    second = _second_orders(purchases, as_of, rules)
    trial = trial_conversion(purchase_lines, customer_history, products, as_of=as_of, rules=rules)
    cohorts = _cohorts(customer_history, rules)
    months = buying_months(purchases, customer_history, as_of=as_of)
    parts = (
        _step_up(second, trial),
        _rate(second, "f2_rate", "first_order"),
        _rate(cohorts, "repeat_rate_cohort", "customers"),
        _month_rate(months, "repeat_rate_period", "buyers", months.again, months.buyers),
        _month_rate(months, "repeat_rate_month", "base", months.returned, months.base),
        _order_value(customer_history),
        _yearly_spend(ltv_curve, cohorts),
    )
    return ibis.union(*(part.select(*TABLE.column_names) for part in parts))


def _second_orders(purchases: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """Per cohort: first buyers, those whose window is over, and those of them who ordered again within it."""
    first = purchases.filter(purchases.order_no == 1)
    mature = first.order_day < day_number(as_of) - rules.conversion_window
    again = mature & (first.days_to_next <= rules.conversion_window)
    sums = first.group_by("order_month").agg(
        hits=again.ifelse(1, 0).sum(), n=mature.ifelse(1, 0).sum(), n_total=first.count()
    )
    return _summed(sums, sums.order_month)


def _cohorts(customer_history: ir.Table, rules: Rules) -> ir.Table:
    """The same for customers with two orders so far, however late."""
    mature = customer_history.observed_days > rules.conversion_window
    again = mature & (customer_history.order_count > 1)
    sums = customer_history.group_by("cohort_month").agg(
        hits=again.ifelse(1, 0).sum(), n=mature.ifelse(1, 0).sum(), n_total=customer_history.count()
    )
    return _summed(sums, sums.cohort_month)


def _summed(sums: ir.Table, month: ir.IntegerValue) -> ir.Table:
    rows = by_cohort(sums, month, hits=sums.hits, n=sums.n, n_total=sums.n_total)
    return rows.group_by("cohort").agg(hits=rows.hits.sum(), n=rows.n.sum(), n_total=rows.n_total.sum())


def _rate(counts: ir.Table, kpi: str, basis: str | ir.StringValue) -> ir.Table:
    low, high = wilson(counts.hits, counts.n)
    return counts.mutate(
        kpi=ibis.literal(kpi),
        basis=ibis.literal(basis) if isinstance(basis, str) else basis,
        value=counts.hits / counts.n.nullif(0),
        low=low,
        high=high,
        is_mature=old_enough(counts.cohort != ALL, counts.n, counts.n_total),
    )


def _step_up(second: ir.Table, trial: ir.Table) -> ir.Table:
    """From trial buyers where the shop ever sold a trial, else from first orders."""
    shop = trial.agg(trial_cohorts=trial.count())
    joined = second.left_join(trial, "cohort", rname="trial_{name}").cross_join(shop)
    sells = joined.trial_cohorts > 0
    names = ("hits", "n", "n_total")
    counts = joined.select(
        "cohort",
        sells=sells,
        **{name: sells.ifelse(joined[f"trial_{name}"].fill_null(0), joined[name]) for name in names},
    )
    return _rate(counts, "step_up_rate", counts.sells.ifelse("trial", "first_order"))


def _month_rate(months: ir.Table, kpi: str, basis: str, hits: ir.IntegerValue, n: ir.IntegerValue) -> ir.Table:
    low, high = wilson(hits, n)
    return months.mutate(
        kpi=ibis.literal(kpi),
        basis=ibis.literal(basis),
        value=hits / n.nullif(0),
        low=low,
        high=high,
        n=n,
        n_total=n,
        is_mature=months.is_over,
    )


def _order_value(customer_history: ir.Table) -> ir.Table:
    """Revenue per order, with the interval of a ratio of sums over customers (their orders are alike)."""
    people = customer_history.mutate(orders=customer_history.order_count.cast("float64"))
    sums = people.group_by("cohort_month").agg(
        customers=people.count(),
        orders=people.orders.sum(),
        revenue=people.revenue.sum(),
        revenue_squares=(people.revenue * people.revenue).sum(),
        order_squares=(people.orders * people.orders).sum(),
        products=(people.revenue * people.orders).sum(),
    )
    names = ("customers", "orders", "revenue", "revenue_squares", "order_squares", "products")
    cohorts = by_cohort(sums, sums.cohort_month, **{name: sums[name] for name in names})
    rows = cohorts.group_by("cohort").agg(**{name: cohorts[name].sum() for name in names})
    value = rows.revenue / rows.orders
    squares = rows.revenue_squares - 2.0 * value * rows["products"] + value * value * rows.order_squares
    freedom = rows.customers / (rows.customers - 1).nullif(0)
    # max(0): with all customers alike rounding may bring the sum of squares a hair under zero
    error = (ibis.greatest(squares, 0.0) * freedom).sqrt() / rows.orders
    reach = student(rows.customers) * error
    n = rows.orders.cast("int64")
    return rows.mutate(
        kpi=ibis.literal("order_value"),
        basis=ibis.literal("orders"),
        value=value,
        low=value - reach,
        high=value + reach,
        n=n,
        n_total=n,
        is_mature=ibis.literal(True),
    )


def _yearly_spend(ltv_curve: ir.Table, cohorts: ir.Table) -> ir.Table:
    """LTV at 365 days; a row without a value for cohorts nobody of which was observed that long."""
    year = ltv_curve.filter(
        ltv_curve.dimension.isin((ALL, "cohort_month")), ltv_curve.age_days == YEAR, ltv_curve.value_kind == "revenue"
    )
    spend = year.select("low", "high", "is_mature", of="segment", value="ltv", observed="n")
    rows = cohorts.select("cohort", "n_total").left_join(spend, [("cohort", "of")])
    return rows.mutate(
        kpi=ibis.literal("yearly_spend"),
        basis=ibis.literal("customers"),
        n=rows.observed.fill_null(0),
        is_mature=rows.is_mature.fill_null(False),
    )
