"""What customers are worth who began with each product."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.cuts import ENOUGH, UNKNOWN
from okaeri.measure.intervals import wilson
from okaeri.schema.measured.value import entry_products as TABLE
from okaeri.schema.rules import Rules


def entry_products(
    purchases: ir.Table,
    customer_history: ir.Table,
    products: ir.Table,
    ltv_curve: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """LTV by first product at each horizon, ranked after shrinking: a lucky few customers do not make a best product."""
    worth = _shrunk(_worth(ltv_curve, rules))
    begun = _second_orders(purchases, customer_history, as_of, rules)
    total = customer_history.agg(customers=customer_history.count())
    names = products.select(catalogue_id="product_id", product_name="name")
    rows = worth.inner_join(begun, [("segment", "opened_with")]).cross_join(total)
    rows = rows.left_join(names, [("segment", "catalogue_id")])
    best = ibis.window(group_by=rows.horizon_days, order_by=(rows.ltv_shrunk.desc(), rows.segment))
    low, high = wilson(rows.converted, rows.f2_n)
    return rows.mutate(
        first_product=rows.segment,
        n=rows.n_total,
        share=rows.n_total / rows.customers,
        f2_rate=rows.converted / rows.f2_n.nullif(0),
        f2_low=low,
        f2_high=high,
        rank=ibis.row_number().over(best) + 1,
        is_enough=rows.n_observed >= ENOUGH,
    ).select(*TABLE.column_names)


def _worth(ltv_curve: ir.Table, rules: Rules) -> ir.Table:
    """Revenue and gross-profit LTV of each first product at each horizon."""
    at = ltv_curve.filter(ltv_curve.dimension == "first_product", ltv_curve.age_days.isin(rules.horizons))
    revenue = at.filter(at.value_kind == "revenue")
    profit = at.filter(at.value_kind == "gross_profit")
    profit = profit.select(segment_of="segment", age_of="age_days", gross_profit_ltv="ltv")
    joined = revenue.rename(horizon_days="age_days", n_observed="n").left_join(
        profit, [("segment", "segment_of"), ("horizon_days", "age_of")]
    )
    return joined.drop("segment_of", "age_of")


def _shrunk(worth: ir.Table) -> ir.Table:
    """Add ``ltv_shrunk``, in yen: empirical Bayes with the moment estimate of DerSimonian and Laird (1986).

    A product's error is taken as s^2 / n with s^2 pooled over all products of the horizon: the own spread of a handful
    of customers says little. tau^2 is how much products truly differ; each LTV keeps tau^2 / (tau^2 + s^2 / n) of its
    distance from the weighted mean.
    """
    per_customer = (worth.standard_error * worth.standard_error * worth.n_observed).fill_null(0.0)
    judged = (worth.n_observed > 1).ifelse(worth.n_observed - 1, 0)
    whole = ibis.window(group_by=worth.horizon_days)
    pooled = (per_customer * judged).sum().over(whole) / judged.sum().over(whole).nullif(0)
    rows = worth.mutate(error=pooled / worth.n_observed)
    rows = rows.mutate(weight=(1.0 / rows.error.nullif(0.0)).fill_null(0.0))
    return _drawn(rows)


def _drawn(rows: ir.Table) -> ir.Table:
    whole = ibis.window(group_by=rows.horizon_days)
    weights = rows.weight.sum().over(whole)
    rows = rows.mutate(
        weights=weights,
        squares=(rows.weight * rows.weight).sum().over(whole),
        products=rows.segment.count().over(whole),
        mean=(rows.weight * rows.ltv).sum().over(whole) / weights.nullif(0.0),
    )
    distance = rows.weight * (rows.ltv - rows["mean"]) * (rows.ltv - rows["mean"])
    rows = rows.mutate(spread=distance.sum().over(ibis.window(group_by=rows.horizon_days)))
    scale = (rows.weights - rows.squares / rows.weights.nullif(0.0)).nullif(0.0)
    tau = ibis.greatest(((rows.spread - (rows["products"] - 1)) / scale).fill_null(0.0), 0.0)
    keep = tau / (tau + rows.error).nullif(0.0)
    drawn = rows["mean"] + (rows.ltv - rows["mean"]) * keep.fill_null(0.0)
    # without any spread to judge by (no product with two customers) there is nothing to draw towards
    return rows.mutate(ltv_shrunk=drawn.fill_null(rows.ltv))


def _second_orders(purchases: ir.Table, customer_history: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """Per first product: customers whose window is over, and those who ordered again within it."""
    first = purchases.filter(purchases.order_no == 1).select("days_to_next", buyer="customer_id")
    opened = customer_history.inner_join(first, [("customer_id", "buyer")])
    mature = opened.first_day < day_number(as_of) - rules.conversion_window
    again = mature & (opened.days_to_next <= rules.conversion_window)
    return opened.group_by(opened_with=opened.first_product.fill_null(UNKNOWN)).agg(
        f2_n=mature.ifelse(1, 0).sum(), converted=again.ifelse(1, 0).sum()
    )
