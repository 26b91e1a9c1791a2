"""What is said of each product, month by month."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from okaeri.measure.product_voices import said_of_products, told
from okaeri.schema.measured.products_judged import product_voice_months as TABLE


def product_voice_months(voices: ir.Table, feelings: ir.Table, *, as_of: date) -> ir.Table:
    """One row per product and month with a voice."""
    said = said_of_products(voices, feelings, as_of)
    said = said.mutate(month=(said.voice_date.year() * 12 + said.voice_date.month() - 1).cast("int64"))
    return said.group_by("product_id", "month").agg(**told(said)).select(*TABLE.column_names)
