"""Orders that count, net of tax, discount, cancellation and return."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.persons import as_person
from okaeri.schema.facts import MALLS
from okaeri.schema.measured.history import purchases as TABLE
from okaeri.schema.rules import Rules


def purchases(
    orders: ir.Table, order_lines: ir.Table, products: ir.Table, links: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """One row per order that counts or credit note, of customers who ever bought.

    An order counts unless it was cancelled or returned, or holds no goods (postage alone, say); goods given away count.
    A credit note (negative subtotal) brings its value on its own day. A credit note older than the customer's first order cancels a sale outside the data and is left out.
    """
    known = orders.filter(orders.customer_id.notnull(), orders.order_date < as_of)
    known = known.filter((known.subtotal < 0) | known.status.isin(("placed", "paid", "shipped")))
    linked = as_person(known, links)
    valued = linked.mutate(
        order_day=linked.order_date.delta(EPOCH, unit="day"),
        order_month=(linked.order_date.year() * 12 + linked.order_date.month() - 1).cast("int64"),
        revenue=net_revenue(linked),
    )
    costed = _with_gross_profit(valued, order_lines, products, as_of, rules)
    return _numbered(costed).select(*TABLE.column_names)


def net_revenue(orders: ir.Table) -> ir.FloatingColumn:
    """Goods less discounts, refunds and own points, without the tax they contain."""
    subtotal, discount, shipping, tax, points, refunded = (
        orders[name].cast("float64").fill_null(0.0)
        for name in ("subtotal", "discount", "shipping", "tax", "points_used", "refunded")
    )
    own_points = orders.store.isin(MALLS).ifelse(0.0, points)
    taxed = subtotal - discount + shipping
    without_tax = (taxed == 0).ifelse(1.0, 1.0 - tax / taxed.nullif(0.0))
    return (subtotal - discount - refunded - own_points) * without_tax


def _with_gross_profit(
    valued: ir.Table, order_lines: ir.Table, products: ir.Table, as_of: date, rules: Rules
) -> ir.Table:
    lines = order_lines.filter(order_lines.order_month.fill_null("") <= as_of.strftime("%Y-%m"))
    catalogue = products.select(catalogue_id="product_id", catalogue_cost="unit_cost")
    priced = lines.left_join(catalogue, lines.product_id == catalogue.catalogue_id)
    goods = priced.kind == "goods"
    cost = ibis.coalesce(priced.unit_cost, priced.catalogue_cost).cast("float64")
    if rules.default_margin is not None:
        cost = ibis.coalesce(cost, priced.unit_price.cast("float64") * (1.0 - rules.default_margin))
    by_order = priced.group_by(cost_order_id=priced.order_id).agg(
        cost=goods.ifelse(cost * priced.quantity, 0.0).sum(),
        unknown_costs=(goods & cost.isnull()).ifelse(1, 0).sum(),
        goods_lines=goods.ifelse(1, 0).sum(),
    )
    joined = valued.left_join(by_order, valued.order_id == by_order.cost_order_id)
    profit = joined.revenue - joined.cost
    # An order whose lines nobody told is taken for what it says it is.
    has_goods = joined.goods_lines.isnull() | (joined.goods_lines > 0)
    return joined.mutate(
        gross_profit=((joined.unknown_costs == 0) & (joined.goods_lines > 0)).ifelse(profit, ibis.null("float64")),
        is_purchase=((joined.subtotal > 0) | ((joined.subtotal == 0) & has_goods)).fill_null(False),
    )


def _numbered(costed: ir.Table) -> ir.Table:
    """Add the order's place in the customer's history; drop those who never bought and notes before the first order."""
    first = costed.filter(costed.is_purchase).group_by(buyer=costed.customer_id).agg(first_day=costed.order_day.min())
    rows = costed.inner_join(first, costed.customer_id == first.buyer)
    rows = rows.filter(rows.order_day >= rows.first_day)
    line = ibis.window(group_by=(rows.customer_id, rows.is_purchase), order_by=(rows.ordered_at, rows.order_id))
    rows = rows.mutate(
        age=rows.order_day - rows.first_day,
        order_no=rows.is_purchase.ifelse(ibis.row_number().over(line) + 1, ibis.null("int64")),
        days_since_previous=rows.order_day - rows.order_day.lag().over(line),
        days_to_next=rows.order_day.lead().over(line) - rows.order_day,
    )
    return rows.mutate(
        days_since_previous=rows.is_purchase.ifelse(rows.days_since_previous, ibis.null("int64")),
        days_to_next=rows.is_purchase.ifelse(rows.days_to_next, ibis.null("int64")),
    )
