"""The customer's own rhythm of orders, and the bounds of silence that follow from it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.segments import rhythm as TABLE
from okaeri.schema.rules import Rules

#: From this order on a customer's own intervals speak; before, those of customers alike.
OWN_FROM = 3


def rhythm(purchases: ir.Table, customer_history: ir.Table, *, rules: Rules) -> ir.Table:
    """Usual days between orders of every buyer: own, of the first product's buyers, or of the shop.

    Rule: domain C7; a group speaks from ``rules.min_support`` customers with a second order.
    """
    gaps = purchases.filter(purchases.days_since_previous.notnull())
    rows = customer_history.select("customer_id", "order_count", "first_product")
    rows = rows.left_join(_own(gaps), [("customer_id", "own_id")])
    rows = _with_group(rows, gaps, customer_history, rules)
    own = rows.order_count >= OWN_FROM
    rows = rows.mutate(
        interval_count=rows.interval_count.fill_null(0),
        usual_interval=own.ifelse(rows.median_interval, rows.group_interval),
        basis=own.ifelse("own", rows.group_basis),
    )
    lapsing, dormant = silence_bounds(rows.usual_interval, rules)
    return rows.mutate(lapsing_after=lapsing, dormant_after=dormant).select(*TABLE.column_names)


def silence_bounds(usual_interval: ir.FloatingColumn, rules: Rules) -> tuple[ir.IntegerColumn, ir.IntegerColumn]:
    """Days of silence beyond which a customer is lapsing, and dormant.

    Floor and cap hold for the dormant bound and, scaled by the two ratios, for the lapsing bound, so that lapsing
    always comes before dormant. Without a usual interval the cap holds.
    """
    least, most = (float(bound) for bound in rules.dormant_bounds)
    lapsing_ratio, dormant_ratio = rules.dormant_ratios
    silent = (usual_interval * dormant_ratio).fill_null(most)
    silent = (silent < least).ifelse(least, (silent > most).ifelse(most, silent))
    lapsing = silent * (lapsing_ratio / dormant_ratio)
    return (lapsing + 0.5).floor().cast("int64"), (silent + 0.5).floor().cast("int64")


def _own(gaps: ir.Table) -> ir.Table:
    """Each customer's own intervals: how many, their median, and their variation from the second on."""
    days = gaps.days_since_previous.cast("float64")
    own = gaps.group_by(own_id=gaps.customer_id).agg(
        interval_count=gaps.count(), median_interval=days.median(), mean=days.mean(), spread=days.std(how="pop")
    )
    variation = (own.interval_count >= 2).ifelse(own.spread / own.mean.nullif(0.0), ibis.null("float64"))
    return own.mutate(interval_variation=variation).drop("mean", "spread")


def _with_group(rows: ir.Table, gaps: ir.Table, customer_history: ir.Table, rules: Rules) -> ir.Table:
    """Add the median days from first to second order of customers with the same first product, else of the shop."""
    second = gaps.filter(gaps.order_no == 2).select("customer_id", "days_since_previous")
    second = second.inner_join(customer_history.select(buyer="customer_id", opener="first_product"),
                               [("customer_id", "buyer")])  # fmt: skip
    days = second.days_since_previous.cast("float64")
    alike = second.group_by("opener").agg(alike=days.median(), support=second.count())
    alike = alike.filter(alike.support >= rules.min_support).drop("support")
    rows = rows.left_join(alike, [("first_product", "opener")]).cross_join(second.agg(shop=days.median()))
    basis = ibis.cases((rows.alike.notnull(), "first_product"), (rows.shop.notnull(), "shop"), else_="none")
    return rows.mutate(group_interval=ibis.coalesce(rows.alike, rows.shop), group_basis=basis)
