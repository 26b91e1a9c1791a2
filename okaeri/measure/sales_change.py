"""Why sales moved since the days before."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.cuts import ALL, dimensions, segments
from okaeri.measure.days import whole
from okaeri.measure.products_of_factors import effects, known
from okaeri.schema.measured.changes import SALES_PARTS, WEEK
from okaeri.schema.measured.changes import sales_change as TABLE
from okaeri.schema.rules import Rules

NOW, BEFORE = "now", "before"
KEYS = ("window_days", "dimension", "segment")
#: What is counted of a period: orders and revenue of each kind, candidates, credit notes.
COUNTS = (
    "first_orders", "first_revenue", "second_orders", "second_revenue", "later_orders", "later_revenue",
    "credit_notes", "second_candidates", "later_candidates",
)  # fmt: skip


def sales_change(purchases: ir.Table, customer_history: ir.Table, *, as_of: date, rules: Rules) -> ir.Table:
    """The latest days against as many before. A window is told where the shop is old enough for both.

    Candidates for a second order: customers with a first order by the end of the days and none of a second before
    their beginning. For later orders: those with a second by the end. So no order comes from nobody.
    """
    cells = _by_segment(_joint(purchases, customer_history, day_number(as_of), rules), rules)
    return _split(cells).select(*TABLE.column_names)


def windows(rules: Rules) -> tuple[int, ...]:
    """How far back is compared."""
    return tuple(sorted({WEEK, rules.compare_days}))


def kept_dimensions(rules: Rules) -> list[str]:
    """Ways to cut customers by which a change is told: not by month of first order, which is the change itself."""
    return [name for name in dimensions(rules) if name != "cohort_month"]


def _joint(purchases: ir.Table, customer_history: ir.Table, today: int, rules: Rules) -> ir.Table:
    """Sums by all dimensions at once, few beside the orders."""
    named = segments(customer_history, rules)
    cuts = {f"cut_{place}": named[name] for place, name in enumerate(kept_dimensions(rules))}
    people = customer_history.select(buyer="customer_id", **cuts)
    rows = purchases.inner_join(people, [("customer_id", "buyer")])
    sums = {}
    for days in windows(rules):
        sums[f"young_{days}"] = (rows.order_day < today - 2 * days).ifelse(1, 0).sum()
        for period, end in ((NOW, today), (BEFORE, today - days)):
            counted = _counted(rows, end - days, end)
            sums |= {f"{name}_{period}_{days}": counted[name] for name in COUNTS}
    return rows.group_by(*cuts).agg(**sums)


def _counted(rows: ir.Table, start: int, end: int) -> dict[str, ir.Value]:
    inside = (rows.order_day >= start) & (rows.order_day < end)
    first, second = rows.order_no == 1, rows.order_no == 2
    kinds = {"first": first, "second": second, "later": rows.order_no > 2}
    flags = {f"{name}_orders": inside & kind for name, kind in kinds.items()}
    told: dict[str, ir.Value] = {name: flag.fill_null(False).ifelse(1, 0).sum() for name, flag in flags.items()}
    told |= {
        f"{name}_revenue": (inside & kind).fill_null(False).ifelse(rows.revenue, 0.0).sum()
        for name, kind in kinds.items()
    }
    told["credit_notes"] = (inside & ~rows.is_purchase).ifelse(rows.revenue, 0.0).sum()
    had_first = (first & (rows.order_day < end)).fill_null(False).ifelse(1, 0).sum()
    had_second = (second & (rows.order_day < start)).fill_null(False).ifelse(1, 0).sum()
    told["second_candidates"] = had_first - had_second
    told["later_candidates"] = (second & (rows.order_day < end)).fill_null(False).ifelse(1, 0).sum()
    return told


def _by_segment(joint: ir.Table, rules: Rules) -> ir.Table:
    """One row per window, dimension and segment with the counts of both periods."""
    cuts = [
        ibis.struct({"dimension": ibis.literal(name), "segment": joint[f"cut_{place}"]})
        for place, name in enumerate(kept_dimensions(rules))
    ]
    long = joint.mutate(at=ibis.array(cuts).unnest())
    columns = [name for name in joint.columns if not name.startswith("cut_")]
    named = long.select(*columns, dimension=long.at.dimension, segment=long.at.segment)
    sums = named.group_by("dimension", "segment").agg(**{name: named[name].sum() for name in columns})
    of_period = [f"{name}_{period}" for name in COUNTS for period in (NOW, BEFORE)]
    told = [
        ibis.struct({"window_days": whole(days), "older": sums[f"young_{days}"],
                     **{name: sums[f"{name}_{days}"] for name in of_period}})
        for days in windows(rules)
    ]  # fmt: skip
    each = sums.select("dimension", "segment", at=ibis.array(told).unnest())
    rows = each.select("dimension", "segment", **{name: each.at[name] for name in ("window_days", "older", *of_period)})
    older = rows.older.sum().over(ibis.window(group_by=rows.window_days))
    rows = rows.mutate(older=older)
    return rows.filter(rows.older > 0)


def _split(cells: ir.Table) -> ir.Table:
    rows = [
        ibis.struct({"part": ibis.literal(part), "level_before": before, "level_now": now, "effect": effect})
        for part, (before, now, effect) in _parts(cells).items()
    ]
    totals = {
        f"{what}_{period}": sum(
            (cells[f"{kind}_{what}_{period}"] for kind in ("first", "second", "later")),
            cells[f"credit_notes_{period}"] if what == "revenue" else whole(0),
        )
        for what in ("revenue", "orders")
        for period in (BEFORE, NOW)
    }
    each = cells.select(*KEYS, **totals, at=ibis.array(rows).unnest())
    told = each.mutate(**{name: each.at[name] for name in ("part", "level_before", "level_now", "effect")})
    active = (told.revenue_before != 0) | (told.revenue_now != 0) | (told.orders_before > 0) | (told.orders_now > 0)
    return told.filter(active | (told.dimension == ALL))


def _parts(cells: ir.Table) -> dict[str, tuple[ir.Value, ir.Value, ir.Value]]:
    """Part to its level before, its level now, and what its move did."""
    move = {
        name: (cells[f"{name}_{BEFORE}"].cast("float64"), cells[f"{name}_{NOW}"].cast("float64")) for name in COUNTS
    }
    value = {kind: _ratio(move[f"{kind}_revenue"], move[f"{kind}_orders"]) for kind in ("first", "second", "later")}
    rate = {kind: _ratio(move[f"{kind}_orders"], move[f"{kind}_candidates"]) for kind in ("second", "later")}
    newcomers, first_value = effects(move["first_orders"], known(*value["first"]))
    second = effects(move["second_candidates"], known(*rate["second"]), known(*value["second"]))
    later = effects(move["later_candidates"], known(*rate["later"]), known(*value["later"]))
    spend = _ratio(_total(move, "revenue"), _total(move, "orders"))
    candidates = tuple(
        one + other for one, other in zip(move["second_candidates"], move["later_candidates"], strict=True)
    )
    notes = move["credit_notes"]
    told = (
        (*move["first_orders"], newcomers),
        (*candidates, second[0] + later[0]),
        (*rate["second"], second[1]),
        (*rate["later"], later[1]),
        (*spend, first_value + second[2] + later[2]),
        (*notes, notes[1] - notes[0]),
    )
    return dict(zip(SALES_PARTS, told, strict=True))


def _ratio(above: tuple[ir.Value, ...], below: tuple[ir.Value, ...]) -> tuple[ir.Value, ir.Value]:
    before, now = (one / other.nullif(0.0) for one, other in zip(above, below, strict=True))
    return before, now


def _total(move: dict[str, tuple[ir.Value, ir.Value]], what: str) -> tuple[ir.Value, ir.Value]:
    kinds = ("first", "second", "later")
    return sum(move[f"{kind}_{what}"][0] for kind in kinds), sum(move[f"{kind}_{what}"][1] for kind in kinds)
