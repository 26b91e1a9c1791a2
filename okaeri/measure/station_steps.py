"""The days on which each customer met the rule of each station."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from okaeri.lib.periods import EPOCH
from okaeri.measure.days import whole
from okaeri.measure.persons import as_person
from okaeri.schema.rules import Rules


def stacked(parts: Iterable[ir.Table]) -> ir.Table:
    """Rows of all parts, one below the other."""
    return reduce(lambda above, part: above.union(part), parts)


def lead_days(customers: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """customer_id, day: the first sign of each person (station 1)."""
    seen = as_person(customers.filter(customers.first_seen_date < as_of), links)
    return seen.group_by("customer_id").agg(day=seen.first_seen_date.min().delta(EPOCH, unit="day"))


def order_steps(purchases: ir.Table, customer_history: ir.Table, products: ir.Table, rules: Rules) -> ir.Table:
    """customer_id, station, day by orders: first, repeat, step up, fan, and a large order.

    A step up is worth at least ``rules.step_up_ratio`` times the first order, and more than it. A large order counts
    as premium only where no product is marked so.
    """
    first = customer_history.select("first_order_revenue", buyer_id="customer_id")
    rows = purchases.filter(purchases.is_purchase).inner_join(first, [("customer_id", "buyer_id")])
    larger = (rows.revenue > rows.first_order_revenue) & (
        rows.revenue >= rows.first_order_revenue * rules.step_up_ratio
    )
    met = {
        2: rows.order_no == 1,
        3: rows.order_no == 2,
        4: (rows.order_no > 1) & larger,
        5: rows.order_no == rules.fan_orders,
        7: rows.revenue >= rules.premium_value,
    }
    days = rows.group_by("customer_id").agg(
        **{f"d{station}": rows.order_day.min(where=rule) for station, rule in met.items()}
    )
    premium = products.agg(premium_products=(products.tier == "premium").ifelse(1, 0).sum())
    days = days.cross_join(premium)
    days = days.mutate(d7=(days.premium_products.fill_null(0) == 0).ifelse(days.d7, ibis.null("int64")))
    return stacked(
        days.select("customer_id", station=whole(station), day=f"d{station}").filter(days[f"d{station}"].notnull())
        for station in met
    )


def product_steps(purchase_lines: ir.Table, products: ir.Table) -> ir.Table:
    """customer_id, station, day by products: step up from trial to another kind, and the first premium product."""
    kinds = products.select(
        known_id="product_id",
        is_trial=(products.tier == "trial").fill_null(False),
        is_premium=(products.tier == "premium").fill_null(False),
        is_more=(products.tier.isin(("core", "premium")) | products.kind.isin(("bundle", "subscription"))).fill_null(
            False
        ),
    )
    kinds = kinds.filter(kinds.is_trial | kinds.is_premium | kinds.is_more)
    rows = purchase_lines.inner_join(kinds, [("product_id", "known_id")])
    trial = rows.filter(rows.is_trial).group_by(tried_id="customer_id").agg(tried=lambda t: t.order_day.min())
    more = rows.filter(rows.is_more, ~rows.is_trial).inner_join(trial, [("customer_id", "tried_id")])
    return stacked(
        [_first_day(more.filter(more.order_day > more.tried), 4), _first_day(rows.filter(rows.is_premium), 7)]
    )


def praise_steps(
    voices: ir.Table, events: ir.Table, links: ir.Table, customer_history: ir.Table, as_of: date, rules: Rules
) -> ir.Table:
    """customer_id, station 6, day: the first good review, social post or referral on or after the first order's day."""
    praise = (voices.source == "review") & (voices.rating >= rules.praise_rating)
    said = voices.filter(voices.voice_date < as_of, praise | (voices.source == "social"))
    told = events.filter(events.event_date < as_of, events.kind == "refer")
    both = said.select("customer_id", on="voice_date").union(told.select("customer_id", on="event_date"))
    rows = as_person(both.filter(both.customer_id.notnull()), links)
    rows = rows.select("customer_id", order_day=rows.on.delta(EPOCH, unit="day"))
    rows = rows.inner_join(customer_history.select("first_day", buyer_id="customer_id"), [("customer_id", "buyer_id")])
    return _first_day(rows.filter(rows.order_day >= rows.first_day), 6)


def _first_day(rows: ir.Table, station: int) -> ir.Table:
    days = rows.group_by("customer_id").agg(day=rows.order_day.min())
    return days.select("customer_id", station=whole(station), day="day")
