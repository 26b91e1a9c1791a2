"""Products too new to have a history, judged by what is known of their kind: category, brand and price."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.candidates import coarse
from okaeri.measure.days import whole

#: Buyers below whom a product has no history worth the name.
FEW_BUYERS = 5
#: Categories of a customer, those bought most, that are looked into, and unproven products of each that are listed.
MOST_CATEGORIES, MOST_EACH = 2, 2
#: Unproven products of a category that are compared with a customer, so that a large catalogue stays bounded.
MOST_COMPARED = 50
#: Nats a product gains of a brand the customer bought in that category (of several the last by name), and nats it loses
#: whose price is e times theirs.
BRAND, PRICE = 0.2, 0.2


def with_unproven(rows: ir.Table, habits: ir.Table, names: ir.Table, products: ir.Table) -> ir.Table:
    """``rows``, judged candidates with customer_id and product_id, and pairs of a customer with an unproven product.

    An unproven product is judged as the customer's candidates of its category are on the average, own ones apart (all of
    them where each is an own one), moved by how well its brand and its list price suit what the customer bought there.
    It belongs to the categories the customer bought most, and has a number below 0.
    """
    kinds = _kinds(products)
    known = rows.inner_join(kinds, [("product_id", "kind_id")])
    fresh = _fresh(kinds, habits, names).rename(fresh_category="category")
    found = _tastes(known).inner_join(fresh, [("taste_category", "fresh_category")])
    suits = (found.brand == found.brand_bought).fill_null(False).ifelse(BRAND, 0.0)
    dear = (found.price - found.price_bought).abs().fill_null(0.0)
    found = found.mutate(score=found.usual_score + suits - PRICE * dear)
    found = found.anti_join(rows, [("customer_no", "customer_no"), ("kind_id", "product_id")])
    place = ibis.window(
        group_by=(found.customer_no, found.taste_category), order_by=(coarse(found.score).desc(), found.fresh_no)
    )
    best = found.mutate(place=ibis.row_number().over(place)).filter(lambda one: one.place < MOST_EACH)
    told = {"product_no": best.fresh_no, "product_id": best.kind_id, "chance": best.usual_chance,
            "is_own": ibis.literal(False), "snapshot": whole(0)}  # fmt: skip
    kept = {name: best[name] for name in ("customer_no", "customer_id", "visit_count", "score", "bonus")}
    nothing = {name: ibis.null(rows[name].type()) for name in rows.columns if name not in {**told, **kept}}
    return ibis.union(rows, best.select(**(told | kept | nothing)).select(*rows.columns))


def _fresh(kinds: ir.Table, habits: ir.Table, names: ir.Table) -> ir.Table:
    """Products of ``kinds`` with few buyers or none, the last of each category by name."""
    sold = habits.filter(habits.snapshot == 0, habits.buyer_count >= FEW_BUYERS).select(sold_no="product_no")
    proven = names.inner_join(sold, [("product_no", "sold_no")]).select(proven_id="product_id")
    fresh = kinds.anti_join(proven, [("kind_id", "proven_id")])
    last = ibis.row_number().over(ibis.window(group_by=fresh.category, order_by=fresh.kind_id.desc()))
    fresh = fresh.mutate(place=last, fresh_no=whole(-1) - ibis.row_number().over(order_by=fresh.kind_id))
    return fresh.filter(fresh.place < MOST_COMPARED).drop("place")


def _kinds(products: ir.Table) -> ir.Table:
    """Products with a category; ``price`` is a logarithm."""
    price = products.price.cast("float64")
    rows = products.select(
        kind_id="product_id",
        category="category",
        brand="brand",
        price=(price > 0).ifelse(price, ibis.null("float64")).ln(),
    )
    return rows.filter(rows.category.notnull())


def _tastes(known: ir.Table) -> ir.Table:
    """Each customer's categories bought most: what was bought there, and how its candidates are judged."""
    rows = known.group_by("customer_no", "customer_id", taste_category="category").agg(
        category_bought=known.bought_count.sum(), visit_count=known.visit_count.max(), bonus=known.bonus.max(),
        new_score=known.score.mean(where=~known.is_own), new_chance=known.chance.mean(where=~known.is_own),
        all_score=known.score.mean(), all_chance=known.chance.mean(),
        price_bought=known.price.mean(where=known.is_own), brand_bought=known.brand.max(where=known.is_own),
    )  # fmt: skip
    bought = rows.filter(rows.category_bought > 0)
    line = ibis.window(group_by=bought.customer_no, order_by=(bought.category_bought.desc(), bought.taste_category))
    ranked = bought.mutate(place=ibis.row_number().over(line))
    return (
        ranked.filter(ranked.place < MOST_CATEGORIES)
        .mutate(
            usual_score=ranked.new_score.fill_null(ranked.all_score),
            usual_chance=ranked.new_chance.fill_null(ranked.all_chance),
        )
        .drop("place")
    )
