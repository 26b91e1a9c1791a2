"""Satisfaction month by month, and whether it changed more than chance would have it."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.measure.intervals import student
from okaeri.measure.significance import holm, welch
from okaeri.measure.survey_ratings import survey_ratings
from okaeri.schema.measured.surveys import ALL, TREND_MONTHS
from okaeri.schema.measured.surveys import satisfaction_trend as TABLE
from okaeri.schema.rules import Rules

SURE = 0.05


def satisfaction_trend(voices: ir.Table, links: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Each month with enough customers, against the months before it."""
    months = _months(_told(survey_ratings(voices, links, "survey_after", as_of)))
    rows = _with_before(months.filter(months.n >= rules.min_support), months)
    enough = (rows.n >= 2) & (rows.before_n >= rules.min_support) & (rows.before_n >= 2)
    chance = welch(rows["mean"], rows.variance, rows.n, rows.before_mean, rows.before_variance, rows.before_n)
    rows = rows.mutate(p_value=enough.ifelse(chance, ibis.null("float64")), change=rows["mean"] - rows.before_mean)
    rows = holm(rows, "p_value", ("product_id", "month"))
    reach = student(rows.n) * (rows.variance / rows.n.cast("float64")).sqrt()
    return rows.mutate(
        low=rows["mean"] - reach, high=rows["mean"] + reach, has_changed=(rows.holm_p_value < SURE).fill_null(False)
    ).select(*TABLE.column_names)


def _told(ratings: ir.Table) -> ir.Table:
    """One rating per customer, product and month; an anonymous answer is a customer of its own."""
    month = (ratings.voice_date.year() * 12 + ratings.voice_date.month() - 1).cast("int64")
    who = ibis.coalesce(ratings.customer_id, ibis.literal("voice ") + ratings.voice_id)
    told = ratings.select("product_id", "rating", month=month, who=who)
    every = told.mutate(product_id=ibis.literal(ALL, "string")).union(told.filter(told.product_id.notnull()))
    return every.group_by("product_id", "month", "who").agg(rating=every.rating.mean())


def _months(told: ir.Table) -> ir.Table:
    rows = told.group_by("product_id", "month").agg(
        n=told.count(), total=told.rating.sum(), squares=(told.rating * told.rating).sum()
    )
    return rows.mutate(mean=rows.total / rows.n, variance=_variance(rows.n, rows.total, rows.squares))


def _variance(n: ir.NumericValue, total: ir.NumericValue, squares: ir.NumericValue) -> ir.NumericValue:
    """Of the sample; empty below two values. Rounding may bring it a hair under zero."""
    spread = squares - total * total / n.cast("float64").nullif(0.0)
    return ibis.greatest(spread, 0.0) / (n.cast("float64") - 1.0).nullif(0.0)


def _with_before(rows: ir.Table, months: ir.Table) -> ir.Table:
    """Add the figures of the months before, all of them counted, those with few customers too."""
    earlier = months.select(
        of="product_id", earlier_month="month", earlier_n="n", earlier_total="total", earlier_squares="squares"
    )
    pairs = rows.select("product_id", "month").inner_join(earlier, [("product_id", "of")])
    back = pairs.month - pairs.earlier_month
    near = pairs.filter((back >= 1) & (back <= TREND_MONTHS))
    sums = near.group_by(sum_of=near.product_id, sum_month=near.month).agg(
        sum_n=near.earlier_n.sum(), sum_total=near.earlier_total.sum(), sum_squares=near.earlier_squares.sum()
    )
    joined = rows.left_join(sums, [("product_id", "sum_of"), ("month", "sum_month")])
    return joined.mutate(
        before_n=joined.sum_n.fill_null(0).cast("int64"),
        before_mean=joined.sum_total / joined.sum_n,
        before_variance=_variance(joined.sum_n, joined.sum_total, joined.sum_squares),
    )
