"""Which products follow, accompany and share buyers with which."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.candidates import SNAPSHOTS_APART, coarse
from okaeri.measure.days import whole
from okaeri.measure.pairs import as_pair, both_sides, first_of, second_of
from okaeri.schema.measured.recommending import product_links as TABLE

#: The strongest followers, companions in a visit and products of the same buyers kept of each product.
MOST_FOLLOWERS, MOST_COMPANIONS, MOST_SHARED = 30, 20, 30
#: Products of a customer that are paired: those bought most and latest.
MOST_OWN = 50
#: Purchases a share of followers starts with, none of them followed.
PRIOR_PURCHASES = 5.0


def product_links(past_lines: ir.Table, own_products: ir.Table, product_habits: ir.Table) -> ir.Table:
    """One row per snapshot and ordered pair of products that is among the strongest of the first one."""
    kinds = {
        "next_score": _next(past_lines),
        "together_score": _together(past_lines, product_habits),
        "buyers_score": _same_buyers(own_products, product_habits),
    }
    rows = ibis.union(*(_as(rows, name, tuple(kinds)) for name, rows in kinds.items()))
    scores = {name: rows[name].max() for name in kinds}
    pairs = rows.group_by("snapshot", "product_no", "other_no").agg(**scores)
    strength = pairs.next_score + pairs.together_score + pairs.buyers_score
    line = ibis.window(group_by=(pairs.snapshot, pairs.product_no), order_by=(strength.desc(), pairs.other_no))
    return pairs.mutate(rank=ibis.row_number().over(line) + whole(1)).select(*TABLE.column_names)


def _as(rows: ir.Table, name: str, names: tuple[str, ...]) -> ir.Table:
    scores = {other: rows.score if other == name else ibis.literal(0.0, "float64") for other in names}
    return rows.select("snapshot", "product_no", "other_no", **scores)


def _next(lines: ir.Table) -> ir.Table:
    """Shares of a product's purchases whose next visit holds the other."""
    one = lines.filter(lines.visits_ago > 0).select(
        "snapshot", "customer_no", "product_no", visits_ago=lines.visits_ago - whole(1)
    )
    other = lines.select(
        other_snapshot="snapshot", other_customer="customer_no", other_ago="visits_ago", other_no="product_no"
    )
    same = [("snapshot", "other_snapshot"), ("customer_no", "other_customer"), ("visits_ago", "other_ago")]
    joined = one.inner_join(other, same)
    pairs = _counted(joined, 2)
    bought = one.group_by("snapshot", "product_no").agg(bought=one.count())
    rows = pairs.inner_join(bought, ["snapshot", "product_no"])
    return _strongest(rows.mutate(score=rows.pair_count / (rows.bought + PRIOR_PURCHASES)), MOST_FOLLOWERS)


def _together(lines: ir.Table, habits: ir.Table) -> ir.Table:
    """Cosine of two products' visits."""
    one = lines.select("snapshot", "customer_no", "visits_ago", "product_no")
    return _strongest(_cosine(one, ["visits_ago"], habits, "bought_count", 2), MOST_COMPANIONS)


def _same_buyers(own: ir.Table, habits: ir.Table) -> ir.Table:
    """Cosine of two products' buyers."""
    line = ibis.window(
        group_by=(own.snapshot, own.customer_no), order_by=(coarse(own.decayed_95).desc(), own.product_no)
    )
    ranked = own.mutate(place=ibis.row_number().over(line))
    one = ranked.filter(ranked.place < MOST_OWN).select("snapshot", "customer_no", "product_no")
    return _strongest(_cosine(one, [], habits, "buyer_count", 3), MOST_SHARED)


def _cosine(one: ir.Table, more: list[str], habits: ir.Table, count: str, least: int) -> ir.Table:
    """Pairs within snapshot, customer (and ``more``), over the root of both products' ``count``, from both sides.

    Pairs find their products' counts by one number: by snapshot and product, an engine may join the counts of all
    products of a snapshot with each other first.
    """
    same = ["snapshot", "customer_no", *more]
    other = one.select(other_no="product_no", **{f"other_{name}": name for name in same})
    joined = one.inner_join(other, [(name, f"other_{name}") for name in same])
    pairs = _counted(joined.filter(joined.product_no < joined.other_no), least)
    sizes = habits.select(size_key=_key(habits, habits.product_no), size=count)
    others = sizes.rename(other_key="size_key", other_size="size")
    pairs = pairs.inner_join(sizes, [(_key(pairs, pairs.product_no), "size_key")])
    pairs = pairs.inner_join(others, [(_key(pairs, pairs.other_no), "other_key")])
    cosine = pairs.pair_count / (pairs["size"].cast("float64") * pairs.other_size).sqrt()
    return both_sides(pairs.mutate(score=cosine), ("product_no", "other_no"))


def _counted(joined: ir.Table, least: int) -> ir.Table:
    """How often each pair of product_no and other_no came, of those that came ``least`` times."""
    rows = joined.select("snapshot", pair=as_pair(joined.product_no, joined.other_no))
    pairs = rows.group_by("snapshot", "pair").agg(pair_count=rows.count())
    pairs = pairs.filter(pairs.pair_count >= least)
    return pairs.select("snapshot", "pair_count", product_no=first_of(pairs.pair), other_no=second_of(pairs.pair))


def _key(rows: ir.Table, product_no: ir.IntegerColumn) -> ir.IntegerColumn:
    """Snapshot and product as one number."""
    return product_no * whole(SNAPSHOTS_APART) + rows.snapshot


def _strongest(rows: ir.Table, most: int) -> ir.Table:
    """Up to ``most`` links of each product; ties by number."""
    line = ibis.window(group_by=(rows.snapshot, rows.product_no), order_by=(rows.score.desc(), rows.other_no))
    ranked = rows.mutate(place=ibis.row_number().over(line))
    return ranked.filter(ranked.place < most).select("snapshot", "product_no", "other_no", "score")
