"""Which products are bought together in one order."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.intervals import wilson
from okaeri.measure.pairs import as_pair, both_sides, first_of, second_of
from okaeri.schema.measured.products import basket_pairs as TABLE
from okaeri.schema.rules import Rules


def basket_pairs(basket_lines: ir.Table, *, rules: Rules) -> ir.Table:
    """Every pair of products of enough customers, once from each side."""
    pairs = _counted(_pairs(basket_lines), basket_lines)
    known = _with_orders(pairs.filter(pairs.customer_count >= rules.min_support), basket_lines)
    both = both_sides(known, ("product_id", "other_product_id"), ("product_count", "other_count"))
    share, back = both.pair_count / both.product_count, both.pair_count / both.other_count
    low, high = wilson(both.pair_count, both.product_count)
    rows = both.mutate(
        support=both.pair_count / both.n, confidence=share, low=low, high=high, reverse_confidence=back,
        lift=share / (both.other_count / both.n),
    )  # fmt: skip
    return _ranked(rows).select(*TABLE.column_names)


def _pairs(lines: ir.Table) -> ir.Table:
    """Each two products of an order as one number, made of the smaller number and the larger."""
    one = lines.select("customer_no", "basket_no", "product_no")
    other = lines.select(other_basket="basket_no", other_no="product_no")
    rows = one.inner_join(other, [("basket_no", "other_basket")])
    rows = rows.filter(rows.product_no < rows.other_no)
    return rows.select("customer_no", pair=as_pair(rows.product_no, rows.other_no))


def _counted(pairs: ir.Table, lines: ir.Table) -> ir.Table:
    """Orders and customers of each pair: first by customer, so that no set of customers is kept."""
    own = pairs.group_by("customer_no", "pair").agg(orders=pairs.count())
    counts = own.group_by("pair").agg(pair_count=own.orders.sum(), customer_count=own.count())
    numbers = counts.mutate(product_no=first_of(counts.pair), other_no=second_of(counts.pair))
    names = lines.select("product_no", "product_id").distinct()
    others = names.rename(other_no="product_no", other_product_id="product_id")
    rows = numbers.inner_join(names, "product_no").inner_join(others, "other_no")
    return rows.select("product_id", "other_product_id", "pair_count", "customer_count")


def _with_orders(pairs: ir.Table, lines: ir.Table) -> ir.Table:
    """Add the orders holding each product, all orders, and the log-likelihood ratio."""
    product = lines.group_by("product_id").agg(product_count=lines.count())
    other = product.rename(other_product_id="product_id", other_count="product_count")
    rows = pairs.inner_join(product, "product_id").inner_join(other, "other_product_id")
    rows = rows.cross_join(lines.agg(n=lines.basket_no.nunique()))
    return rows.mutate(
        log_likelihood_ratio=log_likelihood_ratio(rows.pair_count, rows.product_count, rows.other_count, rows.n)
    )


def log_likelihood_ratio(both: ir.Value, one: ir.Value, other: ir.Value, n: ir.Value) -> ir.FloatingValue:
    """Dunning (1993): twice the gain in log likelihood of two dependent products over two independent ones.

    ``both`` of ``n`` orders hold both products, ``one`` and ``other`` each of them. In 2 x 2 cells k with margins r, c:
    2 x sum of k ln(k n / (r c)).
    """
    cells = ((both, one, other), (one - both, one, n - other), (other - both, n - one, other),
             (n - one - other + both, n - one, n - other))  # fmt: skip
    parts = []
    for count, row, column in cells:
        k = count.cast("float64")
        ratio = k * n / (row.cast("float64") * column).nullif(0.0)
        parts.append((count > 0).ifelse(k * ratio.nullif(0.0).ln(), 0.0).fill_null(0.0))
    return ibis.greatest(2.0 * (parts[0] + parts[1] + parts[2] + parts[3]), 0.0)


def _ranked(rows: ir.Table) -> ir.Table:
    """Places from 1 within product_id: pairs above chance first, the surest first, ties by id.

    The ratio is compared to a billionth: engines' logarithms may differ in the last bit.
    """
    surest = (rows.log_likelihood_ratio * 1e9 + 0.5).floor()
    order = ibis.window(
        group_by=rows.product_id, order_by=((rows.lift > 1.0).desc(), surest.desc(), rows.other_product_id)
    )
    return rows.mutate(rank=ibis.row_number().over(order) + whole(1))
