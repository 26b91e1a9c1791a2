"""What to show each customer, best first, and why."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.candidates import Past
from okaeri.measure.numbered import numbered
from okaeri.measure.persons import as_person
from okaeri.measure.ranked_candidates import listed, scored
from okaeri.measure.unproven_products import with_unproven
from okaeri.schema.measured.recommending import recommendations as TABLE
from okaeri.schema.rules import Rules

#: Share of the usual days from which a product counts as due.
DUE_FROM = 0.7
#: A product bought at this share of the visits, and at least twice, is bought often.
OFTEN = 0.3


def recommendations(
    own_products: ir.Table,
    customer_habits: ir.Table,
    product_habits: ir.Table,
    product_links: ir.Table,
    next_basket_weights: ir.Table,
    purchase_lines: ir.Table,
    products: ir.Table,
    stock_at_home: ir.Table,
    orders: ir.Table,
    order_lines: ir.Table,
    links: ir.Table,
    *,
    as_of: date,
    rules: Rules,
) -> ir.Table:
    """Up to ``rules.recommendation_count`` products of each customer that may be shown."""
    past = Past(own_products, customer_habits, product_habits, product_links)
    rows = scored(past.now(), next_basket_weights)
    rows = rows.inner_join(numbered(purchase_lines, "customer_id", "customer_no"), "customer_no")
    names = numbered(purchase_lines, "product_id", "product_no")
    rows = with_unproven(rows.inner_join(names, "product_no"), product_habits, names, products)
    rows = _not_returned(rows, returned_products(orders, order_lines, links, as_of))
    rows = _not_at_home(_still_sold(rows, products), stock_at_home, rules)
    rows = _by_margin(rows, products, rules)
    return _explained(listed(rows, rules.recommendation_count), names).select(*TABLE.column_names)


def returned_products(orders: ir.Table, order_lines: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """Products that a customer sent back: on an order returned, or with a negative quantity."""
    known = as_person(orders.filter(orders.customer_id.notnull(), orders.order_date < as_of), links)
    known = known.select("customer_id", back_order="order_id", back_status="status")
    lines = order_lines.filter(order_lines.kind == "goods", order_lines.product_id.notnull())
    rows = lines.inner_join(known, [("order_id", "back_order")])
    rows = rows.filter((rows.back_status == "returned") | (rows.quantity < 0))
    return rows.select("customer_id", "product_id").distinct()


def _not_returned(rows: ir.Table, returned: ir.Table) -> ir.Table:
    return rows.anti_join(returned, ["customer_id", "product_id"])


def _still_sold(rows: ir.Table, products: ir.Table) -> ir.Table:
    """Products of the catalogue; all of them in a shop that told none."""
    shelf = products.select(sold_id="product_id").distinct()
    told = shelf.agg(shelf_count=shelf.count())
    found = rows.left_join(shelf, [("product_id", "sold_id")]).cross_join(told)
    return found.filter(found.sold_id.notnull() | (found.shelf_count == 0)).drop("sold_id", "shelf_count")


def _not_at_home(rows: ir.Table, stock: ir.Table, rules: Rules) -> ir.Table:
    """Without what was just bought, by the usual days, and what still lasts, by the supply bought."""
    held = stock.select(
        home_customer="customer_id", home_product="product_id", home_left="days_left", home_supply="days_of_supply"
    )
    found = rows.left_join(held, [("customer_id", "home_customer"), ("product_id", "home_product")])
    early = found.last_days_ago < rules.just_bought_share * found.usual_days
    full = found.home_left > (1.0 - rules.just_bought_share) * found.home_supply
    kept = found.filter(~(early.fill_null(False) | full.fill_null(False)))
    return kept.drop("home_customer", "home_product", "home_left", "home_supply")


def _by_margin(rows: ir.Table, products: ir.Table, rules: Rules) -> ir.Table:
    """Adds the shop's weight of a product's margin (its logarithm, in yen) to what lists are cut by."""
    if not rules.margin_weight:
        return rows
    price, cost = products.price.cast("float64"), products.unit_cost.cast("float64")
    margins = products.select(margin_id="product_id", margin=ibis.greatest(price - cost, 1.0).ln())
    found = rows.left_join(margins, [("product_id", "margin_id")])
    usual = found.margin.mean().over(ibis.window(group_by=found.customer_no))
    extra = (rules.margin_weight * (found.margin - usual)).fill_null(0.0)
    return found.mutate(score=found.score + extra).drop("margin_id", "margin")


def _explained(rows: ir.Table, names: ir.Table) -> ir.Table:
    """Add the reason: the first that holds."""
    origins = names.select(goes_with_id="product_id", origin_no="product_no")
    found = rows.left_join(origins, [("goes_with_no", "origin_no")])
    due = (found.bought_count > 1) & (found.last_days_ago >= DUE_FROM * found.usual_days)
    often = (found.bought_count > 1) & (found.bought_count >= OFTEN * found.visit_count)
    linked = found.goes_with_id.notnull() & (found.goes_with_id != found.product_id)
    unproven = found.product_no < 0
    reason = ibis.cases((unproven, "category"), (due, "due"), (often, "often"), (linked, "goes_with"), else_="popular")
    told = found.mutate(reason=reason.cast("string"))
    none = ibis.null("string")
    return told.mutate(
        placement=ibis.literal("for_you", "string"),
        is_new_to_customer=~told.is_own,
        bought_count=told.bought_count.fill_null(0),
        days_since_last=told.last_days_ago,
        reason_product_id=(told.reason == "goes_with").ifelse(told.goes_with_id, none),
    )
