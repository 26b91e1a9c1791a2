"""When gross profit has paid for winning a customer, and what a customer may cost at most."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.cuts import ALL, campaign_of
from okaeri.schema.measured.value import payback as TABLE
from okaeri.schema.rules import Rules

KEYS = ("dimension", "segment")
#: Dimensions whose payback is found day by day; each costs a pass over all orders.
DAILY = (ALL, "acquired_via", "campaign")


def payback(
    purchases: ir.Table, customer_history: ir.Table, ltv_curve: ir.Table, kpis: ir.Table, *, rules: Rules
) -> ir.Table:
    """Limit CPA per horizon (LTV x margin, that is gross-profit LTV), cost per customer and payback day."""
    curve = ltv_curve.filter(ltv_curve.value_kind == "gross_profit")
    rows = curve.filter(curve.age_days.isin(rules.horizons)).drop("value_kind")
    by_age = curve.filter(curve.ltv >= curve.acquisition_cost).group_by(*_of(curve)).agg(grid_day=curve.age_days.min())
    by_day = _paid_days(_daily(purchases, customer_history, rules), customer_history)
    for found in (by_age, by_day):
        rows = rows.left_join(found, [(key, f"{key}_of") for key in KEYS]).drop(*(f"{key}_of" for key in KEYS))
    rows = _with_step_up(rows, kpis)
    exact = rows.dimension.isin(DAILY)
    return rows.mutate(
        horizon_days=rows.age_days,
        limit_cpa=rows.ltv,
        cpo=rows.acquisition_cost / rows.step_up,
        payback_day=exact.ifelse(rows.exact_day, rows.grid_day),
        is_exact_day=exact,
    ).select(*TABLE.column_names)


def _of(table: ir.Table) -> list[ir.Value]:
    return [table[key].name(f"{key}_of") for key in KEYS]


def _daily(purchases: ir.Table, customer_history: ir.Table, rules: Rules) -> ir.Table:
    """Gross profit made at each age, and customers last observed at that age, per segment of :data:`DAILY`."""
    inside = purchases.filter(purchases.age <= max(rules.horizons))
    people = customer_history.mutate(campaign=campaign_of(customer_history))
    via = people.select("acquired_via", "campaign", buyer="customer_id")
    joined = inside.inner_join(via, [("customer_id", "buyer")])
    earned = joined.group_by("acquired_via", "campaign", day=joined.age).agg(
        profit=joined.gross_profit.sum().fill_null(0.0), unknown=joined.gross_profit.isnull().ifelse(1, 0).sum()
    )
    seen = people.group_by("acquired_via", "campaign", day=people.observed_days - 1).agg(customers=people.count())
    rows = ibis.union(
        earned.mutate(customers=ibis.literal(0, "int64")),
        seen.select(
            "acquired_via",
            "campaign",
            "day",
            profit=ibis.literal(0.0),
            unknown=ibis.literal(0, "int64"),
            customers="customers",
        ),
    )
    segments = [
        ibis.struct({"dimension": ibis.literal(ALL), "segment": ibis.literal(ALL)}),
        *(ibis.struct({"dimension": ibis.literal(name), "segment": rows[name]}) for name in DAILY[1:]),
    ]
    cut = rows.select("day", "profit", "unknown", "customers", at=ibis.array(segments).unnest())
    cut = cut.mutate(**{key: cut.at[key] for key in KEYS})
    names = ("profit", "unknown", "customers")
    return cut.group_by(*KEYS, "day").agg(**{name: cut[name].sum() for name in names})


def _paid_days(daily: ir.Table, customer_history: ir.Table) -> ir.Table:
    """First day on which the sum over days of profit per customer observed that day reaches acquisition cost."""
    keys = [daily[key] for key in KEYS]
    here_on = ibis.window(group_by=keys, order_by=daily.day, preceding=0, following=None)
    counted = daily.mutate(observed=daily.customers.sum().over(here_on))
    line = ibis.cumulative_window(group_by=[counted[key] for key in KEYS], order_by=counted.day)
    summed = counted.mutate(
        ltv=(counted.profit / counted.observed.nullif(0)).sum().over(line), unknown=counted.unknown.sum().over(line)
    )
    costs = _costs(customer_history)
    priced = summed.left_join(costs, [(key, f"{key}_of") for key in KEYS])
    paid = priced.filter(priced.unknown == 0, priced.observed > 0, priced.ltv >= priced.mean_cost)
    return paid.group_by(*_of(paid)).agg(exact_day=paid.day.min())


def _costs(customer_history: ir.Table) -> ir.Table:
    """Mean acquisition cost per segment of :data:`DAILY`."""
    values = {
        ALL: ibis.literal(ALL), "acquired_via": customer_history.acquired_via, "campaign": campaign_of(customer_history),
    }  # fmt: skip
    cuts = [ibis.struct({"dimension": ibis.literal(name), "segment": values[name]}) for name in DAILY]
    cut = customer_history.select("acquisition_cost", at=ibis.array(cuts).unnest())
    return cut.group_by(dimension_of=cut.at["dimension"], segment_of=cut.at["segment"]).agg(
        mean_cost=cut.acquisition_cost.mean()
    )


def _with_step_up(rows: ir.Table, kpis: ir.Table) -> ir.Table:
    """Add ``step_up``: 引き上げ率 of the segment where the shop sells trials, 1 where it sells none."""
    rates = kpis.filter(kpis.kpi == "step_up_rate")
    cohorts = rates.select(
        dimension_of=(rates.cohort == ALL).ifelse(ALL, "cohort_month"), segment_of=rates.cohort, rate=rates.value
    )
    trials = rates.agg(trial_rows=(rates.basis == "trial").ifelse(1, 0).sum())
    joined = rows.left_join(cohorts, [(key, f"{key}_of") for key in KEYS]).cross_join(trials)
    step_up = (joined.trial_rows.fill_null(0) == 0).ifelse(1.0, joined.rate.nullif(0.0))
    return joined.mutate(step_up=step_up)
