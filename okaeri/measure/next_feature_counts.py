"""How often the next order holds a category, price band or feature, counted.

Several products of an order may share a value, which counts once. Values are numbered and the values of a basket kept
as bits of a few whole numbers: a hundred million lines become few distinct rows, and a customer's are joined by "or".
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.measure.elapsed import buckets
from okaeri.measure.follow_ons import followed
from okaeri.measure.product_features import product_features
from okaeri.schema.measured.products import next_feature_counts as TABLE
from okaeri.schema.rules import Rules

#: Values per whole number: the bits of an int64 that shift without touching its sign.
BITS = 62
TARGET = ("feature", "value")


@ibis.udf.agg.builtin
def bit_or(bits: int) -> int:  # type: ignore[empty-body]
    """The engine's own aggregate; Ibis 12 knows it on DuckDB but not on Spark."""


def next_feature_counts(basket_lines: ir.Table, products: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Pairs and customers by elapsed-day bucket, for every product and feature value that came."""
    features = product_features(products, rules)
    values = _numbered_values(features)
    then = followed(_next_baskets(basket_lines, features, values), buckets(rules), as_of)
    return _counted(then, values).select(*TABLE.column_names)


def _numbered_values(features: ir.Table) -> ir.Table:
    """Each feature's value with its ``word`` and its ``bit`` within."""
    values = features.select(*TARGET).distinct()
    number = ibis.row_number().over(order_by=(values.feature, values.value))
    numbered = values.mutate(number=number)
    word = (numbered.number / BITS).floor().cast("int64")
    return numbered.mutate(word=word, bit=whole(1) << (numbered.number % BITS)).drop("number")


def _next_baskets(lines: ir.Table, features: ir.Table, values: ir.Table) -> ir.Table:
    """Each purchase with the values of the same customer's next order, one row per word."""
    bits = features.inner_join(values, TARGET)
    words = bits.group_by("product_id", "word").agg(bits=bit_or(bits.bit))
    held = lines.select("basket_no", "order_day", "product_id").inner_join(words, "product_id")
    baskets = held.group_by(then_basket=held.basket_no, word=held.word).agg(
        next_day=held.order_day.max(), bits=bit_or(held.bits)
    )
    bought = lines.mutate(then_basket=lines.basket_no + 1).select(
        "customer_no", "product_no", "order_day", "then_basket"
    )
    return bought.inner_join(baskets, "then_basket").drop("then_basket")


def _counted(then: ir.Table, values: ir.Table) -> ir.Table:
    """Pairs, customers and new customers by product, value and bucket."""
    own = then.group_by("customer_no", "product_no", "bucket_no", "word").agg(bits=bit_or(then.bits))
    ever = own.group_by("customer_no", "product_no", "word").agg(bits=bit_or(own.bits))
    pairs = _per_value(then, values, ("product_no", "bucket_no"), "pair_count")
    customers = _per_value(own, values, ("product_no", "bucket_no"), "customer_count")
    people = _per_value(ever, values, ("product_no",), "people")
    rows = pairs.inner_join(customers, ["product_no", "bucket_no", *TARGET]).inner_join(people, ["product_no", *TARGET])
    first = ibis.window(group_by=(rows.product_no, rows.feature, rows.value), order_by=rows.bucket_no)
    marked = rows.mutate(place=ibis.row_number().over(first))
    return marked.mutate(new_customer_count=(marked.place == 0).ifelse(marked.people, 0)).drop("people", "place")


def _per_value(rows: ir.Table, values: ir.Table, by: tuple[str, ...], name: str) -> ir.Table:
    """How many of ``rows`` hold each value: rows that are alike are counted first, then spread over their bits."""
    alike = rows.group_by(*by, "word", "bits").agg(size=rows.count())
    spread = alike.inner_join(values, "word")
    held = spread.filter((spread.bits & spread.bit) != 0)
    return held.group_by(*by, *TARGET).agg(**{name: held["size"].sum().cast("int64")})
