"""What to better first, in yen."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import day_literal
from okaeri.measure.intervals import wilson
from okaeri.measure.survey_ratings import survey_voices
from okaeri.schema.measured.feelings import WHOLE
from okaeri.schema.measured.surveys import ALL
from okaeri.schema.measured.surveys import survey_improvements as TABLE
from okaeri.schema.rules import Rules

YEAR = 365


def survey_improvements(
    survey_pairs: ir.Table, voices: ir.Table, feeling_aspects: ir.Table, links: ir.Table, purchases: ir.Table,
    purchase_lines: ir.Table, *, as_of: date, rules: Rules,
) -> ir.Table:  # fmt: skip
    """Let-down customers by product and complaint, what they repeat less than those whose hopes were met, in yen."""
    known = survey_pairs.filter(survey_pairs.has_repeated.notnull())
    known = known.mutate(again=known.has_repeated.ifelse(1, 0), is_met=(known.gap >= 0).ifelse(1, 0))
    known = _and_all(known.mutate(about="product_id"))
    let_down = _points(known.filter(known.gap < 0), _complaints(voices, feeling_aspects, links, as_of))
    rows = let_down.filter(let_down.let_down_count >= rules.min_support)
    rows = rows.inner_join(_met(known, rules), [("product_id", "met_of")])
    rows = rows.inner_join(_buyers(purchase_lines, as_of), [("product_id", "bought")])
    rows = rows.cross_join(_order_value(purchases))
    return _ranked(_priced(rows.filter(rows.order_value.notnull()))).select(*TABLE.column_names)


def _and_all(rows: ir.Table) -> ir.Table:
    """``rows`` once under their product and once under all products together."""
    return rows.union(rows.mutate(product_id=ibis.literal(ALL, "string")))


def _complaints(voices: ir.Table, feeling_aspects: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """What each customer speaks ill of in surveys after use, by product."""
    told = survey_voices(voices, links, "survey_after", as_of).select("voice_id", "customer_id", "product_id")
    bad = feeling_aspects.filter(feeling_aspects.score < 0).select("aspect", said_in="voice_id")
    said = told.inner_join(bad, [("voice_id", "said_in")])
    return said.select(by="customer_id", of="product_id", aspect="aspect").distinct()


def _points(let_down: ir.Table, complaints: ir.Table) -> ir.Table:
    """Customers and repeats of each complaint, and of all who were let down."""
    named = let_down.inner_join(complaints, [("customer_id", "by"), ("about", "of")])
    every = let_down.select("product_id", "again", aspect=ibis.literal(WHOLE, "string"))
    rows = every.union(named.select("product_id", "again", "aspect"))
    return rows.group_by("product_id", "aspect").agg(let_down_count=rows.count(), again_count=rows.again.sum())


def _met(known: ir.Table, rules: Rules) -> ir.Table:
    """Per product, all who told both, and the repeats of those whose hopes were met (of all where they are too few)."""
    rows = known.group_by(met_of=known.product_id).agg(
        n=known.count(), own_n=known.is_met.sum(), own_again=(known.is_met * known.again).sum()
    )
    every = rows.filter(rows.met_of == ALL).select(every_n="own_n", every_again="own_again")
    rows = rows.cross_join(every)
    enough = rows.own_n >= rules.min_support
    rows = rows.mutate(
        met_n=enough.ifelse(rows.own_n, rows.every_n), met_again=enough.ifelse(rows.own_again, rows.every_again)
    )
    return rows.filter(rows.met_n > 0).select("met_of", "n", "met_n", "met_again")


def _buyers(purchase_lines: ir.Table, as_of: date) -> ir.Table:
    recent = purchase_lines.filter(purchase_lines.order_day >= day_literal(as_of) - YEAR)
    recent = _and_all(recent.select("product_id", "customer_id"))
    return recent.group_by(bought=recent.product_id).agg(buyer_count=recent.customer_id.nunique())


def _order_value(purchases: ir.Table) -> ir.Table:
    return purchases.aggregate(order_value=purchases.revenue.mean(where=purchases.order_no >= 2))


def _priced(rows: ir.Table) -> ir.Table:
    """The loss and its interval: Newcombe's (1998, method 10) of the difference of two shares, by Wilson's limits."""
    rate = rows.again_count.cast("float64") / rows.let_down_count
    met = rows.met_again.cast("float64") / rows.met_n
    (low, high), (met_low, met_high) = wilson(rows.again_count, rows.let_down_count), wilson(rows.met_again, rows.met_n)
    down = ((met - met_low) ** 2 + (high - rate) ** 2).sqrt()
    up = ((met_high - met) ** 2 + (rate - low) ** 2).sqrt()
    yen = rows.let_down_count.cast("float64") / rows.n * rows.buyer_count * rows.order_value
    return rows.mutate(
        repeat_rate=rate, met_repeat_rate=met, yearly_loss=(met - rate) * yen, low=(met - rate - down) * yen,
        high=(met - rate + up) * yen,
    )  # fmt: skip


def _ranked(rows: ir.Table) -> ir.Table:
    rows = rows.mutate(is_all=rows.product_id == ALL)
    order = ibis.window(group_by=rows.is_all, order_by=(rows.yearly_loss.desc(), rows.product_id, rows.aspect))
    return rows.mutate(rank=ibis.row_number().over(order) + 1)
