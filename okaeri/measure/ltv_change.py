"""Why LTV moved since so many days ago."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from okaeri.measure.cuts import segments
from okaeri.measure.days import whole
from okaeri.measure.ltv_parts import credit_notes
from okaeri.measure.products_of_factors import Move, effects, known
from okaeri.measure.sales_change import BEFORE, NOW, kept_dimensions, windows
from okaeri.schema.measured.changes import LTV_PARTS
from okaeri.schema.measured.changes import ltv_change as TABLE
from okaeri.schema.measured.value import VALUE_KINDS
from okaeri.schema.rules import Rules

YEAR = 365
PERIODS = (BEFORE, NOW)
SEGMENT_KEYS = ("window_days", "value_kind", "dimension", "segment")


def horizon(rules: Rules) -> int:
    """A year, or the longest horizon of a shop that does not state it."""
    return YEAR if YEAR in rules.horizons else max(rules.horizons)


def ltv_change(purchases: ir.Table, customer_history: ir.Table, *, rules: Rules) -> ir.Table:
    """LTV of all customers observed through the horizon by today, against those who had been so many days ago.

    In a segment LTV is the sum over k of P(2) x P(k)/P(2) x v(k), a product of three factors for each k. Across
    segments it is share x LTV; a share's effect is taken against the mean LTV, so that a segment that grows at the
    cost of another shows what that costs or brings.
    """
    steps = _steps(_by_segment(_joint(purchases, customer_history, rules), rules))
    return _told(_by_part(steps))


def _joint(purchases: ir.Table, customer_history: ir.Table, rules: Rules) -> ir.Table:
    """Orders and value within the horizon by order number and all dimensions at once, today and so many days ago."""
    days = horizon(rules)
    old = customer_history.filter(customer_history.observed_days > days)
    named = segments(old, rules)
    cuts = {f"cut_{place}": named[name] for place, name in enumerate(kept_dimensions(rules))}
    people = old.select(buyer="customer_id", spare=old.observed_days - days, **cuts)
    columns = ("customer_id", "order_no", "age", "is_purchase", *VALUE_KINDS)
    bought = purchases.filter(purchases.is_purchase).select(*columns)
    both = ibis.union(bought, credit_notes(purchases).select(*columns))
    rows = both.filter(both.age <= days).inner_join(people, [("customer_id", "buyer")])
    sums = {}
    for back in (0, *windows(rules)):
        then = rows.spare > back
        sums[f"orders_{back}"] = (then & rows.is_purchase).ifelse(1, 0).sum()
        sums |= {f"{kind}_{back}": then.ifelse(rows[kind].fill_null(0.0), 0.0).sum() for kind in VALUE_KINDS}
    return rows.group_by("order_no", *cuts).agg(**sums, unknown=rows.gross_profit.isnull().ifelse(1, 0).sum())


def _by_segment(joint: ir.Table, rules: Rules) -> ir.Table:
    """One row per window, value kind, dimension, segment and order number."""
    cuts = [
        ibis.struct({"dimension": ibis.literal(name), "segment": joint[f"cut_{place}"]})
        for place, name in enumerate(kept_dimensions(rules))
    ]
    long = joint.mutate(at=ibis.array(cuts).unnest())
    columns = [name for name in joint.columns if name != "order_no" and not name.startswith("cut_")]
    named = long.select("order_no", *columns, dimension=long.at.dimension, segment=long.at.segment)
    sums = named.group_by("dimension", "segment", "order_no").agg(**{name: named[name].sum() for name in columns})
    told = [
        ibis.struct({
            "window_days": whole(back), "value_kind": ibis.literal(kind),
            "orders_before": sums[f"orders_{back}"], "orders_now": sums.orders_0,
            "total_before": sums[f"{kind}_{back}"], "total_now": sums[f"{kind}_0"],
            "unknown": sums.unknown if kind == "gross_profit" else whole(0),
        })
        for back in windows(rules) for kind in VALUE_KINDS
    ]  # fmt: skip
    each = sums.select("dimension", "segment", "order_no", at=ibis.array(told).unnest())
    names = ("window_days", "value_kind", "orders_before", "orders_now", "total_before", "total_now", "unknown")
    rows = each.select("dimension", "segment", "order_no", **{name: each.at[name] for name in names})
    whole_kind = ibis.window(group_by=(rows.window_days, rows.value_kind))
    rows = rows.mutate(unknown=rows.unknown.sum().over(whole_kind), sighted=rows.orders_before.sum().over(whole_kind))
    return rows.filter(rows.unknown == 0, rows.sighted > 0)


def _steps(rows: ir.Table) -> ir.Table:
    """Per order number: what the moves of P(2), of P(k)/P(2) and of the order's value did to the segment's LTV."""
    group = ibis.window(group_by=[rows[key] for key in SEGMENT_KEYS])
    line = ibis.window(group_by=[rows[key] for key in SEGMENT_KEYS], order_by=rows.order_no)
    told: dict[str, ir.Value] = {}
    for period in PERIODS:
        orders = rows[f"orders_{period}"]
        told[f"n_{period}"] = (rows.order_no == 1).ifelse(orders, 0).max().over(group)
        told[f"second_{period}"] = (rows.order_no == 2).ifelse(orders, 0).max().over(group)
        told[f"later_{period}"] = (rows.order_no > 2).ifelse(orders, 0)
        told[f"later_from_{period}"] = (rows.order_no > 2).ifelse(orders.lag().over(line), 0)
    rows = rows.mutate(**told)
    reach = _factor(lambda period: rows[f"second_{period}"] / rows[f"n_{period}"].nullif(0), rows.order_no > 1)
    further = _factor(lambda period: rows[f"orders_{period}"] / rows[f"second_{period}"].nullif(0), rows.order_no > 2)
    value = _factor(lambda period: rows[f"total_{period}"] / rows[f"orders_{period}"].nullif(0), rows.order_no > 0)
    names = ("effect_f2_rate", "effect_repeat_rate", "effect_order_value")
    return rows.mutate(**dict(zip(names, effects(reach, further, value), strict=True)))


def _factor(of: Callable[[str], ir.NumericValue], where: ir.BooleanValue) -> Move:
    """A factor before and now in the rows it belongs to, 1 in the others; a side nobody tells has not moved."""
    before, now = known(of(BEFORE), of(NOW))
    return where.ifelse(before, 1.0), where.ifelse(now, 1.0)


def _by_part(steps: ir.Table) -> ir.Table:
    """One row per segment: its counts, LTV and what each part did, weighed with its share of customers."""
    summed = ("orders", "total", "later", "later_from")
    names = [f"{name}_{period}" for name in summed for period in PERIODS]
    kept = [f"{name}_{period}" for name in ("n", "second") for period in PERIODS]
    rows = steps.group_by(*SEGMENT_KEYS).agg(
        **{name: steps[name].sum() for name in names}, **{name: steps[name].max() for name in kept},
        **{f"effect_{part}": steps[f"effect_{part}"].sum() for part in LTV_PARTS[1:]},
    )  # fmt: skip
    everybody = ibis.window(group_by=[rows[key] for key in SEGMENT_KEYS[:-1]])
    means = [rows[f"total_{period}"].sum().over(everybody) / rows[f"n_{period}"].sum().over(everybody).nullif(0)
             for period in PERIODS]  # fmt: skip
    shares = {f"share_{period}": rows[f"n_{period}"] / rows[f"n_{period}"].sum().over(everybody) for period in PERIODS}
    ltv = {f"ltv_{period}": rows[f"total_{period}"] / rows[f"n_{period}"].nullif(0) for period in PERIODS}
    rows = rows.mutate(mean=(means[0] + means[1]) / 2.0, **shares, **ltv)
    both = known(rows.ltv_before, rows.ltv_now)
    weight = (rows.share_before + rows.share_now) / 2.0
    return rows.mutate(
        effect_mix=(rows.share_now - rows.share_before) * ((both[0] + both[1]) / 2.0 - rows.mean),
        **{f"effect_{part}": rows[f"effect_{part}"] * weight for part in LTV_PARTS[1:]},
    )


def _told(rows: ir.Table) -> ir.Table:
    def level(part: str, period: str) -> ir.NumericValue:
        of = {
            "mix": ("share", None), "f2_rate": ("second", "n"), "repeat_rate": ("later", "later_from"),
            "order_value": ("total", "orders"),
        }  # fmt: skip
        above, below = of[part]
        value = rows[f"{above}_{period}"].cast("float64")
        return value if below is None else value / rows[f"{below}_{period}"].nullif(0)

    parts = [
        ibis.struct({
            "part": ibis.literal(part), "level_before": level(part, BEFORE), "level_now": level(part, NOW),
            "effect": rows[f"effect_{part}"],
        })
        for part in LTV_PARTS
    ]  # fmt: skip
    each = rows.select(*SEGMENT_KEYS, "ltv_before", "ltv_now", "n_before", "n_now", at=ibis.array(parts).unnest())
    told = ("part", "level_before", "level_now", "effect")
    return each.mutate(**{name: each.at[name] for name in told}).select(*TABLE.column_names)
