"""How often the next order holds which product, counted."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.elapsed import buckets
from okaeri.measure.follow_ons import followed
from okaeri.measure.pairs import as_pair, first_of, second_of
from okaeri.schema.measured.products import next_product_counts as TABLE
from okaeri.schema.rules import Rules


def next_product_counts(basket_lines: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Pairs and customers by elapsed-day bucket, for every pair that came."""
    return _counted(followed(_pairs(basket_lines), buckets(rules), as_of)).select(*TABLE.column_names)


def _pairs(lines: ir.Table) -> ir.Table:
    """Each purchase with each product of the same customer's next order."""
    bought = lines.mutate(then_basket=lines.basket_no + 1).select(
        "customer_no", "product_no", "order_day", "then_basket"
    )
    then = lines.select(then_basket="basket_no", then_no="product_no", next_day="order_day")
    rows = bought.inner_join(then, "then_basket")
    rows = rows.mutate(pair=as_pair(rows.product_no, rows.then_no))
    return rows.select("customer_no", "pair", "order_day", "next_day")


def _counted(pairs: ir.Table) -> ir.Table:
    """Pairs and customers by bucket.

    A customer counts at the first of the own rows of a pair in each bucket, and as new in the first of all: one sort
    where counting distinct customers would build a hash table of nearly every row. Rows that tie are alike.
    """
    line = ibis.window(group_by=(pairs.customer_no, pairs.pair), order_by=pairs.bucket_no)
    marked = pairs.mutate(before=pairs.bucket_no.lag().over(line))
    is_new = marked.before.isnull()
    counts = marked.group_by("pair", "bucket_no").agg(
        pair_count=marked.count(),
        odd_pair_count=marked.count(where=marked.customer_no % 2 == 1),
        customer_count=marked.count(where=is_new | (marked.before != marked.bucket_no)),
        new_customer_count=marked.count(where=is_new),
    )
    return counts.mutate(product_no=first_of(counts.pair), next_product_no=second_of(counts.pair))
