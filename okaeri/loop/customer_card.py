"""One customer as plain values: where they stand, what is expected of them, and, for those who may see it, who they are."""

from __future__ import annotations

from typing import Any

from okaeri.loop.customers import ids_of, person_id_of
from okaeri.loop.published import BY_CUSTOMER, Published
from okaeri.loop.rows import plain
from okaeri.records.models import Person

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
