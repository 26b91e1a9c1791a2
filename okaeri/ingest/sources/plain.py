"""Files whose columns are called as those of the fact tables: what a shop's own programs, or okaeri, write.

Days and months are worked out and need not be there. ``attributes`` and ``features`` are a JSON object in one cell or
columns called ``attributes.rank``. A file of customers may also bring the columns of a person (``email``, ``phone``,
``name`` ...), which become records, not facts.
"""

from __future__ import annotations

from functools import partial

from okaeri.ingest.ids import OWN
from okaeri.ingest.parsed import PERSON_COLUMNS, Context, Parsed, RawFile, Source
from okaeri.ingest.single import one_table
from okaeri.ingest.targets import DERIVED, MAPS
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Table

#: Columns that tell a table's file from any other.
_RECOGNISED: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("order_id", "ordered_at"),),
    "order_lines": (("order_id", "line_no"), ("order_id", "product_id", "quantity", "unit_price")),
    "customers": tuple(
        ("customer_id", name)
        for name in ("first_seen_at", "acquired_via", "acquisition_cost", "birth_year", "is_member", "attributes")
    ),
    "products": tuple(
        ("product_id", "name", more) for more in ("category", "price", "unit_cost", "days_of_supply", "features")
    ),
    "events": (("at", "kind", "visitor_id"), ("at", "kind", "customer_id")),
    "voices": (("at", "source", "text"), ("at", "source", "rating")),
    "costs": (("spent_on", "amount"), ("cost_id", "spent_on", "amount")),
}
_DEFAULTS = {"orders": {"status": "paid", "store": OWN, "currency": "JPY"}, "order_lines": {"kind": "goods"}}


def parse(table: Table, raw: RawFile, context: Context) -> Parsed:
    """The rows of ``table`` in ``raw``."""
    store = context.store or OWN
    defaults = _DEFAULTS.get(table.name, {})
    if "store" in defaults:
        defaults = defaults | {"store": store}
    return one_table(table, raw, columns_of(table, raw.header), context, store, defaults=defaults)


def columns_of(table: Table, header: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The header's names that ``table`` or its persons know."""
    into = MAPS.get(table.name)
    known = {name for name in table.column_names if name not in DERIVED}
    known |= {"order_lines": {"ordered_at", "order_month"}}.get(table.name, set())
    columns: dict[str, tuple[str, ...]] = {
        name: (name,) for name in header if name in known or (into and name.startswith(f"{into}."))
    }
    if table.name == "customers":
        persons = [name for name in PERSON_COLUMNS if name in header and name not in ("customer_id", "store")]
        if any(name != "region" for name in persons):
            columns |= {f"persons.{name}": (name,) for name in persons}
    return columns


def _source(table: Table) -> Source:
    return Source(
        name=f"plain_{table.name}",
        title=f"{table.name} with okaeri's own column names",
        brings=(table.name,),
        recognised_by=tuple(frozenset(names) for names in _RECOGNISED[table.name]),
        parse=partial(parse, table),
        notes="Columns as in the table; ids without a colon get the store's name before them.",
        takes_types=True,
    )


#: One source per fact table, by name.
PLAIN: dict[str, Source] = {source.name: source for source in map(_source, FACTS.values())}
