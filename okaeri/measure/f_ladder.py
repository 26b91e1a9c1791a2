"""F2, F3 ...: how many go on from each order to the next, and how soon."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.cuts import ALL, by_cohort, old_enough
from okaeri.measure.intervals import wilson
from okaeri.measure.weighted import quantiles
from okaeri.schema.measured.value import f_ladder as TABLE
from okaeri.schema.rules import Rules

KEYS = ("cohort", "order_no")
QUARTILES = {"days_p25": 0.25, "days_p50": 0.5, "days_p75": 0.75}


def f_ladder(purchases: ir.Table, customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """Step and cumulative conversion per rung, of everybody and of each month's new customers.

    Only orders older than the window can have failed to convert, so only those count.
    """
    today, window = day_number(as_of), rules.conversion_window
    steps = _steps(purchases, customer_history, today, rules)
    days = quantiles(_gaps(steps), KEYS, "days", QUARTILES)
    sums = steps.group_by(*KEYS).agg(
        n=steps.mature.sum(),
        n_converted=steps.converted.sum(),
        n_total=steps["count"].sum(),
        n_reached=steps.reached.sum(),
    )
    first = _first_buyers(customer_history, window, rules.ladder_top)
    rows = first.left_join(sums, list(KEYS), rname="{name}_of_step")
    rows = rows.left_join(days, [(key, f"{key}_of") for key in KEYS])
    counts = ("n", "n_converted", "n_total", "n_reached")
    return _rated(rows.mutate(**{name: rows[name].fill_null(0).cast("int64") for name in counts}))


def _steps(purchases: ir.Table, customer_history: ir.Table, today: int, rules: Rules) -> ir.Table:
    """Counts per cohort, rung and days to the next order: all that the ladder needs, however many orders there are."""
    window = rules.conversion_window
    held = purchases.filter(purchases.order_no < rules.ladder_top)
    older = held.order_day < today - window
    soon = held.days_to_next <= window
    total_days = held.age + held.days_to_next
    in_time = (held.order_day - held.age < today - window * held.order_no) & (total_days <= window * held.order_no)
    sums = held.group_by(
        first_day=held.order_day - held.age,
        order_no=held.order_no + 1,
        days=(older & soon).ifelse(held.days_to_next, ibis.null("int64")),
    ).agg(
        count=held.count(),
        mature=older.ifelse(1, 0).sum(),
        converted=(older & soon).ifelse(1, 0).sum(),
        reached=in_time.ifelse(1, 0).sum(),
    )
    days = customer_history.group_by(cohort_day=customer_history.first_day).agg(
        cohort_month=customer_history.cohort_month.min()
    )
    dated = sums.inner_join(days, [("first_day", "cohort_day")])
    names = ("order_no", "days", "count", "mature", "converted", "reached")
    return by_cohort(dated, dated.cohort_month, **{name: dated[name] for name in names})


def _gaps(steps: ir.Table) -> ir.Table:
    """How often each number of days lay between two orders, among those converted."""
    closed = steps.filter(steps.days.notnull())
    return closed.group_by(*KEYS, "days").agg(count=closed.converted.sum())


def _first_buyers(customer_history: ir.Table, window: int, top: int) -> ir.Table:
    """Per cohort and rung, the first buyers observed for as many windows as the rung has steps."""
    rungs = [
        ibis.struct({"order_no": ibis.literal(rung, "int64"), "needed": ibis.literal(window * (rung - 1), "int64")})
        for rung in range(2, top + 1)
    ]
    days = customer_history.group_by("cohort_month", "observed_days").agg(customers=customer_history.count())
    cohorts = by_cohort(days, days.cohort_month, observed_days=days.observed_days, customers=days.customers)
    rows = cohorts.select("observed_days", "customers", "cohort", rung=ibis.array(rungs).unnest())
    rows = rows.mutate(order_no=rows.rung.order_no, needed=rows.rung.needed)
    old = rows.observed_days > rows.needed
    return rows.group_by(*KEYS).agg(n_first=old.ifelse(rows.customers, 0).sum())


def _rated(rows: ir.Table) -> ir.Table:
    low, high = wilson(rows.n_converted, rows.n)
    cumulative_low, cumulative_high = wilson(rows.n_reached, rows.n_first)
    return rows.mutate(
        rate=rows.n_converted / rows.n.nullif(0),
        low=low,
        high=high,
        cumulative_rate=rows.n_reached / rows.n_first.nullif(0),
        cumulative_low=cumulative_low,
        cumulative_high=cumulative_high,
        is_mature=old_enough(rows.cohort != ALL, rows.n, rows.n_total),
    ).select(*TABLE.column_names)
