"""What a column of a shop's own file can be: ``table.column`` of the facts, of a person, or a few helpers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from okaeri.ingest.parsed import PERSON_COLUMNS
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Type

#: What one row of a file is, and the tables such a file brings.
GRAINS: dict[str, tuple[str, ...]] = {
    "line": ("orders", "order_lines", "products", "customers"),
    "order": ("orders", "order_lines", "products", "customers"),
    "customer": ("customers",),
    "product": ("products",),
    "event": ("events",),
    "voice": ("voices",),
    "cost": ("costs",),
}

#: Columns okaeri works out by itself; a file never brings them.
DERIVED = frozenset({"order_date", "order_month", "event_date", "voice_date", "first_seen_date"})

#: Columns whose cells are free names of the shop's own: ``customers.attributes.rank``.
MAPS = {"customers": "attributes", "products": "features"}

#: Stands for unit price where the file gives only what the whole line cost.
AMOUNT = "order_lines.amount"

#: Keys that another target fills in a file of orders.
_FILLED = {"order_lines.order_id", "products.product_id", "customers.customer_id"}


@cache
def targets(grain: str) -> Mapping[str, Type]:
    """Every name a mapping of this grain may give to a column, with its type; names in maps are not listed."""
    found: dict[str, Type] = {}
    for table in GRAINS[grain]:
        columns = (column for column in FACTS[table].columns if column.name not in DERIVED)
        found |= {f"{table}.{column.name}": column.type for column in columns if column.type != "map"}
    if "order_lines" in GRAINS[grain]:
        found = {name: kind for name, kind in found.items() if name not in _FILLED} | {AMOUNT: "decimal"}
    if "customers" in GRAINS[grain]:
        persons = (name for name in PERSON_COLUMNS if name not in ("customer_id", "store"))
        found |= {f"persons.{name}": "string" for name in persons}
    return MappingProxyType(found)


def is_target(grain: str, name: str) -> bool:
    """Whether a mapping of this grain may use ``name``, names in maps included."""
    if name in targets(grain):
        return True
    table, _, rest = name.partition(".")
    return table in GRAINS[grain] and table in MAPS and rest.removeprefix(f"{MAPS[table]}.") not in ("", rest)


def type_of(grain: str, name: str) -> Type:
    """The type of a target; what stands in a map is text."""
    return targets(grain).get(name, "string")
