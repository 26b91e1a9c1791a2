"""LTV by age, for everybody and for every cut."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.customer_ages import NEVER, age_grid, customer_ages, steps_observed
from okaeri.measure.cuts import dimensions, old_enough, segments
from okaeri.measure.intervals import around_mean
from okaeri.schema.measured.value import VALUE_KINDS
from okaeri.schema.measured.value import ltv_curve as TABLE
from okaeri.schema.rules import Rules

#: ``cut`` is the place of a (dimension, value kind) in :func:`_cuts`: engines hash a number faster than two words.
KEYS = ("cut", "segment")


def ltv_curve(purchases: ir.Table, customer_history: ir.Table, *, rules: Rules) -> ir.Table:
    """Sum over ages of the mean value at that age among the customers observed that long.

    Young customers so speak for the ages they have reached and say nothing of the others. The interval is that of the
    sum, from each customer's influence on it: i moves the curve at age h by the sum, over the steps b up to h through
    which i was observed, of (v_ib - m_b) / n_b. Customers are independent, their ages are not, so the squares are
    summed over customers (sqrt(n_b (n_b - 1)) in place of n_b makes a single step's variance the usual s^2 / n).
    """
    grid = age_grid(rules)
    people = _people(purchases, customer_history, grid)
    means = _means(_by_cut(people, rules, grid, "acquisition_cost", "unknown_step"), grid)
    spread = _spread(_by_cut(people, rules, grid), means, grid)
    return _stated(_named(_by_age(means, spread, grid), rules))


def _people(purchases: ir.Table, customer_history: ir.Table, grid: tuple[int, ...]) -> ir.Table:
    """Customers with what they brought in each step they were observed through, and who they are."""
    ages = customer_ages(purchases, grid)
    joined = ages.rename(buyer="customer_id").inner_join(customer_history, [("buyer", "customer_id")])
    people = joined.mutate(steps=steps_observed(joined.observed_days, grid))
    seen = {name: (people.steps > place).ifelse(people[name], 0.0) for name, place in _values(grid)}
    known = people.unknown_step >= people.steps
    return people.mutate(**seen, unknown_step=known.ifelse(NEVER, people.unknown_step))


def _values(grid: tuple[int, ...]) -> list[tuple[str, int]]:
    """Column of each value kind and step, with the step."""
    return [(f"{kind}_{place}", place) for kind in VALUE_KINDS for place in range(len(grid))]


def _cuts(rules: Rules) -> list[tuple[str, str]]:
    """Every dimension with every value kind; even places are revenue."""
    return [(dimension, kind) for dimension in dimensions(rules) for kind in VALUE_KINDS]


def _by_cut(people: ir.Table, rules: Rules, grid: tuple[int, ...], *more: str) -> ir.Table:
    """One row per customer, dimension and value kind; the value of step b stands in ``v_b``.

    Each use asks for its own columns: engines keep a table two uses share, and this one is sixteen times the customers.
    """
    segment = segments(people, rules)
    cuts = [
        ibis.struct({"cut": ibis.literal(place, "int64"), "segment": segment[dimension]})
        for place, (dimension, _) in enumerate(_cuts(rules))
    ]
    columns = [name for name, _ in _values(grid)]
    cut = people.select("steps", *more, *columns, at=ibis.array(cuts).unnest())
    cut = cut.mutate(**{key: cut.at[key] for key in KEYS})
    is_revenue = cut.cut % len(VALUE_KINDS) == 0
    values = {f"v_{b}": is_revenue.ifelse(cut[f"revenue_{b}"], cut[f"gross_profit_{b}"]) for b in range(len(grid))}
    return cut.select(*KEYS, "steps", *more, **values)


def _means(rows: ir.Table, grid: tuple[int, ...]) -> ir.Table:
    """Per segment: customers observed through each step ``n_b``, their mean ``m_b``, and the weight ``w_b``."""
    sums = rows.group_by(*KEYS).agg(
        **{f"n_{b}": (rows.steps > b).ifelse(1, 0).sum() for b in range(len(grid))},
        **{f"sum_{b}": rows[f"v_{b}"].sum() for b in range(len(grid))},
        n_total=rows.count(),
        acquisition_cost=rows.acquisition_cost.mean(),
        unknown_step=(rows.cut % len(VALUE_KINDS) == 0).ifelse(NEVER, rows.unknown_step).min(),
    )
    means = {f"m_{b}": sums[f"sum_{b}"] / sums[f"n_{b}"].nullif(0) for b in range(len(grid))}
    return sums.mutate(**means, **{f"w_{b}": _weight(sums[f"n_{b}"]) for b in range(len(grid))})


def _weight(n: ir.IntegerValue) -> ir.FloatingValue:
    count = n.cast("float64")
    return 1.0 / (count * (count - 1.0)).nullif(0.0).sqrt()


def _spread(rows: ir.Table, means: ir.Table, grid: tuple[int, ...]) -> ir.Table:
    """Per segment: sums of the customers' influences up to each step, squared and cubed."""
    known = [f"{letter}_{b}" for letter in "mw" for b in range(len(grid))]
    joined = rows.inner_join(means.select(*KEYS, *known), KEYS)
    steps = joined.select(
        *KEYS,
        **{
            f"d_{b}": (joined.steps > b).ifelse((joined[f"v_{b}"] - joined[f"m_{b}"]) * joined[f"w_{b}"], 0.0)
            for b in range(len(grid))
        },
    )
    influence = steps.select(*KEYS, **_running([steps[f"d_{b}"] for b in range(len(grid))], "i"))
    moments = {}
    for b in range(len(grid)):
        value = influence[f"i_{b}"]
        moments[f"second_{b}"] = (value * value).sum()
        moments[f"third_{b}"] = (value * value * value).sum()
    return influence.group_by(*KEYS).agg(**moments)


def _running(values: list[ir.FloatingValue], letter: str) -> dict[str, ir.FloatingValue]:
    """Running sums of ``values``, by name."""
    sums = [values[0]]
    for value in values[1:]:
        sums.append(sums[-1] + value)
    return {f"{letter}_{place}": total for place, total in enumerate(sums)}


def _by_age(means: ir.Table, spread: ir.Table, grid: tuple[int, ...]) -> ir.Table:
    """One row per segment and age."""
    moments = spread.rename(**{f"{key}_of": key for key in KEYS})
    wide = means.inner_join(moments, [(key, f"{key}_of") for key in KEYS])
    running = _running([wide[f"m_{b}"] for b in range(len(grid))], "ltv")
    summed = wide.mutate(**running)
    ages = [
        ibis.struct(
            {
                "place": ibis.literal(place, "int64"),
                "age_days": ibis.literal(age, "int64"),
                "ltv": summed[f"ltv_{place}"],
                "variance": summed[f"second_{place}"],
                "third": summed[f"third_{place}"],
                "n": summed[f"n_{place}"],
            }
        )
        for place, age in enumerate(grid)
    ]
    long = summed.select(*KEYS, "n_total", "acquisition_cost", "unknown_step", at=ibis.array(ages).unnest())
    return long.mutate(**{name: long.at[name] for name in ("place", "age_days", "ltv", "variance", "third", "n")})


def _named(ages: ir.Table, rules: Rules) -> ir.Table:
    """Dimension and value kind spelled out."""
    names = list(enumerate(_cuts(rules)))
    dimension = ibis.cases(*((ages.cut == place, name) for place, (name, _) in names))
    kind = ibis.cases(*((ages.cut == place, name) for place, (_, name) in names))
    return ages.mutate(dimension=dimension, value_kind=kind)


def _stated(ages: ir.Table) -> ir.Table:
    """The figures as the table states them, where somebody was observed that long."""
    seen = ages.filter(ages.n > 0)
    known = seen.place < seen.unknown_step
    low, high = around_mean(seen.ltv, seen.variance, seen.third, seen.n)
    error = (seen.n > 1).ifelse(seen.variance.sqrt(), ibis.null("float64"))
    figures = {"ltv": seen.ltv, "standard_error": error, "low": low, "high": high}
    stated = seen.mutate(
        **{name: known.ifelse(value, ibis.null("float64")) for name, value in figures.items()},
        is_mature=old_enough(seen.dimension == "cohort_month", seen.n, seen.n_total),
    )
    return stated.mutate(ltv_after_cost=stated.ltv - stated.acquisition_cost).select(*TABLE.column_names)
