"""What a sample of customers could have been foretold to buy at their latest visit, and what they bought."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.measure.basket_signals import judged
from okaeri.measure.candidates import PAIR, Past
from okaeri.measure.days import whole
from okaeri.schema.measured.recommending import next_basket_choices as TABLE

#: Customers of each snapshot the ranker learns from; more change no list that matters.
MOST_CUSTOMERS = 8000
#: Multiplicative hashing (Knuth, TAOCP 3, 6.4): the golden ratio of 2^32.
GOLDEN, TURN = 2_654_435_761, 4_294_967_296


def next_basket_choices(
    past_lines: ir.Table,
    own_products: ir.Table,
    customer_habits: ir.Table,
    product_habits: ir.Table,
    product_links: ir.Table,
) -> ir.Table:
    """Candidates of each snapshot before the present one, with what the first visit hidden then held."""
    people = _sample(customer_habits.filter(customer_habits.snapshot > 0))
    own = own_products.semi_join(people, ["snapshot", "customer_no"])
    rows = judged(Past(own, people, product_habits, product_links))
    came = past_lines.filter(past_lines.snapshot == 0).select(
        came_snapshot=past_lines.visits_ago + whole(1), came_customer="customer_no", came_product="product_no"
    )
    same = list(zip(PAIR, ("came_snapshot", "came_customer", "came_product"), strict=True))
    told = rows.left_join(came, same)
    return told.mutate(is_bought=told.came_product.notnull()).select(*TABLE.column_names)


def _sample(people: ir.Table) -> ir.Table:
    """Up to about :data:`MOST_CUSTOMERS` of each snapshot, the same ones every time."""
    counted = people.cross_join(people.agg(person_count=people.customer_no.nunique()))
    place = (counted.customer_no * _big(GOLDEN)) % _big(TURN)
    return counted.filter(place * counted.person_count <= _big(TURN * MOST_CUSTOMERS)).drop("person_count")


def _big(number: int) -> ir.IntegerScalar:
    return ibis.literal(number, "int64")
