"""What each customer might buy next, with everything that speaks for or against it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole
from okaeri.schema.measured.recommending import DAY_BOUNDS, VISIT_BOUNDS

#: Candidates beside a customer's own products: most bought, most bought lately, and best linked with the own ones.
POPULAR, RECENT = 100, 50
#: Candidates by link: so many of the best links of so many own products.
LINKED, LINKED_FROM = 5, 20
#: Own products whose links speak for a candidate: those bought most and latest.
MOST_OWN = 60
#: Room for a product's number beside the strength of a link.
PRODUCTS_APART = 10_000_000
PAIR = ("snapshot", "customer_no", "product_no")


def candidates(
    own_products: ir.Table, customer_habits: ir.Table, product_habits: ir.Table, product_links: ir.Table
) -> ir.Table:
    """Own, popular and linked products of each customer in ``customer_habits``, with the figures of each."""
    recent = _latest(own_products)
    led_to = _led_to(recent, product_links)
    keys = ibis.union(
        own_products.select(*PAIR), _popular(customer_habits, product_habits), _best_linked(recent, product_links)
    ).distinct()
    people = customer_habits.select(
        "snapshot", "customer_no", "basket_size", "again_rate", "silent_days", visits="visit_count",
        own_count="product_count", usual_between="usual_days",
    )  # fmt: skip
    products = product_habits.rename(product_bought="bought_count", product_usual_days="usual_days")
    rows = keys.inner_join(people, ["snapshot", "customer_no"]).inner_join(products, ["snapshot", "product_no"])
    rows = _joined(rows, own_products.drop("visit_count"), "own")
    rows = _joined(rows, _link_scores(led_to, keys), "linked")
    return rows.mutate(is_own=rows.bought_count.notnull(), goes_with_no=_origin(rows.strongest))


def _origin(strongest: ir.IntegerColumn) -> ir.IntegerColumn:
    """The number of the own product the strongest link comes from."""
    apart = whole(PRODUCTS_APART)
    return apart - strongest % apart


def coarse(value: ir.NumericValue) -> ir.FloatingValue:
    """To a millionth, for orderings: sums of floats differ in the last bits with the order of adding."""
    return (value * 1e6 + 0.5).floor()


def _joined(rows: ir.Table, more: ir.Table, name: str) -> ir.Table:
    """``rows`` with the other columns of ``more``, empty where it has no such pair."""
    renamed = more.rename({f"{name}_{column}": column for column in PAIR})
    joined = rows.left_join(renamed, [(column, f"{name}_{column}") for column in PAIR])
    return joined.drop(*(f"{name}_{column}" for column in PAIR))


def _popular(people: ir.Table, products: ir.Table) -> ir.Table:
    """Each customer with each of the most popular products."""
    order = {
        name: ibis.row_number().over(
            ibis.window(group_by=products.snapshot, order_by=(coarse(products[column]).desc(), products.product_no))
        )
        for name, column in (("place", "bought_count"), ("recent_place", "recent_count"))
    }
    ranked = products.mutate(**order)
    best = ranked.filter((ranked.place < POPULAR) | (ranked.recent_place < RECENT))
    return people.select("snapshot", "customer_no").inner_join(best.select("snapshot", "product_no"), "snapshot")


def _latest(own: ir.Table) -> ir.Table:
    """The own products links are followed from; ``place`` 0 was bought most and latest."""
    line = ibis.window(
        group_by=(own.snapshot, own.customer_no), order_by=(coarse(own.decayed_85).desc(), own.product_no)
    )
    ranked = own.mutate(place=ibis.row_number().over(line))
    return ranked.filter(ranked.place < MOST_OWN).select(
        "snapshot", "customer_no", "bought_count", "decayed_50", "decayed_70", "decayed_95", "place",
        from_no="product_no", lateness=(ranked.last_visits_ago.cast("float64") * -0.5).exp(),
        is_last=(ranked.last_visits_ago == 0).ifelse(1.0, 0.0),
    )  # fmt: skip


def _led_to(recent: ir.Table, links: ir.Table) -> ir.Table:
    """Each link from each of those products; ``product_no`` is where it leads."""
    ends = links.rename(link_snapshot="snapshot", link_from="product_no", product_no="other_no")
    return recent.inner_join(ends, [("snapshot", "link_snapshot"), ("from_no", "link_from")])


def _best_linked(recent: ir.Table, links: ir.Table) -> ir.Table:
    """A join of its own, of few rows: all links of all own products are too many to keep for a second use."""
    led_to = _led_to(recent.filter(recent.place < LINKED_FROM), links.filter(links["rank"] <= LINKED))
    return led_to.select(*PAIR)


def _link_scores(led_to: ir.Table, keys: ir.Table) -> ir.Table:
    """Sums and maxima of the links that lead to the candidates, weighed by how often and how lately bought."""
    rows = led_to.semi_join(keys, PAIR)
    scores = rows.next_score + rows.together_score + rows.buyers_score
    strength = (rows.lateness * scores * 1e6).floor().cast("int64")
    return rows.group_by(*PAIR).agg(
        next_sum=(rows.decayed_50 * rows.next_score).sum(),
        next_max=(rows.lateness * rows.next_score).max(),
        next_last=(rows.is_last * rows.next_score).sum(),
        together_sum=(rows.decayed_70 * rows.together_score).sum(),
        together_max=(rows.lateness * rows.together_score).max(),
        buyers_sum=(rows.decayed_95 * rows.buyers_score).sum(),
        buyers_max=rows.buyers_score.max(),
        buyers_count=(rows.bought_count * rows.buyers_score).sum(),
        strongest=(strength * whole(PRODUCTS_APART) + (whole(PRODUCTS_APART) - rows.from_no)).max(),
    )


def signals(rows: ir.Table, days: bool = True) -> dict[str, ir.FloatingColumn]:
    """The ranker's covariates of each candidate, by name; without ``days`` those told by visits alone."""
    told = _habit(rows) | _popularity(rows) | _person(rows) | _links(rows)
    return told | (_clock(rows) if days else {})


def _log(value: ir.Value) -> ir.FloatingColumn:
    return (value.cast("float64").fill_null(0.0) + 1.0).ln()


def _deep(value: ir.Value) -> ir.FloatingColumn:
    """A logarithm that tells small values apart."""
    return ibis.greatest(value.cast("float64").fill_null(0.0), 1e-4).ln()


def _habit(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    own = rows.bought_count.notnull()
    lag = rows.last_visits_ago + 1
    span = rows.first_visits_ago - rows.last_visits_ago
    gap = (span + 2.0 * rows.usual_visits) / (rows.bought_count + 1.0)
    told = {
        "bought": _log(rows.bought_count),
        "bought_share": _log(rows.bought_count / rows.visits),
        "bought_share_deep": _deep(rows.bought_count / rows.visits),
        "since_first": _log(rows.bought_count / (rows.first_visits_ago + 1.0)),
        "since_first_deep": _deep(rows.bought_count / (rows.first_visits_ago + 1.0)),
        "visits_ago": _log(ibis.least(lag, 60)),
        "due_visits": _log(ibis.least(lag / gap, 60.0)),
        "own_gap": _log((rows.bought_count > 1).ifelse(span / (rows.bought_count - 1.0).nullif(0.0), 0.0)),
        "hazard_visit": _log(_hazard(rows, "visit", lag, VISIT_BOUNDS)),
        "hazard_visit_deep": _deep(_hazard(rows, "visit", lag, VISIT_BOUNDS)),
    }
    for name in ("decayed_50", "decayed_70", "decayed_85", "decayed_95"):
        told |= {name: _log(rows[name]), f"{name}_deep": _deep(rows[name])}
    return {name: own.ifelse(value, 0.0) for name, value in told.items()}


def _clock(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    own = rows.bought_count.notnull()
    span = rows.first_days_ago - rows.last_days_ago
    gap = (span + 2.0 * rows.product_usual_days) / (rows.bought_count + 1.0)
    hazard = _hazard(rows, "day", rows.last_days_ago, DAY_BOUNDS)
    told = {
        "days_ago": _log(rows.last_days_ago),
        "due_days": _log(ibis.least(rows.last_days_ago / ibis.greatest(gap, 1.0), 60.0)),
        "hazard_day": _log(hazard),
        "hazard_day_deep": _deep(hazard),
    }
    for name in ("decayed_14_days", "decayed_45_days", "decayed_150_days"):
        told |= {name: _log(rows[name]), f"{name}_deep": _deep(rows[name])}
    person = {"silent_days": _log(rows.silent_days), "usual_between": _log(rows.usual_between)}
    return {name: own.ifelse(value, 0.0) for name, value in told.items()} | person


def _hazard(rows: ir.Table, clock: str, lag: ir.IntegerColumn, bounds: tuple[int, ...]) -> ir.FloatingColumn:
    """The product's chance to be bought again at this lag."""
    cases = [(lag >= first, rows[f"hazard_{clock}_{number}"]) for number, first in reversed(list(enumerate(bounds)))]
    return ibis.cases(*cases)


def _popularity(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    return {
        "popular": _log(rows.product_bought),
        "buyers": _log(rows.buyer_count),
        "recent": _log(rows.recent_count),
        "last_visit": _log(rows.last_visit_count),
        "rebuy_rate": _log(rows.rebuy_rate),
        "rebuy_rate_deep": _deep(rows.rebuy_rate),
        "per_buyer": _log(rows.product_bought / rows.buyer_count),
        "usual_visits": _log(rows.usual_visits),
    }


def _person(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    return {
        "visits": _log(rows.visits), "basket_size": _log(rows.basket_size), "own_products": _log(rows.own_count),
        "again_rate": _log(rows.again_rate),
        "recent_by_visits": _log(rows.recent_count) * _log(rows.visits),
        "recent_by_size": _log(rows.recent_count) * _log(rows.basket_size),
        "recent_by_again": _log(rows.recent_count) * rows.again_rate,
    }  # fmt: skip


def _links(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    names = (
        "next_sum",
        "next_max",
        "next_last",
        "together_sum",
        "together_max",
        "buyers_sum",
        "buyers_max",
        "buyers_count",
    )
    told = {name: _log(rows[name]) for name in names}
    return told | {f"{name}_deep": _deep(rows[name]) for name in names}
