"""Which product the next order holds, by days elapsed since the purchase of another (or the same)."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.elapsed import buckets
from okaeri.measure.follow_ons import observed_purchases, with_ranks, with_shares
from okaeri.schema.measured.products import next_product as TABLE
from okaeri.schema.rules import Rules


def next_product(
    basket_lines: ir.Table, next_product_counts: ir.Table, day_weights: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Product x next product x elapsed-day bucket, with every pair of enough customers."""
    parts, target = buckets(rules), ("next_product_no",)
    purchases = observed_purchases(basket_lines, parts, as_of)
    rows = with_shares(next_product_counts, purchases, day_weights, target, parts, rules.min_support)
    ranked = with_ranks(rows, ("product_no", "bucket"), target)
    names = basket_lines.select("product_no", "product_id").distinct()
    then = names.rename(next_product_no="product_no", next_product_id="product_id")
    return ranked.inner_join(names, "product_no").inner_join(then, "next_product_no").select(*TABLE.column_names)
