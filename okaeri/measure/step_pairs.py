"""Steps up the catalogue offers, and how often buyers took them."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import day_number
from okaeri.measure.days import whole
from okaeri.measure.intervals import wilson
from okaeri.measure.sample import sampled
from okaeri.schema.facts import TIERS
from okaeri.schema.measured.stepping_up import step_pairs as TABLE
from okaeri.schema.rules import Rules

#: A larger size lasts at least this many times as long.
LARGER = 1.5
#: At most so many steps are offered from a product: those whose price is next.
MOST_STEPS = 20
#: Buyers whose weight the rate of all steps of a kind has.
PRIOR = 20.0


def step_pairs(
    products: ir.Table, purchase_lines: ir.Table, customer_history: ir.Table, *, as_of: date, rules: Rules
) -> ir.Table:
    """Within a category, from each product the dearer ones of a higher tier, as a set or by subscription, and larger sizes
    of the same: names alike up to the first digit.

    A buyer counts from the first purchase of the product on, unless the step had been bought by then.
    """
    pairs = _ladder(products)
    taken = _taken(pairs, _first_days(purchase_lines, customer_history), as_of, rules)
    rows = pairs.left_join(taken, [("product_id", "from_id"), ("next_product_id", "to_id")])
    rows = rows.mutate(n=rows.n.fill_null(0), moved_count=rows.moved_count.fill_null(0))
    low, high = wilson(rows.moved_count, rows.n)
    rows = _shrunk(rows).mutate(moved_rate=rows.moved_count / rows.n.nullif(0), low=low, high=high)
    return rows.select(*TABLE.column_names)


def _ladder(products: ir.Table) -> ir.Table:
    """Pairs of products of one category, the second a step up."""
    known = products.filter(products.category.notnull(), products.price.notnull())
    known = known.select(
        "product_id", "category", price=known.price.cast("float64"), supply=known.days_of_supply.fill_null(0.0),
        level=ibis.cases(*((known.tier == tier, place) for place, tier in enumerate(TIERS)), else_=1),
        kind=known.kind.fill_null("single"), stem=known.name.re_replace("[0-9０-９].*$", "").strip(),
    )  # fmt: skip
    other = known.rename({f"next_{name}": name for name in known.columns})
    rows = known.inner_join(other, [("category", "next_category")])
    rows = rows.filter(rows.product_id != rows.next_product_id, rows.kind != "subscription")
    gain = rows.next_price - rows.price
    alone = rows.next_kind == "single"
    longer = (rows.stem == rows.next_stem) & (rows.supply > 0) & (rows.next_supply >= rows.supply * LARGER)
    step = ibis.cases(
        ((rows.next_kind == "subscription") & (rows.next_level >= rows.level), "course"),
        ((gain > 0) & (rows.next_kind == "bundle") & (rows.kind == "single"), "bundle"),
        ((gain > 0) & alone & (rows.next_level > rows.level), "tier"),
        ((gain > 0) & alone & (rows.next_level == rows.level) & longer, "size"),
    )
    rows = rows.mutate(step=step, price_gain=gain)
    rows = rows.filter(rows.step.notnull())
    near = ibis.window(group_by=(rows.product_id, rows.step), order_by=(rows.price_gain.abs(), rows.next_product_id))
    rows = rows.mutate(place=ibis.row_number().over(near))
    return rows.filter(rows.place < MOST_STEPS).select("product_id", "next_product_id", "step", "price_gain")


def _first_days(purchase_lines: ir.Table, customer_history: ir.Table) -> ir.Table:
    """The day each sampled customer first bought each product."""
    chosen = sampled(customer_history)
    lines = purchase_lines.semi_join(chosen.filter(chosen.is_sampled), [("customer_id", "sample_id")])
    return lines.group_by("customer_id", "product_id").agg(first_day=lines.order_day.min())


def _taken(pairs: ir.Table, first_days: ir.Table, as_of: date, rules: Rules) -> ir.Table:
    """Per pair: buyers observed through the window, and those who took the step in it."""
    window = whole(rules.conversion_window)
    old_enough = first_days.filter(first_days.first_day < whole(day_number(as_of)) - window)
    asked = pairs.select(from_id="product_id", to_id="next_product_id")
    rows = old_enough.inner_join(asked, [("product_id", "from_id")])
    later = first_days.select(to_day="first_day", mover_id="customer_id", moved_to="product_id")
    rows = rows.left_join(later, [("customer_id", "mover_id"), ("to_id", "moved_to")])
    new = rows.to_day.isnull() | (rows.to_day > rows.first_day)
    moved = (rows.to_day > rows.first_day) & (rows.to_day <= rows.first_day + window)
    return rows.group_by("from_id", "to_id").agg(
        n=new.ifelse(1, 0).sum(), moved_count=moved.fill_null(False).ifelse(1, 0).sum()
    )


def _shrunk(rows: ir.Table) -> ir.Table:
    """Add shrunk_rate."""
    every, of_kind = ibis.window(), ibis.window(group_by=rows.step)
    overall = rows.moved_count.sum().over(every) / rows.n.sum().over(every).nullif(0)
    rows = rows.mutate(overall=overall.fill_null(0.0))
    kind = (rows.moved_count.sum().over(of_kind) + PRIOR * rows.overall) / (rows.n.sum().over(of_kind) + PRIOR)
    rows = rows.mutate(kind_rate=kind)
    return rows.mutate(shrunk_rate=(rows.moved_count + PRIOR * rows.kind_rate) / (rows.n + PRIOR))
