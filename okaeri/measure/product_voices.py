"""What is said of each product."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.intervals import student, wilson
from okaeri.schema.measured.products_judged import UNHAPPY_BELOW
from okaeri.schema.measured.products_judged import product_voices as TABLE


def product_voices(voices: ir.Table, feelings: ir.Table, *, as_of: date) -> ir.Table:
    """One row per product spoken of, the one with most unhappy voices beyond the shop's usual first."""
    said = said_of_products(voices, feelings, as_of)
    rows = said.group_by("product_id").agg(
        **told(said), variance=said.rating.var(how="sample"),
    )  # fmt: skip
    everything = ibis.window()
    usual = rows.unhappy_count.sum().over(everything) / rows.felt_n.sum().over(everything).nullif(0)
    rows = rows.mutate(usual_share=usual)
    rows = rows.mutate(excess=(rows.unhappy_count - rows.felt_n * rows.usual_share).fill_null(0.0))
    reach = student(rows.rating_n) * (rows.variance / rows.rating_n.cast("float64")).sqrt()
    low, high = wilson(rows.unhappy_count, rows.felt_n)
    order = ibis.window(order_by=(rows.excess.desc(), rows.product_id))
    return rows.mutate(
        rating_low=rows.mean_rating - reach, rating_high=rows.mean_rating + reach, low=low, high=high,
        unhappy_share=rows.unhappy_count / rows.felt_n.nullif(0), rank=ibis.row_number().over(order) + 1,
    ).select(*TABLE.column_names)  # fmt: skip


def said_of_products(voices: ir.Table, feelings: ir.Table, as_of: date) -> ir.Table:
    """Voices about a product with the score of their words; what was hoped before buying tells nothing of it."""
    about = voices.product_id.notnull() & (voices.source != "survey_before") & (voices.voice_date < as_of)
    felt = feelings.select("score", felt_id="voice_id")
    return voices.filter(about).left_join(felt, [("voice_id", "felt_id")])


def told(said: ir.Table) -> dict[str, ir.Value]:
    """The sums of some voices."""
    return {
        "voice_count": said.count(), "rating_n": said.rating.count(), "mean_rating": said.rating.mean(),
        "felt_n": said.score.count(), "unhappy_count": said.count(where=(said.score < UNHAPPY_BELOW).fill_null(False)),
    }  # fmt: skip
