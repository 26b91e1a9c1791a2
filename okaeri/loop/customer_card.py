"""One customer as plain values: where they stand, what is expected of them, and, for those who may see it, who they are
and all a card tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from okaeri.loop.card import Card, Row, card_of
from okaeri.loop.customers import ids_of, person_id_of
from okaeri.loop.published import BY_CUSTOMER, Published
from okaeri.loop.rows import permission_of, plain
from okaeri.loop.workspace import Workspace
from okaeri.records.models import Person
from okaeri.schema.computed import TABLES

#: Rows told of each table, the first in the order of its key.
MOST_ROWS = 500
_PERSONAL = ("customer_id", "store", "name", "kana", "email", "phone", "postal_code", "region", "address", "birth_date")
_NOTE = ("text", "is_task", "due_on", "made_at", "made_by", "done_at", "done_by")
_REASONS = (1, 2, 3)


def customer_card(laid: Published, customer_id: str, *, may: frozenset[str]) -> dict[str, Any] | None:
    """What is measured of a customer, table by table, and the persons behind it; None where there is no such customer.

    Who may see ``people`` is told all, as the card of the console does; others the tables they may read, and no person.
    ``truncated`` says how many rows there are of tables that have more than are told. Any of the ids a person has with
    the stores will do. Call it with the records in use.
    """
    counted, sees = person_id_of(customer_id), "people" in may
    names = [name for name in BY_CUSTOMER if sees or permission_of(TABLES[name]) in may]
    tables = {name: laid.of_customer(name, counted) for name in names if laid.path(name).exists()}
    ids = ids_of(counted)
    if not any(tables.values()) and not Person.objects.filter(customer_id__in=ids).exists():
        return None
    persons = list(Person.objects.filter(customer_id__in=ids).order_by("pk").values(*_PERSONAL)) if sees else None
    return {
        "customer_id": counted, "ids": ids, "as_of": laid.as_of.isoformat(), "persons": persons,
        "tables": {name: _rows(rows) for name, rows in tables.items()}, "truncated": _truncated(tables),
    }  # fmt: skip


def told_card(workspace: Workspace, laid: Published, counted: str) -> tuple[Card, dict[str, Any]] | None:
    """The card of a customer as :func:`customer_card` calls them, and what it tells as plain values; None where the last
    refresh did not know them. It names persons and quotes them. Call it with the records in use."""
    card = card_of(workspace, laid, counted)
    if card is None:
        return None
    way, opened = card.channel
    return card, {
        "orders": [_order(row) for row in card.orders[:MOST_ROWS]], "voices": _rows(card.voices),
        "notes": [{name: plain(getattr(note, name)) for name in _NOTE} for note in card.notes],
        "trouble": _plain(card.trouble) if card.trouble else None, "leaving": [_leaving(row) for row in _risks(card)],
        "channel": {"way": way, "opened": opened}, "last_goods": card.last_goods, "hour": _hour(card),
        "truncated": _truncated({"orders": card.orders, "voices": card.voices}),
    }  # fmt: skip


def _plain(row: Mapping[str, Any]) -> Row:
    return {name: plain(value) for name, value in row.items()}


def _rows(rows: Iterable[Row]) -> list[Row]:
    return [_plain(row) for row in list(rows)[:MOST_ROWS]]


def _truncated(tables: Mapping[str, list[Row]]) -> dict[str, int]:
    """How many rows there are, of those with more than are told."""
    return {name: len(rows) for name, rows in tables.items() if len(rows) > MOST_ROWS}


def _order(row: Row) -> Row:
    goods = {"goods": row["goods"]}
    return _plain({name: value for name, value in row.items() if name not in goods}) | goods


def _risks(card: Card) -> list[Row]:
    return sorted(card.rows["churn_risk"], key=lambda row: row["risk_rank"])


def _leaving(row: Row) -> Row:
    """How likely they leave, of one subscription or of all they buy one by one, and what speaks most for it."""
    given = [{"reason": row[f"reason_{n}"], "odds": plain(row[f"reason_{n}_odds"])} for n in _REASONS]
    return {
        "subscription_id": row["subscription_id"], "chance_90": plain(row["leaving_chance_90"]),
        "yen_at_stake": plain(row["yen_at_stake"]), "reasons": [one for one in given if one["reason"]],
    }  # fmt: skip


def _hour(card: Card) -> Row | None:
    if card.hours is None:
        return None
    part, most, orders = card.hours
    return {"part": part, "orders": most, "of": orders}
