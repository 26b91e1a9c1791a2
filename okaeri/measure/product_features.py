"""What the catalogue says of a product, as feature and value."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.bounds import in_bounds
from okaeri.schema.rules import Rules


def product_features(products: ir.Table, rules: Rules) -> ir.Table:
    """Rows ``product_id``, ``feature``, ``value``: category, price band and each feature of its own, where known."""
    category = products.select("product_id", feature=ibis.literal("category", "string"), value="category")
    band = products.select(
        "product_id", feature=ibis.literal("price_band", "string"),
        value=price_band(products.price.cast("float64"), rules.price_bands),
    )  # fmt: skip
    named = products.mutate(feature=products.features.keys().unnest())
    own = named.select("product_id", "feature", value=named.features[named.feature])
    rows = ibis.union(category, band, own)
    return rows.filter(rows.value.notnull()).distinct()


def price_band(price: ir.FloatingColumn, bounds: tuple[int, ...]) -> ir.StringColumn:
    """The band of ``price`` as ``first-last`` yen, ``-last`` below the first bound and ``first-`` from the last."""
    place = in_bounds(price, bounds)
    firsts, lasts = ("", *map(str, bounds)), (*(str(bound - 1) for bound in bounds), "")
    labels = [
        (place == number, ibis.literal(f"{first}-{last}", "string"))
        for number, (first, last) in enumerate(zip(firsts, lasts, strict=True))
    ]
    return price.notnull().ifelse(ibis.cases(*labels), ibis.null("string"))
