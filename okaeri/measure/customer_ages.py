"""What each customer brought at each age: the one reduction of all orders on which LTV curves stand."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.schema.measured.value import VALUE_KINDS
from okaeri.schema.rules import Rules

#: No step of the grid is this far: the place of a cost that is never unknown.
NEVER = 1_000_000
YEAR = 365


def age_grid(rules: Rules) -> tuple[int, ...]:
    """The ages at which LTV is stated, in days: 0, 7, 14, every 30 to a year, then every 90; and the shop's horizons."""
    top = max(rules.horizons)
    regular = {0, 7, 14, *range(30, YEAR, 30), YEAR, *range(450, top, 90)}
    return tuple(sorted(regular | set(rules.horizons)))


def step_of(age: ir.IntegerValue, grid: tuple[int, ...]) -> ir.IntegerValue:
    """Place in ``grid`` of the step that holds ``age``: step 3 holds the days after ``grid[2]`` up to ``grid[3]``."""
    return ibis.cases(*((age <= day, place) for place, day in enumerate(grid))).cast("int64")


def steps_observed(observed_days: ir.IntegerValue, grid: tuple[int, ...]) -> ir.IntegerValue:
    """How many steps a customer was observed through: ages 0 to ``observed_days - 1`` lie before ``as_of``."""
    ends = [(observed_days <= day, place) for place, day in enumerate(grid)]
    return ibis.cases(*ends, else_=len(grid)).cast("int64")


def customer_ages(purchases: ir.Table, grid: tuple[int, ...]) -> ir.Table:
    """One row per customer: value in each step as ``revenue_0`` ..., ``gross_profit_0`` ..., and ``unknown_step``.

    ``unknown_step`` is the first step with an order whose costs are unknown (:data:`NEVER` without one).
    """
    reached = purchases.filter(purchases.age <= grid[-1])
    rows = reached.select("customer_id", *VALUE_KINDS, step=step_of(reached.age, grid))
    sums = {
        f"{kind}_{place}": (rows.step == place).ifelse(rows[kind].fill_null(0.0), 0.0).sum()
        for kind in VALUE_KINDS
        for place in range(len(grid))
    }
    unknown = rows.gross_profit.isnull().ifelse(rows.step, NEVER).min()
    return rows.group_by("customer_id").agg(**sums, unknown_step=unknown)
