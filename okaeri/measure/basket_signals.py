"""The ranker's covariates, each told where it varies: of a customer, of a product, of an own product, of a link.

So a covariate is computed once per customer or product and not once per candidate; and a score, a weighted sum, is the
sum of one number of each. A candidate that is not bought before, or that no link leads to, has 0 for those covariates.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.candidates import PAIR, SNAPSHOTS_APART, Past, candidates, link_sums, pair_key
from okaeri.measure.days import whole
from okaeri.schema.measured.recommending import (
    BY_PRODUCT,
    CROSSED,
    DAY_BOUNDS,
    DAY_HALF_LIVES,
    LINKS,
    OWN,
    PERSON,
    POPULARITY,
    VISIT_BOUNDS,
    VISIT_DECAYS,
)

#: What figures told apart when small start from.
LEAST = 1e-4
#: Days of silence of a customer, and since an own product was bought, from which on all count the same. The present is
#: later than the next visits that were learnt from, for who comes seldom by far: no weight is learnt that far out.
MOST_SILENT, MOST_DAYS = 30, 180


def of_customers(past: Past) -> ir.Table:
    """One row per snapshot and customer: the covariates PERSON, and the visits."""
    rows = past.people
    told = {
        "visits": _log(rows.visit_count), "basket_size": _log(rows.basket_size),
        "own_products": _log(rows.product_count), "again_rate": _log(rows.again_rate),
        "silent_days": _log(_at_most(rows.silent_days, MOST_SILENT)), "usual_between": _log(rows.usual_days),
    }  # fmt: skip
    return rows.select("snapshot", "customer_no", "visit_count", **{name: told[name] for name in PERSON})


def of_products(past: Past) -> ir.Table:
    """One row per snapshot and product: the covariates POPULARITY."""
    rows = past.products
    told = {
        "popular": _log(rows.bought_count), "buyers": _log(rows.buyer_count), "recent": _log(rows.recent_count),
        "last_visit": _log(rows.last_visit_count), "rebuy_rate": _log(rows.rebuy_rate),
        "rebuy_rate_deep": _deep(rows.rebuy_rate), "per_buyer": _log(rows.bought_count / rows.buyer_count),
        "usual_visits": _log(rows.usual_visits), "visit_size": rows.log_visit_size,
    }  # fmt: skip
    return rows.select("snapshot", "product_no", **{name: told[name] for name in POPULARITY})


def of_own(past: Past) -> ir.Table:
    """One row per snapshot, customer and product bought before: the covariates OWN, and what lists tell of it.

    ``recent`` is there for the terms BENDS.
    """
    usual = past.products.select(
        "snapshot", "product_no", "usual_visits", "usual_days", "recent_count",
        *(name for name in past.products.columns if name.startswith("hazard_")),
    )  # fmt: skip
    rows = past.own.inner_join(usual, ["snapshot", "product_no"])
    told = _by_visits(rows) | _by_days(rows)
    return rows.select(
        *PAIR, "bought_count", "last_days_ago", usual_days=_gap_days(rows), recent=_log(rows.recent_count),
        **{name: told[name] for name in OWN},
    )  # fmt: skip


def of_links(past: Past, pairs: ir.Table) -> ir.Table:
    """One row per candidate a link leads to: the covariates LINKS, and the product it goes with."""
    rows = link_sums(past, pairs)
    return rows.select("pair_key", "goes_with_no", **{name: _log(rows[name]) for name in LINKS})


def crossed(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    """Of a candidate: products of its customer's and its product's."""
    return {name: rows[one] * rows[other] for one, crosses in BY_PRODUCT.items() for name, other in crosses.items()}


def judged(past: Past) -> ir.Table:
    """Every candidate with all its covariates, ``is_own`` and ``goes_with_no``."""
    pairs = candidates(past)
    rows = joined(pairs, of_customers(past), of_products(past), of_own(past).drop("recent"), of_links(past, pairs))
    sure = {name: rows[name].fill_null(0.0) for name in (*OWN, *LINKS)}
    return rows.mutate(is_own=rows.bought_count.notnull(), **sure, **{name: crossed(rows)[name] for name in CROSSED})


def joined(pairs: ir.Table, people: ir.Table, products: ir.Table, own: ir.Table, linked: ir.Table) -> ir.Table:
    """Candidates with what is told of their customer, product, own product and links."""
    apart = whole(SNAPSHOTS_APART)
    rows = pairs.mutate(
        pair_key=pair_key(pairs), customer_key=pairs.customer_no * apart + pairs.snapshot,
        product_key=pairs.product_no * apart + pairs.snapshot,
    )  # fmt: skip
    for name, more in (("customer", people), ("product", products)):
        key = more[f"{name}_no"] * apart + more.snapshot
        named = more.mutate(other_key=key).drop("snapshot", f"{name}_no")
        rows = rows.inner_join(named, [(f"{name}_key", "other_key")]).drop(f"{name}_key", "other_key")
    for more in (own.mutate(other_key=pair_key(own)).drop(*PAIR), linked.rename(other_key="pair_key")):
        rows = rows.left_join(more, [("pair_key", "other_key")]).drop("other_key")
    return rows.drop("pair_key")


def _log(value: ir.Value) -> ir.FloatingColumn:
    return (value.cast("float64").fill_null(0.0) + 1.0).ln()


def _at_most(value: ir.NumericColumn, most: float) -> ir.NumericValue:
    """``value`` up to ``most``; nothing stays nothing, as the least of nothing and a number is that number."""
    return value.notnull().ifelse(ibis.least(value, most), ibis.null(value.type()))


def _deep(value: ir.Value) -> ir.FloatingColumn:
    """A logarithm that tells small values apart; 0 for nothing."""
    return ibis.greatest(value.cast("float64").fill_null(0.0) / LEAST, 1.0).ln()


def _by_visits(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    lag = rows.last_visits_ago + 1
    span = rows.first_visits_ago - rows.last_visits_ago
    gap = (span + 2.0 * rows.usual_visits) / (rows.bought_count + 1.0)
    share, since = rows.bought_count / rows.visit_count, rows.bought_count / (rows.first_visits_ago + 1.0)
    hazard = _hazard(rows, "visit", lag, VISIT_BOUNDS)
    told = {
        "bought": _log(rows.bought_count),
        "bought_share": _log(share), "bought_share_deep": _deep(share),
        "since_first": _log(since), "since_first_deep": _deep(since),
        "visits_ago": _log(ibis.least(lag, 60)), "due_visits": _log(ibis.least(lag / gap, 60.0)),
        "own_gap": _log((rows.bought_count > 1).ifelse(span / (rows.bought_count - 1.0).nullif(0.0), 0.0)),
        "own_visit_size": rows.log_visit_size, "least_visit_size": _log(rows.least_visit_size),
        "hazard_visit": _log(hazard), "hazard_visit_deep": _deep(hazard),
    }  # fmt: skip
    return told | _decayed(rows, [f"decayed_{int(rate * 100)}" for rate in VISIT_DECAYS])


def _by_days(rows: ir.Table) -> dict[str, ir.FloatingColumn]:
    hazard = _hazard(rows, "day", rows.last_days_ago, DAY_BOUNDS)
    due = rows.last_days_ago / ibis.greatest(_gap_days(rows), 1.0)
    told = {
        "days_ago": _log(_at_most(rows.last_days_ago, MOST_DAYS)),
        "due_days": _log(_at_most(due, 60.0)),
        "hazard_day": _log(hazard),
        "hazard_day_deep": _deep(hazard),
    }
    return told | _decayed(rows, [f"decayed_{days}_days" for days in DAY_HALF_LIVES])


def _decayed(rows: ir.Table, names: list[str]) -> dict[str, ir.FloatingColumn]:
    return {name: _log(rows[name]) for name in names} | {f"{name}_deep": _deep(rows[name]) for name in names}


def _gap_days(rows: ir.Table) -> ir.FloatingColumn:
    """Mean days between the customer's purchases, the product's mean counting as two."""
    return (rows.first_days_ago - rows.last_days_ago + 2.0 * rows.usual_days) / (rows.bought_count + 1.0)


def _hazard(rows: ir.Table, clock: str, lag: ir.IntegerColumn, bounds: tuple[int, ...]) -> ir.FloatingColumn:
    """The product's chance to be bought again at this lag."""
    cases = [(lag >= first, rows[f"hazard_{clock}_{number}"]) for number, first in reversed(list(enumerate(bounds)))]
    return ibis.cases(*cases)
