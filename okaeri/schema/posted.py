"""What programs may send: which tables a kind of batch fills, with which columns.

Days and months are worked out on the way; what names a person goes to the records, never into a fact.
"""

from __future__ import annotations

from okaeri.schema.facts import FACTS
from okaeri.schema.table import Column

#: Kind of batch to the fact table its rows fill; the lines of an order stand in the order.
KINDS = {"orders": "orders", "customers": "customers", "events": "events", "voices": "voices"}
LINES = "lines"
#: Columns okaeri works out by itself.
WORKED_OUT = frozenset({"order_date", "order_month", "event_date", "voice_date", "first_seen_date"})
#: What a row of customers may tell of the person; kept in the records alone.
PERSONAL = (
    Column("name", "string", "Name of the person"),
    Column("kana", "string", "Name in kana"),
    Column("email", "string", "Mail address"),
    Column("phone", "string", "Phone number"),
    Column("postal_code", "string", "Postal code"),
    Column("address", "string", "Address below the region"),
    Column("birth_date", "date", "Day of birth"),
)
#: Ids that belong to a store; without a colon they are those of the shop's own store.
STORE_IDS = ("order_id", "customer_id")
OWN = "own"
MOST_ROWS, MOST_LINES, MOST_BYTES = 1_000, 200, 2_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2099


def columns_of(kind: str) -> tuple[Column, ...]:
    """What a row of a batch of this kind may tell, its lines aside."""
    own = tuple(column for column in FACTS[KINDS[kind]].columns if column.name not in WORKED_OUT)
    return own + (PERSONAL if kind == "customers" else ())


def line_columns() -> tuple[Column, ...]:
    """What a line of an order may tell."""
    return tuple(
        column for column in FACTS["order_lines"].columns if column.name not in WORKED_OUT | {"order_id", "order_month"}
    )


def full_id(name: str, own: str) -> str:
    """An id with its store before it, where the column called ``name`` holds ids of stores."""
    return own if name not in STORE_IDS or ":" in own else f"{OWN}:{own}"
