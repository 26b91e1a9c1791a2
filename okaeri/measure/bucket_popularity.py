"""How much a bucket's own popularity counts: learnt from one half of the customers about the other half's orders.

Popularity among purchases, which lifts build on, weighs an order by its goods times those of the next. What is bought
in a bucket may so differ from what is bought over all days because its orders are large or its buyers others, and tell
nothing of one more order there. So it has to prove itself on orders that weigh alike. With x_t the share of product t
in the bucket by one half of the customers, u_t its share over all days by the same half, and y_t its share of the
bucket's next orders of the other half (each order weighs 1, spread over its goods), the weight is the slope through
the origin of y - u on x - u, by generalised least squares where shares vary as u:

    sum of (y_t - u_t) (x_t - u_t) / u_t    over the sum of    (x_t - u_t)^2 / u_t

1 is the bucket's own popularity as it is, 0 that of all days; chance in x, of which y knows nothing, draws the slope to
0 by itself. The smaller of the slopes from either half counts, held within 0 and 1: a bucket whose days do not tell in
both halves ranks as all days do.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.elapsed import Bucket
from okaeri.measure.follow_ons import followed

#: The halves of the customers, by their number.
HALVES = ("odd", "even")
#: A bucket whose popularity is nearer to that of all days than this, in squares, is that of all days but for rounding.
LEAST = 1e-9


def popularity_weights(
    lines: ir.Table, counts: ir.Table, purchases: ir.Table, parts: tuple[Bucket, ...], as_of: date
) -> ir.Table:
    """One row per bucket: ``bucket_no`` and ``popularity_weight``, from 0 to 1.

    ``lines`` is basket_lines, ``counts`` next_product_counts, ``purchases`` of
    :func:`okaeri.measure.follow_ons.observed_purchases`.
    """
    size = len(parts)
    rows = _popularity(counts, purchases, size).left_join(
        _held(lines, parts, as_of).rename(held_no="product_no"), [("next_product_no", "held_no")]
    )
    sums = rows.agg(**_sums(rows, size))
    return ibis.union(*(
        sums.select(bucket_no=whole(place), popularity_weight=_weight(sums, place)) for place in range(size)
    ))  # fmt: skip


def _popularity(counts: ir.Table, purchases: ir.Table, size: int) -> ir.Table:
    """Per next product and half: its pairs by bucket (``x_odd_0`` ...) and its share over all days (``u_odd`` ...)."""
    own = {"odd": counts.odd_pair_count, "even": counts.pair_count - counts.odd_pair_count}
    pairs = counts.group_by("next_product_no").agg(**{
        f"x_{half}_{place}": own[half].sum(where=counts.bucket_no == place).fill_null(0).cast("float64")
        for half in HALVES
        for place in range(size)
    })  # fmt: skip
    rows = pairs.cross_join(purchases.agg(**{f"all_{place}": purchases[f"n_{place}"].sum() for place in range(size)}))
    usual = {half: [(rows[f"x_{half}_{place}"] / rows[f"all_{place}"].nullif(0)).fill_null(0.0)
                    for place in range(size)] for half in HALVES}  # fmt: skip
    return rows.mutate(**{f"u_{half}": sum(each[1:], each[0]) for half, each in usual.items()})


def _held(lines: ir.Table, parts: tuple[Bucket, ...], as_of: date) -> ir.Table:
    """Per product and half: next orders by bucket (``y_odd_0`` ...), each spread over its goods."""
    baskets = lines.group_by("basket_no").agg(next_day=lines.order_day.max(), goods=lines.count())
    before = baskets.select(basket_no=baskets.basket_no + 1, order_day="next_day")
    then = followed(baskets.inner_join(before, "basket_no"), parts, as_of).select("basket_no", "bucket_no", "goods")
    rows = lines.select("basket_no", "customer_no", "product_no").inner_join(then, "basket_no")
    odd = rows.customer_no % 2 == 1
    return rows.group_by("product_no").agg(**{
        f"y_{half}_{place}": (1.0 / rows.goods.cast("float64")).sum(where=(rows.bucket_no == place) & mine).fill_null(0.0)
        for half, mine in zip(HALVES, (odd, ~odd), strict=True)
        for place in range(len(parts))
    })  # fmt: skip


def _sums(rows: ir.Table, size: int) -> dict[str, ir.FloatingScalar]:
    """Totals of the columns, and by bucket and by the half whose popularity is tried what :func:`_slope` needs."""
    sums = {f"u_{half}": rows[f"u_{half}"].sum() for half in HALVES}
    for half, other in (HALVES, HALVES[::-1]):
        for place in range(size):
            usual, name = rows[f"u_{half}"], f"{half}_{place}"
            own, held = rows[f"x_{name}"], rows[f"y_{other}_{place}"].fill_null(0.0)
            sums[f"x_{name}"], sums[f"y_{name}"] = own.sum(), held.sum()
            sums[f"known_{name}"] = held.sum(where=usual > 0)
            sums[f"xy_{name}"] = (own * held / usual.nullif(0.0)).sum()
            sums[f"xx_{name}"] = (own * own / usual.nullif(0.0)).sum()
    return sums


def _slope(sums: ir.Table, half: str, place: int) -> ir.FloatingColumn:
    """The slope with its squares multiplied out, so that sums over products suffice; 0 where a half has no orders."""
    name = f"{half}_{place}"
    own, held, usual = sums[f"x_{name}"].nullif(0.0), sums[f"y_{name}"].nullif(0.0), sums[f"u_{half}"]
    both = usual * sums[f"xy_{name}"] / (own * held) - sums[f"known_{name}"] / held
    moved = usual * sums[f"xx_{name}"] / (own * own) - 1.0
    return (both / (moved > LEAST).ifelse(moved, ibis.null("float64"))).fill_null(0.0)


def _weight(sums: ir.Table, place: int) -> ir.FloatingColumn:
    lesser = ibis.least(*(_slope(sums, half, place) for half in HALVES))
    return ibis.greatest(ibis.least(lesser, 1.0), 0.0)
