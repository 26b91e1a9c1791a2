"""Scores candidates by the weights of the ranker and cuts each customer's list."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.basket_signals import joined, of_customers, of_links, of_own, of_products
from okaeri.measure.candidates import PAIR, Past, candidates, coarse
from okaeri.measure.days import whole
from okaeri.schema.measured.recommending import BENDS, BY_PRODUCT, CROSSED, LINKS, OWN, PERSON, POPULARITY

#: The part of the weights for candidates bought before, and for new ones.
PARTS = ("own", "new")


def scored(past: Past, weights: ir.Table) -> ir.Table:
    """Candidates with ``score``, ``chance``, the ``bonus`` of new ones, and what lists tell of them.

    ``weights`` is the table next_basket_weights. A score is a sum of what the customer, the product, the own product
    and the links bring; each is weighed where it is told, so candidates carry a few numbers and no covariates.
    """
    pairs = candidates(past)
    people, products = _people(past, weights), _products(past, weights)
    own = _weighed(bent(of_own(past)), weights, (*OWN, *BENDS), ("own",), "habit")
    linked = _weighed(of_links(past, pairs), weights, LINKS, PARTS, "link")
    rows = joined(pairs, people, products, own.drop("recent", *OWN, *BENDS), linked.drop(*LINKS))
    rows = rows.mutate(is_own=rows.bought_count.notnull())
    mine, new = (
        rows[f"{part}_person"] + rows[f"{part}_popular"] + rows[f"{part}_link"].fill_null(0.0)
        + sum((rows[one] * rows[f"{part}_slope_of_{one}"] for one in BY_PRODUCT), ibis.literal(0.0, "float64"))
        for part in PARTS
    )  # fmt: skip
    rows = rows.mutate(score=rows.is_own.ifelse(mine + rows.own_habit + rows.own_intercept, new))
    odds = rows.chance_person + rows.score * rows.chance_score + rows.is_own.ifelse(rows.chance_own, 0.0)
    # beyond 30 the logistic function is 0 or 1 to the last digit shown; without weights the odds stay empty
    odds = (odds > 30.0).ifelse(30.0, (odds < -30.0).ifelse(-30.0, odds))
    return rows.select(
        *PAIR, "is_own", "visit_count", "bought_count", "last_days_ago", "usual_days", "goes_with_no", "score",
        chance=1.0 / (1.0 + (-odds).exp()), bonus=rows.is_own.ifelse(0.0, rows.explore_bonus),
    )  # fmt: skip


def bent(own: ir.Table) -> ir.Table:
    """Own products with the terms BENDS."""
    return own.mutate(**{name: own[one] * own[other] for name, (one, other) in BENDS.items()})


def _people(past: Past, weights: ir.Table) -> ir.Table:
    """What customers bring to own and new products and to the chance, and how much what is told of products counts for them."""
    wanted = [(part, name) for part in PARTS for name in (*PERSON, *CROSSED)] + [("chance", name) for name in PERSON]
    wanted += [
        ("own", "intercept"),
        *(("chance", name) for name in ("intercept", "score", "own")),
        ("explore", "bonus"),
    ]
    rows = of_customers(past).cross_join(_one_row(weights, wanted))
    told: dict[str, ir.Value] = {}
    for part in PARTS:
        told[f"{part}_person"] = _sum(rows, part, PERSON)
        for one, crosses in BY_PRODUCT.items():
            slopes = [rows[f"{part}_{name}"] * rows[other] for name, other in crosses.items()]
            told[f"{part}_slope_of_{one}"] = sum(slopes[1:], slopes[0])
    told["chance_person"] = rows.chance_intercept + _sum(rows, "chance", PERSON)
    return rows.select(
        "snapshot", "customer_no", "visit_count", "own_intercept", "chance_score", "chance_own", "explore_bonus", **told
    )


def _products(past: Past, weights: ir.Table) -> ir.Table:
    rows = _weighed(of_products(past), weights, POPULARITY, PARTS, "popular")
    return rows.select("snapshot", "product_no", *BY_PRODUCT, "own_popular", "new_popular")


def _weighed(rows: ir.Table, weights: ir.Table, names: tuple[str, ...], parts: tuple[str, ...], word: str) -> ir.Table:
    """``rows`` with the weighted sum of ``names`` for each of ``parts``, as ``part_word``."""
    ready = rows.cross_join(_one_row(weights, [(part, name) for part in parts for name in names]))
    return ready.select(*rows.columns, **{f"{part}_{word}": _sum(ready, part, names) for part in parts})


def _sum(rows: ir.Table, part: str, names: tuple[str, ...]) -> ir.FloatingColumn:
    return sum((rows[name] * rows[f"{part}_{name}"] for name in names[1:]), rows[names[0]] * rows[f"{part}_{names[0]}"])


def _one_row(weights: ir.Table, wanted: list[tuple[str, str]]) -> ir.Table:
    """Weights as columns ``part_covariate``; empty where there is none. So the query is the same whatever they are."""
    return weights.agg(**{
        f"{part}_{name}": weights.weight.sum(where=(weights.part == part) & (weights.covariate == name))
        for part, name in wanted
    })  # fmt: skip


def listed(rows: ir.Table, most: int) -> ir.Table:
    """The ``most`` best of each customer by score and bonus, ``rank`` from 1 by the score alone.

    So new products take as many places as their bonus wins them, and stand where their own score puts them: behind.
    """
    chosen = ibis.window(
        group_by=(rows.snapshot, rows.customer_no), order_by=(coarse(rows.score + rows.bonus).desc(), rows.product_no)
    )
    kept = rows.mutate(place=ibis.row_number().over(chosen))
    kept = kept.filter(kept.place < most).drop("place")
    order = ibis.window(
        group_by=(kept.snapshot, kept.customer_no), order_by=(coarse(kept.score).desc(), kept.product_no)
    )
    return kept.mutate(rank=ibis.row_number().over(order) + whole(1))
