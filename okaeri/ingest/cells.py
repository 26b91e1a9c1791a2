"""Reads the cells of a file into values and keeps account of those it could not understand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from okaeri.ingest import reasons, values
from okaeri.ingest.parsed import PERSON_COLUMNS, RawFile
from okaeri.schema.table import Table
from okaeri.schema.types import IBIS_TYPES

PROBLEM_SCHEMA = {"row_no": "int64", "column": "string", "reason": "string", "value": "string"}
FAULTS = "array<struct<column: string, reason: string, value: string>>"


@dataclass(frozen=True)
class Fault:
    """A way a cell can fail: ``failed`` is true where ``text`` stands in the column but has no meaning."""

    column: str
    reason: str
    text: ir.StringValue
    failed: ir.BooleanValue


@dataclass
class Cells:
    """The columns of ``rows``, which are rows of ``raw``, read by name. A column the file lacks is null."""

    raw: RawFile
    rows: ir.Table
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str, nth: int = 0) -> ir.StringValue:
        """The text as it stands."""
        places = self.raw.places(name)
        return self.rows[f"c{places[nth]}"] if nth < len(places) else ibis.null("string")

    def amount(self, name: str, nth: int = 0) -> ir.DecimalValue:
        """An amount; see :func:`okaeri.ingest.values.amount`."""
        return self._read(name, nth, values.amount, reasons.NOT_AMOUNT)

    def integer(self, name: str, nth: int = 0) -> ir.IntegerValue:
        """A whole number."""
        return self._read(name, nth, values.integer, reasons.NOT_INTEGER)

    def code(self, name: str, nth: int = 0) -> ir.StringValue:
        """An id or code, refused where a spreadsheet has rounded it."""
        return self._read(name, nth, values.code, reasons.DAMAGED_ID)

    def date(self, name: str, nth: int = 0) -> ir.DateValue:
        """A day."""
        return self._read(name, nth, values.date, reasons.NOT_DATE)

    def instant(self, name: str, zone: str, nth: int = 0) -> ir.TimestampValue:
        """An instant; without an offset the clocks of ``zone`` say which."""
        return self._read(name, nth, lambda text: values.instant(text, zone), reasons.NOT_TIME)

    def choice(self, name: str, meanings: Mapping[str, str], nth: int = 0) -> ir.StringValue:
        """The word ``meanings`` gives for the text."""
        return self._read(name, nth, lambda text: translated(text, meanings), reasons.NOT_A_CHOICE)

    def _read(self, name, nth, understand, reason):  # type: ignore[no-untyped-def]
        text = self.text(name, nth)
        value = understand(text)
        if self.raw.has(name, nth):
            self.note(name, reason, text, value)
        return value

    def note(self, column: str, reason: str, text: ir.StringValue, value: ir.Value) -> None:
        """Remember that ``text`` of ``column`` is at fault where ``value`` is null."""
        self.faults.append(Fault(column, reason, text, text.notnull() & value.isnull()))


def fault_list(faults: Sequence[Fault]) -> ir.ArrayValue:
    """The faults of a row; null for nearly every row."""
    if not faults:
        return ibis.null(FAULTS)
    any_failed = ibis.or_(*(fault.failed for fault in faults))
    return any_failed.ifelse(ibis.array([_told(fault) for fault in faults]), ibis.null(FAULTS))


def _told(fault: Fault) -> ir.StructValue:
    told = ibis.struct({"column": fault.column, "reason": fault.reason, "value": fault.text})
    return fault.failed.ifelse(told, ibis.null(told.type()))


def translated(text: ir.StringValue, meanings: Mapping[str, str]) -> ir.StringValue:
    """The meaning of each word; null for words not known."""
    return text.cases(*meanings.items(), else_=ibis.null("string"))


@dataclass(frozen=True)
class Shaped:
    """Rows of a fact table, computed and kept, and what was wrong with them."""

    rows: ir.Table
    problems: ir.Table


def typed(
    table: Table, cells: Cells, columns: Mapping[str, ir.Value | str], more: Mapping[str, ir.Value] | None = None
) -> ir.Table:
    """``columns`` in the order and types of ``table``, those not given null, with ``row_no``, ``faults`` and ``more``."""
    unknown = set(columns) - set(table.column_names)
    if unknown:
        raise KeyError(f"{table.name} has no columns {sorted(unknown)}")
    cast = {column.name: _typed(columns.get(column.name), IBIS_TYPES[column.type]) for column in table.columns}
    return cells.rows.select(**cast, row_no=cells.rows.row_no, faults=fault_list(cells.faults), **(more or {}))


def settle(rows: ir.Table) -> Shaped:
    """Compute :func:`typed` rows once."""
    kept = rows.cache()
    return Shaped(kept.drop("faults"), problems_of(kept))


def shape(table: Table, cells: Cells, columns: Mapping[str, ir.Value | str]) -> Shaped:
    """Both at once."""
    return settle(typed(table, cells, columns))


def _typed(value: ir.Value | str | None, kind: str) -> ir.Value:
    if value is None:
        return ibis.null(kind)
    if isinstance(value, str):
        return ibis.literal(value, type=kind)
    return value if value.type() == ibis.dtype(kind) else value.cast(kind)


def problems_of(rows: ir.Table) -> ir.Table:
    """The faults of ``rows``, one row each."""
    bad = rows.filter(rows.faults.notnull())
    told = bad.select("row_no", fault=bad.faults.unnest())
    told = told.filter(told.fault.notnull())
    fault = told.fault
    return told.select("row_no", column=fault["column"], reason=fault["reason"], value=fault["value"])


def together(problems: Iterable[ir.Table]) -> ir.Table:
    """All ``problems`` as one table."""
    tables = list(problems)
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def persons(cells: Cells, columns: Mapping[str, ir.Value | str]) -> ir.Table:
    """Rows of :data:`PERSON_COLUMNS`, one of each customer with an id: the latest of the file."""
    texts = {name: _typed(columns.get(name), "string") for name in PERSON_COLUMNS}
    rows = cells.rows.select(**texts, row_no=cells.rows.row_no)
    return latest(rows.filter(rows.customer_id.notnull()).cache(), "customer_id").cache()


def latest(rows: ir.Table, key: str) -> ir.Table:
    """The last row of the file for each ``key``."""
    last = rows.group_by(key).agg(row_no=rows.row_no.max())
    return rows.semi_join(last, "row_no")
