"""Customers of several stores counted as the one person they are."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir


def as_person(rows: ir.Table, links: ir.Table) -> ir.Table:
    """``rows`` with ``customer_id`` replaced by the person's, where a link says so."""
    linked = rows.left_join(
        links.select(linked_id="customer_id", linked_to="person_id"), [("customer_id", "linked_id")]
    )
    return linked.mutate(customer_id=ibis.coalesce(linked.linked_to, linked.customer_id)).drop("linked_id", "linked_to")


def known_people(customers: ir.Table, links: ir.Table, as_of: date) -> ir.Table:
    """What the shop knows of a person: each person's earliest-seen customer row speaks, others fill nothing in.

    Columns: person_id, first_seen_date, acquired_via, acquired_campaign, acquisition_cost, region, gender, age_band,
    attributes.
    """
    seen = customers.filter(customers.first_seen_date.isnull() | (customers.first_seen_date < as_of))
    person = as_person(seen.mutate(store_id=seen.customer_id), links)
    order = ibis.window(
        group_by=person.customer_id, order_by=(person.first_seen_at.asc(nulls_first=False), person.store_id)
    )
    ranked = person.mutate(place=ibis.row_number().over(order))
    speaks = ranked.filter(ranked.place == 0)
    years = as_of.year - speaks.birth_year
    band = ((years / 10).floor().cast("int64") * 10).cast("string") + "s"
    return speaks.select(
        "first_seen_date", "acquired_via", "acquired_campaign", "region", "gender", "attributes", person_id="customer_id",
        acquisition_cost=speaks.acquisition_cost.cast("float64"), age_band=band,
    )  # fmt: skip
