"""Days from one order to the next, in weeks."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.cuts import ALL, UNKNOWN
from okaeri.measure.intervals import wilson
from okaeri.measure.weighted import quantiles
from okaeri.schema.measured.value import repeat_interval as TABLE
from okaeri.schema.rules import Rules

KEYS = ("dimension", "segment")
WEEK = 7
SHARES = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90}


def repeat_interval(purchases: ir.Table, customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Closed gaps per week, with the share among the orders that could be observed through that week.

    A week's own denominator keeps young orders out of it: they have not failed to be followed, they have not had the
    time. Quantiles are those of closed gaps and so lean to the short side; ``n_waiting`` says how many are still open.
    """
    gaps = _gaps(purchases, customer_history, as_of, rules)
    closed = gaps.filter(gaps.days.notnull())
    totals = gaps.group_by(*KEYS).agg(
        n=gaps.days.notnull().ifelse(gaps["count"], 0).sum(),
        n_waiting=gaps.days.isnull().ifelse(gaps["count"], 0).sum(),
    )
    days = closed.group_by(*KEYS, "days").agg(count=closed["count"].sum())
    weeks = _weeks(closed, gaps)
    rows = weeks.inner_join(totals, list(KEYS))
    for found in (quantiles(days, KEYS, "days", SHARES), _modes(weeks)):
        rows = rows.left_join(found, [(key, f"{key}_of") for key in KEYS]).drop(*(f"{key}_of" for key in KEYS))
    low, high = wilson(rows.observable_count, rows.n_observable)
    return rows.mutate(
        bucket_end=rows.bucket_start + WEEK,
        share=rows["count"] / rows.n,
        share_observable=rows.observable_count / rows.n_observable.nullif(0),
        low=low,
        high=high,
    ).select(*TABLE.column_names)


def _gaps(purchases: ir.Table, customer_history: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """How often each gap (empty: not closed yet) followed an order observed for so many whole weeks."""
    bought = purchases.filter(purchases.is_purchase)
    weeks = _week(ibis.literal(day_number(as_of), "int64") - bought.order_day)
    rung = (bought.order_no < rules.ladder_top).ifelse(bought.order_no + 1, ibis.null("int64"))
    sums = bought.group_by(rung=rung, days=bought.days_to_next, weeks=weeks).agg(count=bought.count())
    of_all = sums.select(*_keys(ALL, ibis.literal(ALL)), "days", "weeks", "count")
    by_number = sums.filter(sums.rung.notnull())
    by_number = by_number.select(*_keys("order_no", by_number.rung.cast("string")), "days", "weeks", "count")
    first = bought.filter(bought.order_no == 1).mutate(weeks=weeks)
    opened = first.left_join(customer_history.select("first_product", buyer="customer_id"), [("customer_id", "buyer")])
    product = opened.first_product.fill_null(UNKNOWN)
    by_product = opened.group_by(product=product, days=opened.days_to_next, weeks=opened.weeks).agg(
        count=opened.count()
    )
    by_product = by_product.select(*_keys("first_product", by_product["product"]), "days", "weeks", "count")
    rows = ibis.union(of_all, by_number, by_product)
    return rows.group_by(*KEYS, "days", "weeks").agg(count=rows["count"].sum())


def _week(days: ir.IntegerValue) -> ir.IntegerValue:
    return (days / WEEK).floor().cast("int64")


def _keys(dimension: str, segment: ir.StringValue) -> tuple[ir.StringValue, ir.StringValue]:
    return ibis.literal(dimension).name("dimension"), segment.name("segment")


def _weeks(closed: ir.Table, gaps: ir.Table) -> ir.Table:
    """Counts per week of the gap, and how many orders were observed through that week."""
    start = _week(closed.days)
    through = closed.weeks > start
    counted = closed.group_by(*KEYS, bucket=start).agg(
        count=closed["count"].sum(), observable_count=through.ifelse(closed["count"], 0).sum()
    )
    observed = gaps.group_by(**{f"{key}_of": gaps[key] for key in KEYS}, weeks=gaps.weeks).agg(
        orders=gaps["count"].sum()
    )
    pairs = counted.left_join(observed, [(key, f"{key}_of") for key in KEYS])
    seen = (pairs.weeks > pairs.bucket).ifelse(pairs.orders, 0)
    summed = pairs.group_by(*KEYS, "bucket", "count", "observable_count").agg(n_observable=seen.sum())
    return summed.mutate(bucket_start=summed.bucket * WEEK).drop("bucket")


def _modes(weeks: ir.Table) -> ir.Table:
    """The week with the most closed gaps."""
    best = ibis.window(group_by=list(KEYS), order_by=(weeks["count"].desc(), weeks.bucket_start))
    ranked = weeks.mutate(place=ibis.row_number().over(best))
    first = ranked.filter(ranked.place == 0)
    return first.select(dimension_of="dimension", segment_of="segment", mode_bucket="bucket_start")
