"""What goes with a product: cheaper goods of another category that its buyers take with it or in the order after it.

Unlike also_bought the list has a direction: a lens cap goes with a camera, a camera not with a lens cap.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.elapsed import ANY_DAY
from okaeri.schema.measured.reordering import accessories as TABLE

#: Others told of each product.
MOST = 20
PAIR = ("product_id", "other_product_id")


def accessories(basket_pairs: ir.Table, next_product: ir.Table, products: ir.Table) -> ir.Table:
    """The :data:`MOST` accessories of each product, the surest first.

    A pair counts where it comes more often than by chance; its place is by the lower bound of the share of purchases
    with it or followed by it, whichever is higher. Goods without a price or category are nobody's accessory.
    """
    found = _bought(basket_pairs, next_product).inner_join(_goods(products, "product_id", "own"), "product_id")
    rows = found.inner_join(_goods(products, "other_product_id", "other"), "other_product_id")
    rows = rows.filter(rows.other_price < rows.own_price, rows.other_category != rows.own_category)
    sure = (ibis.greatest(rows.with_low, rows.after_low) * 1e9 + 0.5).floor()
    order = ibis.window(group_by=rows.product_id, order_by=(sure.desc(), rows.other_product_id))
    ranked = rows.mutate(rank=ibis.row_number().over(order) + whole(1), price=rows.own_price)
    return ranked.filter(ranked["rank"] <= MOST).select(*TABLE.column_names)


def _bought(basket_pairs: ir.Table, next_product: ir.Table) -> ir.Table:
    """Pairs above chance, in one order or the next: counts, shares and their lower bounds, 0 where there are none."""
    together = basket_pairs.filter(basket_pairs.lift > 1.0)
    together = together.select(
        *PAIR, with_count="pair_count", with_share="confidence", with_low="low", after_count=whole(0),
        after_share=ibis.literal(0.0, "float64"), after_low=ibis.literal(0.0, "float64"),
    )  # fmt: skip
    after = next_product.filter(
        next_product.bucket == ANY_DAY, next_product.lift > 1.0, next_product.product_id != next_product.next_product_id
    )
    after = after.select(
        product_id="product_id", other_product_id="next_product_id", with_count=whole(0),
        with_share=ibis.literal(0.0, "float64"), with_low=ibis.literal(0.0, "float64"), after_count="pair_count",
        after_share="share", after_low="low",
    )  # fmt: skip
    both = ibis.union(together, after)
    return both.group_by(*PAIR).agg(**{name: both[name].max() for name in both.columns if name not in PAIR})


def _goods(products: ir.Table, key: str, side: str) -> ir.Table:
    """Price and category under the names of a ``side``; goods without either are left out."""
    known = products.filter(products.price.notnull(), products.category.notnull())
    return known.select(
        **{key: known.product_id, f"{side}_price": known.price.cast("float64"), f"{side}_category": known.category}
    )
