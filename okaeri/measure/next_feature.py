"""What kind of product the next order holds, by days elapsed: its category, price band and features."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.elapsed import buckets
from okaeri.measure.follow_ons import observed_purchases, with_ranks, with_shares
from okaeri.schema.measured.products import next_feature as TABLE
from okaeri.schema.rules import Rules


def next_feature(
    basket_lines: ir.Table, next_feature_counts: ir.Table, day_weights: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Product x feature value of the next order x elapsed-day bucket, with every value of enough customers."""
    parts, target = buckets(rules), ("feature", "value")
    purchases = observed_purchases(basket_lines, parts, as_of)
    rows = with_shares(next_feature_counts, purchases, day_weights, target, parts, rules.min_support)
    ranked = with_ranks(rows, ("product_no", "bucket", "feature"), ("value",))
    names = basket_lines.select("product_no", "product_id").distinct()
    return ranked.inner_join(names, "product_no").select(*TABLE.column_names)
