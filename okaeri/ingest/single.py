"""One fact table from one file, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from okaeri.ingest import parties, reasons
from okaeri.ingest.cells import Cells, Fault, fault_list, problems_of
from okaeri.ingest.columns import Reader, column_named
from okaeri.ingest.localtime import instant_of, local_of
from okaeri.ingest.parsed import Context, Parsed, RawFile
from okaeri.ingest.scrub import scrubbed
from okaeri.ingest.shaping import conform, json_map, map_columns
from okaeri.ingest.targets import MAPS
from okaeri.schema.table import Table, Type
from okaeri.schema.types import IBIS_TYPES

#: The instant of a table and the day columns worked out from it.
DAYS: dict[str, tuple[str, dict[str, str | None]]] = {
    "orders": ("ordered_at", {"order_date": None, "order_month": "%Y-%m"}),
    "order_lines": ("ordered_at", {"order_month": "%Y-%m"}),
    "customers": ("first_seen_at", {"first_seen_date": None}),
    "events": ("at", {"event_date": None}),
    "voices": ("at", {"voice_date": None}),
}
#: Ids that are a store's and need its name before them.
STORE_IDS = ("order_id", "customer_id")
#: Tables whose rows may come without an id: it is made from what the row says.
NAMED_BY_CONTENT = {"events": "event_id", "voices": "voice_id", "costs": "cost_id"}


@ibis.udf.scalar.builtin(name="sha256")
def _sha256(text: str) -> str:  # type: ignore[empty-body]
    """Hex digits of SHA-256."""


def one_table(
    table: Table,
    raw: RawFile,
    columns: Mapping[str, Sequence[str]],
    context: Context,
    store: str,
    date_format: str = "",
    defaults: Mapping[str, str] | None = None,
) -> Parsed:
    """``columns`` says which columns of the file are which of ``table``, of persons (``persons.email``) included.

    An id without a colon gets ``store`` before it; ``defaults`` fill what is empty.
    """
    cells = Cells(raw, raw.rows)
    reader = Reader(cells, context.zone, date_format)
    read = {name: _read(reader, sources, table, name) for name, sources in columns.items()}
    read = _with_maps(table, read, columns, cells)
    rows = raw.rows.select("row_no", **read, faults=fault_list(cells.faults))
    rows = _defaulted(rows, defaults or {})
    rows = _with_store(rows, store, context)
    rows = _named(table, _with_days(table, _numbered(table, rows), context.zone))
    if table.name == "voices" and "text" in rows.columns:
        rows = rows.mutate(text=scrubbed(rows.text))
    kept = rows.cache()
    persons = parties.persons_of(kept) if parties.has_columns_of(kept, "persons") else None
    return Parsed({table.name: conform(table, kept)}, problems_of(kept), persons)


def _read(reader: Reader, sources: Sequence[str], table: Table, name: str) -> ir.Value:
    """The column as its table wants it; a map of a typed file is one already."""
    column = column_named(reader.cells.raw, reader.cells.rows, sources[0])
    if isinstance(column, ir.MapValue):
        return column.cast(IBIS_TYPES["map"])
    return reader.read(sources, _type(table, name), name)


def _type(table: Table, name: str) -> Type:
    if name in table.column_names and table[name].type != "map":
        return table[name].type
    return "timestamp" if name == "ordered_at" else "string"


def _with_maps(
    table: Table, read: dict[str, ir.Value], columns: Mapping[str, Sequence[str]], cells: Cells
) -> dict[str, ir.Value]:
    """Maps from JSON in a cell or from columns called after it; ratings that are none are faults."""
    into = MAPS.get(table.name, "")
    if into in read and not isinstance(read[into], ir.MapValue):
        text = read[into]
        read[into] = json_map(text)
        cells.note(columns[into][0], reasons.NOT_A_MAP, text, read[into])
    if "rating" in read:
        told = read["rating"].cast("string")
        cells.faults.append(Fault(columns["rating"][0], reasons.NOT_A_SHARE, told, ~read["rating"].between(0, 1)))
    return map_columns(table, read)


def _defaulted(rows: ir.Table, defaults: Mapping[str, str]) -> ir.Table:
    filled = {
        name: ibis.coalesce(rows[name], ibis.literal(value)) if name in rows.columns else ibis.literal(value)
        for name, value in defaults.items()
    }
    return rows.mutate(**filled)


def _with_store(rows: ir.Table, store: str, context: Context) -> ir.Table:
    """Ids with their store: the row's own, where it has one."""
    here = rows.store if "store" in rows.columns else ibis.literal(store)
    ids = {name: _full_id(rows[name], here) for name in STORE_IDS if name in rows.columns}
    if any(name.startswith("persons.") for name in rows.columns):
        own = ids.get("customer_id", ibis.null("string"))
        ids["customer_id"] = ibis.coalesce(own, parties.derived_id(rows, store, context.secret))
    return rows.mutate(**ids)


def _full_id(own: ir.StringValue, store: ir.StringValue) -> ir.StringValue:
    return own.contains(":").ifelse(own, store + ":" + own)


def _numbered(table: Table, rows: ir.Table) -> ir.Table:
    """Lines without numbers have their place within the order."""
    if table.name != "order_lines" or "line_no" in rows.columns or "order_id" not in rows.columns:
        return rows
    return rows.mutate(line_no=ibis.row_number().over(ibis.window(group_by=rows.order_id, order_by=rows.row_no)) + 1)


def _with_days(table: Table, rows: ir.Table, zone: str) -> ir.Table:
    name, days = DAYS.get(table.name, ("", {}))
    if name not in rows.columns:
        return rows
    local = local_of(rows[name], zone)
    found = {day: local.strftime(form) if form else local.date() for day, form in days.items()}
    return rows.mutate(**{name: instant_of(rows[name], zone)}, **found)


def _named(table: Table, rows: ir.Table) -> ir.Table:
    """An id for rows without: a hash of what they say, with a running number where rows say the same."""
    name = NAMED_BY_CONTENT.get(table.name)
    if name is None or name in rows.columns:
        return rows
    said = [rows[column].cast("string").fill_null("") for column in table.column_names if column in rows.columns]
    rows = rows.mutate(content=ibis.literal("\x1f").join(said))
    same = ibis.window(group_by=rows.content, order_by=rows.row_no)
    number = ibis.row_number().over(same).cast("string")
    return rows.mutate(**{name: _sha256(rows.content + "\x1f" + number).substr(0, 20)})
