"""Two customers of whom somebody knows that they are one person, joined by hand.

What is joined so is a link like those okaeri finds, with the reason ``staff``: it can be taken apart again, and the next
refresh counts by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from okaeri.ingest.identity import leader
from okaeri.loop import snapshots
from okaeri.loop.choosing import place_of
from okaeri.loop.customers import names_of, person_id_of, row_of, search
from okaeri.loop.published import Published
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import Link, Person
from okaeri.schema.errors import RuleRefused

REASON = "staff"
#: Customers offered for what was typed.
OFFERED = 10


@dataclass(frozen=True)
class Candidate:
    """A customer who may be joined: what the records and the last refresh know."""

    customer_id: str
    person: Person | None
    row: dict[str, Any] | None


def found(laid: Published | None, query: str) -> list[Candidate]:
    """The first customers a search finds. Call it with the records in use."""
    ids = list(search(query))[:OFFERED]
    if not ids and laid is not None and place_of(laid, query.strip()) is not None:
        ids = [query.strip()]
    return [candidate(laid, one) for one in ids]


def candidate(laid: Published | None, customer_id: str) -> Candidate:
    """What is known of a customer. Call it with the records in use."""
    row = row_of(laid, customer_id) if laid is not None else None
    return Candidate(customer_id, names_of([customer_id]).get(customer_id), row)


def join(laid: Published | None, one: str, other: str, *, actor: str) -> Link:
    """Count two customers as one person from the next refresh on; joined already, nothing changes. Call it with the
    records in use.

    The person is the one others are joined with already, else a member rather than a guest. Raises RuleRefused for a
    customer nobody knows, for one and the same, and where both are joined with others: then nobody could take just these
    two apart again.
    """
    if one == other:
        raise RuleRefused("Choose two different customers")
    for customer_id in (one, other):
        if not _is_known(laid, customer_id):
            raise RuleRefused("There is no customer {customer_id}", customer_id=customer_id)
    try:
        with atomic():
            return _joined(one, other, actor)
    except IntegrityError as quicker:
        raise RuleRefused("One of the two was just joined with somebody; look again") from quicker


def _is_known(laid: Published | None, customer_id: str) -> bool:
    is_measured = laid is not None and place_of(laid, customer_id) is not None
    return is_measured or Person.objects.filter(customer_id=customer_id).exists()


def _joined(one: str, other: str, actor: str) -> Link:
    persons = sorted({person_id_of(one), person_id_of(other)})
    if len(persons) == 1:
        held = Link.objects.filter(undone_at=None, customer_id__in=(one, other)).order_by("pk").first()
        if held is None:
            raise RuleRefused("Choose two different customers")
        return held
    groups = [name for name in persons if Link.objects.filter(undone_at=None, person_id=name).exists()]
    if len(groups) > 1:
        raise RuleRefused("Both are joined with others already; take one of them apart first")
    person = groups[0] if groups else leader(persons)
    (joined,) = (name for name in persons if name != person)
    at = snapshots.now()
    made = Link.objects.create(customer_id=joined, person_id=person, reason=REASON, evidence=actor, made_at=at)
    note(actor, "link", customer_id=joined, person_id=person)
    return made
