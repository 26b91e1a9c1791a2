"""What each customer might buy next: own products, popular ones, and those linked with the own ones."""

from __future__ import annotations

from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from okaeri.measure.days import whole

#: Candidates beside a customer's own products: most bought, and most bought lately.
POPULAR, RECENT = 80, 50
#: Candidates by link: so many of the best links of so many own products.
LINKED, LINKED_FROM = 5, 15
#: Own products whose links speak for a candidate, those bought most and latest, and the links of each that do.
MOST_OWN, MOST_LINKS = 15, 30
#: Room for a product's number beside the strength of a link, and for that of a snapshot.
PRODUCTS_APART, SNAPSHOTS_APART = 10_000_000, 1000
PAIR = ("snapshot", "customer_no", "product_no")


class Past(NamedTuple):
    """The tables own_products, customer_habits, product_habits and product_links, of one or more snapshots."""

    own: ir.Table
    people: ir.Table
    products: ir.Table
    links: ir.Table

    def now(self) -> Past:
        """Of the present only."""
        return Past(*(table.filter(table.snapshot == 0) for table in self))


def candidates(past: Past) -> ir.Table:
    """Pairs of each customer in ``past.people`` with the products to be judged."""
    recent = latest(past.own, LINKED_FROM)
    near = past.links.filter(past.links["rank"] <= LINKED)
    parts = past.own.select(*PAIR), _popular(past.people, past.products), _led_to(recent, near).select(*PAIR)
    return ibis.union(*parts, distinct=True)


def pair_key(rows: ir.Table) -> ir.IntegerColumn:
    """Snapshot, customer and product as one number.

    Joins by such numbers are done in the order they are written: by three columns an engine may join candidates with
    links first, by product, for all customers at once.
    """
    return (rows.customer_no * whole(SNAPSHOTS_APART) + rows.snapshot) * whole(PRODUCTS_APART) + rows.product_no


def coarse(value: ir.NumericValue) -> ir.FloatingValue:
    """To a millionth, for orderings: sums of floats differ in the last bits with the order of adding."""
    return (value * 1e6 + 0.5).floor()


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


def latest(own: ir.Table, most: int) -> ir.Table:
    """The ``most`` own products of each customer bought most and latest, with what their links are weighed by."""
    line = ibis.window(
        group_by=(own.snapshot, own.customer_no), order_by=(coarse(own.decayed_85).desc(), own.product_no)
    )
    ranked = own.mutate(place=ibis.row_number().over(line))
    return ranked.filter(ranked.place < most).select(
        "snapshot", "customer_no", "bought_count", "decayed_50", "decayed_70", "decayed_95",
        from_no="product_no", lateness=(ranked.last_visits_ago.cast("float64") * -0.5).exp(),
        is_last=(ranked.last_visits_ago == 0).ifelse(1.0, 0.0),
    )  # fmt: skip


def _led_to(recent: ir.Table, links: ir.Table) -> ir.Table:
    """Each link from each of those products; ``product_no`` is where it leads."""
    ends = links.rename(link_snapshot="snapshot", link_from="product_no", product_no="other_no")
    return recent.inner_join(ends, [("snapshot", "link_snapshot"), ("from_no", "link_from")])


def link_sums(past: Past, pairs: ir.Table) -> ir.Table:
    """Per ``pair_key``: sums and maxima of the links that lead to it, weighed by how often and how lately bought.

    ``goes_with_no`` is the own product the strongest link comes from. Candidates no link leads to have no row. Links
    are told apart from candidates before they are summed, so that no engine keeps sums nobody asks for.
    """
    rows = _led_to(latest(past.own, MOST_OWN), past.links.filter(past.links["rank"] <= MOST_LINKS))
    rows = rows.mutate(pair_key=pair_key(rows)).semi_join(pairs.select(pair_key=pair_key(pairs)), "pair_key")
    scores = rows.next_score + rows.together_score + rows.buyers_score
    strength = (rows.lateness * scores * 1e6).floor().cast("int64")
    apart = whole(PRODUCTS_APART)
    found = rows.group_by("pair_key").agg(
        next_sum=(rows.decayed_50 * rows.next_score).sum(),
        next_max=(rows.lateness * rows.next_score).max(),
        next_last=(rows.is_last * rows.next_score).sum(),
        together_sum=(rows.decayed_70 * rows.together_score).sum(),
        together_max=(rows.lateness * rows.together_score).max(),
        buyers_sum=(rows.decayed_95 * rows.buyers_score).sum(),
        buyers_max=rows.buyers_score.max(),
        buyers_count=(rows.bought_count * rows.buyers_score).sum(),
        strongest=(strength * apart + (apart - rows.from_no)).max(),
    )
    return found.mutate(goes_with_no=apart - found.strongest % apart).drop("strongest")
