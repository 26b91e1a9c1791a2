"""What the next order holds, by days elapsed: counts made into shares, lifts and ranks.

A *purchase* is a product on an order. It is observed through a bucket when the bucket's last day had passed before
``as_of``; a bucket's shares count only such purchases, above and below the line. The share over all days is the sum of
the buckets' shares, each from the purchases observed that long; its ``n`` is the number of purchases, all observed
throughout, that would give the same standard error.

Shrinkage is gamma-Poisson (DuMouchel 1999). Where base share x purchases expects E pairs and n came, the lift L over all
days is (sum n + k) / (sum E + k), drawn to popularity (lift 1) by ``k`` = :data:`PRIOR_PAIRS`: half believed once chance
alone would have brought k pairs. By the likelihood of held-out customers 0.5 to 1 was best of a shop with planted pairs,
5 of a wholesaler's catalogue, and 1 lost little on either. A bucket's lift is L (n + w) / (E L + w): drawn to that of all
days by the bucket's weight ``w``, learnt from the shop (:mod:`okaeri.measure.day_weights`). E is of the bucket's own
popularity, drawn to that of all days by :data:`BASE_PRIOR_PAIRS`: a rare product's share of a far bucket is mostly
chance. The shrunk share is that lift on a popularity between that and what all days make of the bucket's orders,
as far as the bucket's own proved itself (:mod:`okaeri.measure.bucket_popularity`). Where neither proved itself, shares
in a bucket are those of all days at the bucket's level, and so are their ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal, whole
from okaeri.measure.elapsed import Bucket, all_days, bucket_place, by_bucket
from okaeri.measure.intervals import wilson

#: Strength of popularity against a pair's own lift, in expected pairs.
PRIOR_PAIRS = 1.0
#: Strength of a target's popularity over all days against that in a bucket, in expected pairs.
BASE_PRIOR_PAIRS = 50.0

Buckets = tuple[Bucket, ...]


def followed(rows: ir.Table, parts: Buckets, as_of: date) -> ir.Table:
    """Those of ``rows`` (columns ``order_day``, ``next_day``) whose next order came in a bucket observed to its end.

    Adds ``bucket_no``, its place in ``parts``.
    """
    dated = rows.mutate(bucket_no=bucket_place(rows.next_day - rows.order_day, parts))
    end = by_bucket(dated.bucket_no, tuple(whole(part.end) for part in parts))
    return dated.filter(dated.order_day + end <= day_literal(as_of))


def observed_purchases(lines: ir.Table, parts: Buckets, as_of: date) -> ir.Table:
    """Per ``product_no``: its purchases observed through each bucket, as ``n_0``, ``n_1`` ..."""
    today = day_literal(as_of)
    counts = {f"n_{place}": lines.count(where=lines.order_day + part.end <= today) for place, part in enumerate(parts)}
    return lines.group_by("product_no").agg(**counts)


def with_shares(
    counts: ir.Table, purchases: ir.Table, weights: ir.Table, target: tuple[str, ...], parts: Buckets, min_support: int
) -> ir.Table:
    """One row per ``product_no``, ``target`` and bucket (and all of them) with at least ``min_support`` customers.

    ``counts`` has ``product_no``, the columns ``target``, ``bucket_no``, ``pair_count``, ``customer_count``, and
    ``new_customer_count``: those counted in no other bucket, so that they add up over buckets. ``purchases`` is of
    :func:`observed_purchases`, ``weights`` is day_weights.
    """
    rows = counts.inner_join(purchases, "product_no")
    observed = tuple(rows[f"n_{place}"] for place in range(len(parts)))
    counted = rows.mutate(n=by_bucket(rows.bucket_no, observed)).drop(*(f"n_{place}" for place in range(len(parts))))
    together = _together(counted, purchases, bases(counts, purchases, target, parts), target, min_support)
    cell = ("product_no", *target, *CELL)
    in_buckets = _in_buckets(counted, together, weights, target, parts, min_support)
    all_rows = _all_days(together, parts).select(*cell)
    return _estimated(ibis.union(all_rows, in_buckets.select(*cell)))


#: What is known of a cell before its estimates.
CELL = (
    "bucket",
    "first_day",
    "last_day",
    "pair_count",
    "customer_count",
    "n",
    "share",
    "base_share",
    "likely_base_share",
    "pull",
)


def bases(counts: ir.Table, purchases: ir.Table, target: tuple[str, ...], parts: Buckets) -> ir.Table:
    """Per ``target``: its share of all products' purchases observed through each bucket, as ``base_0`` ...; what its share
    over all days would make of the bucket's orders, as ``usual_0`` ...; and the one drawn to the other, as ``near_0`` ..."""
    places = range(len(parts))
    sums = counts.group_by(*target).agg(
        **{f"sum_{place}": counts.pair_count.sum(where=counts.bucket_no == place).fill_null(0) for place in places}
    )
    rows = sums.cross_join(purchases.agg(**{f"all_{place}": purchases[f"n_{place}"].sum() for place in places}))
    shares = {
        f"base_{place}": (rows[f"sum_{place}"].cast("float64") / rows[f"all_{place}"].nullif(0)).fill_null(0.0)
        for place in places
    }
    known = rows.mutate(**shares)
    levels = known.agg(**{f"level_{place}": known[f"base_{place}"].sum() for place in places})
    both = known.cross_join(levels)
    of_all, level = (sum((both[f"{name}_{place}"] for place in places[1:]), both[f"{name}_0"])
                     for name in ("base", "level"))  # fmt: skip
    usual = {f"usual_{place}": of_all * both[f"level_{place}"] / level.nullif(0.0) for place in places}
    rows = both.mutate(**usual)
    near = {f"near_{place}": _near(rows, place) for place in places}
    return rows.mutate(**near).select(*target, *shares, *usual, *near)


def _near(rows: ir.Table, place: int) -> ir.FloatingColumn:
    """A bucket's base share, drawn to the usual one."""
    usual = rows[f"usual_{place}"]
    expected = usual * rows[f"all_{place}"]
    return (usual * (rows[f"sum_{place}"] + BASE_PRIOR_PAIRS) / (expected + BASE_PRIOR_PAIRS)).fill_null(0.0)


def _together(
    counted: ir.Table, purchases: ir.Table, shares: ir.Table, target: tuple[str, ...], min_support: int
) -> ir.Table:
    """Per product and target with enough customers: figures over all days, and the buckets' bases."""
    n = counted.n.cast("float64")
    sums = counted.group_by("product_no", *target).agg(
        pair_count=counted.pair_count.sum(),
        customer_count=counted.new_customer_count.sum(),
        share=(counted.pair_count / n).sum(),
        variance=(counted.pair_count / (n * n)).sum(),
    )
    shown = sums.filter(sums.customer_count >= min_support)
    rows = shown.inner_join(purchases, "product_no").inner_join(shares, target)
    base_shares = [rows[name] for name in shares.columns if name.startswith("base_")]
    expected = [rows[f"n_{place}"] * base for place, base in enumerate(base_shares)]
    return rows.mutate(
        base_share=sum(base_shares[1:], base_shares[0]),
        pull=(rows.pair_count + PRIOR_PAIRS) / (sum(expected[1:], expected[0]) + PRIOR_PAIRS),
    )


def _all_days(together: ir.Table, parts: Buckets) -> ir.Table:
    window = all_days(parts)
    return together.mutate(
        bucket=ibis.literal(window.label, "string"),
        first_day=whole(window.first),
        last_day=whole(window.end - 1),
        n=(together.share / together.variance + 0.5).floor().cast("int64"),
        likely_base_share=together.base_share,
    )


def _in_buckets(
    counted: ir.Table,
    together: ir.Table,
    weights: ir.Table,
    target: tuple[str, ...],
    parts: Buckets,
    min_support: int,
) -> ir.Table:
    own, usual, near = (tuple(f"{name}_{place}" for place in range(len(parts))) for name in ("base", "usual", "near"))
    shown = counted.filter(counted.customer_count >= min_support).drop("new_customer_count")
    prior = together.rename(prior_lift="pull").select("product_no", *target, "prior_lift", *own, *usual, *near)
    rows = shown.inner_join(prior, ["product_no", *target])
    rows = rows.inner_join(weights.select("bucket_no", "weight", "popularity_weight"), "bucket_no")
    number = rows.bucket_no
    usual_share, near_share = (by_bucket(number, tuple(rows[name] for name in names)) for names in (usual, near))
    rows = rows.mutate(usual_share=usual_share, near_share=near_share)
    expected = rows.n * rows.near_share * rows.prior_lift
    return rows.mutate(
        bucket=by_bucket(number, tuple(ibis.literal(part.label, "string") for part in parts)),
        first_day=by_bucket(number, tuple(whole(part.first) for part in parts)),
        last_day=by_bucket(number, tuple(whole(part.end - 1) for part in parts)),
        share=rows.pair_count / rows.n.cast("float64"),
        base_share=by_bucket(number, tuple(rows[name] for name in own)),
        likely_base_share=rows.usual_share + rows.popularity_weight * (rows.near_share - rows.usual_share),
        pull=rows.prior_lift * (rows.pair_count + rows.weight) / (expected + rows.weight),
    )


def _estimated(cells: ir.Table) -> ir.Table:
    low, high = wilson(cells.share * cells.n, cells.n)
    shrunk_share = ibis.least(cells.likely_base_share * cells.pull, 1.0)
    return cells.mutate(
        low=low,
        high=high,
        lift=cells.share / cells.base_share,
        shrunk_share=shrunk_share,
        shrunk_lift=shrunk_share / cells.base_share,
    )


def with_ranks(rows: ir.Table, within: Sequence[str], ties: Sequence[str]) -> ir.Table:
    """Add places from 1 by shrunk share and by shrunk lift, ties by the columns ``ties``."""
    places = {}
    for by in ("share", "lift"):
        order = ibis.window(group_by=list(within), order_by=[rows[f"shrunk_{by}"].desc(), *(rows[tie] for tie in ties)])
        places[f"{by}_rank"] = ibis.row_number().over(order) + whole(1)
    return rows.mutate(**places)
