"""How far the days elapsed change what is bought next: learnt from one half of the customers about the other.

Of a pair's purchases over all days a share f is expected in a bucket. Where days matter, both halves of the customers
are off that expectation in the same way; where they do not, only by chance, and one half's error says nothing of the
other's. With n_h pairs in the bucket and N_h over all days of half h, the sum over pairs of

    (n_1 - f N_1) (n_2 - f N_2) / (f N)    over the sum of    f N_1 N_2 / N

is the variance v of a bucket's lift relative to that of all days (a method of moments, free of repeats by one customer,
who is in one half alone). A gamma prior of that variance weighs as 1 / v pairs. With little to learn from, that is drawn
to :data:`USUAL`.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.bucket_popularity import popularity_weights
from okaeri.measure.days import whole
from okaeri.measure.elapsed import buckets
from okaeri.measure.follow_ons import bases, observed_purchases
from okaeri.schema.measured.products import day_weights as TABLE
from okaeri.schema.rules import Rules

#: The weight where nothing is learnt, in pairs, and how many expected pairs teach as much as that.
USUAL = 5.0
TAUGHT_BY = 50.0
#: The most a weight can be: a bucket's own figures then count little however many they are.
MOST = 1000.0


def day_weights(basket_lines: ir.Table, next_product_counts: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """One row per bucket: how much what all days say weighs against the bucket's own lifts and popularity."""
    parts = buckets(rules)
    purchases = observed_purchases(basket_lines, parts, as_of)
    near = bases(next_product_counts, purchases, ("next_product_no",), parts)
    pairs = _pairs(next_product_counts, len(parts), rules.min_support)
    rows = pairs.inner_join(purchases, "product_no").inner_join(near, "next_product_no")
    expected = [rows[f"n_{place}"] * rows[f"near_{place}"] for place in range(len(parts))]
    told = rows.mutate(**{f"f_{place}": own / sum(expected[1:], expected[0]) for place, own in enumerate(expected)})
    sums = told.agg(**{name: value for place in range(len(parts)) for name, value in _sums(told, place).items()})
    popularity = popularity_weights(basket_lines, next_product_counts, purchases, parts, as_of)
    return _long(sums, len(parts)).inner_join(popularity, "bucket_no").select(*TABLE.column_names)


def _pairs(counts: ir.Table, places: int, min_support: int) -> ir.Table:
    """Per pair of enough customers: the pairs of either half, over all days and by bucket."""
    even = counts.pair_count - counts.odd_pair_count
    halves = {"odd": counts.odd_pair_count, "even": even}
    sums = counts.group_by("product_no", "next_product_no").agg(
        customers=counts.new_customer_count.sum(),
        **{half: own.sum() for half, own in halves.items()},
        **{
            f"{half}_{place}": own.sum(where=counts.bucket_no == place).fill_null(0)
            for half, own in halves.items()
            for place in range(places)
        },
    )
    return sums.filter(sums.customers >= min_support)


def _sums(rows: ir.Table, place: int) -> dict[str, ir.FloatingScalar]:
    """What either half is off in a bucket, multiplied, and what it would be were all of the lift the bucket's own."""
    f, known = rows[f"f_{place}"], rows[f"f_{place}"] > 0
    both = rows.odd + rows.even
    off = (rows[f"odd_{place}"] - f * rows.odd) * (rows[f"even_{place}"] - f * rows.even) / (f * both)
    return {
        f"together_{place}": off.sum(where=known).fill_null(0.0),
        f"expected_{place}": (f * rows.odd * rows.even / both).sum(where=known).fill_null(0.0),
    }


def _long(sums: ir.Table, places: int) -> ir.Table:
    rows = ibis.union(*(
        sums.select(bucket_no=whole(place), together=f"together_{place}", expected=f"expected_{place}")
        for place in range(places)
    ))  # fmt: skip
    learnt = rows.together + TAUGHT_BY / USUAL
    weight = (rows.expected + TAUGHT_BY) / ibis.greatest(learnt, (rows.expected + TAUGHT_BY) / MOST)
    return rows.mutate(weight=weight, variation=rows.together / rows.expected.nullif(0.0))
