"""One customer as plain values: where they stand, what is expected of them, and, for those who may see it, who they are."""

from __future__ import annotations

from typing import Any

from okaeri.loop.published import BY_CUSTOMER, Published
from okaeri.loop.rows import plain
from okaeri.records.models import Link, Person

#: Rows told of each table, the first in the order of its key.
MOST_ROWS = 500
_PERSONAL = ("customer_id", "store", "name", "kana", "email", "phone", "postal_code", "region", "address", "birth_date")


def customer_card(laid: Published, customer_id: str, *, with_person: bool) -> dict[str, Any] | None:
    """What is measured of a customer, table by table, and the persons behind it; None where there is no such customer.

    Any of the ids a person has with the stores will do. Call it with the records in use.
    """
    counted = person_id_of(customer_id)
    tables = {name: laid.of_customer(name, counted)[:MOST_ROWS] for name in BY_CUSTOMER if laid.path(name).exists()}
    ids = ids_of(counted)
    if not any(tables.values()) and not Person.objects.filter(customer_id__in=ids).exists():
        return None
    told = {name: [{key: plain(value) for key, value in row.items()} for row in rows] for name, rows in tables.items()}
    persons = (
        list(Person.objects.filter(customer_id__in=ids).order_by("pk").values(*_PERSONAL)) if with_person else None
    )
    return {
        "customer_id": counted, "ids": ids, "as_of": laid.as_of.isoformat(), "persons": persons, "tables": told,
    }  # fmt: skip


def person_id_of(customer_id: str) -> str:
    """The id under which this customer's rows are counted."""
    link = Link.objects.filter(customer_id=customer_id, undone_at=None).first()
    return link.person_id if link else customer_id


def ids_of(person_id: str) -> list[str]:
    """Every id counted under ``person_id``, itself first."""
    linked = Link.objects.filter(person_id=person_id, undone_at=None).order_by("customer_id")
    return [person_id, *(made for made in linked.values_list("customer_id", flat=True) if made != person_id)]
