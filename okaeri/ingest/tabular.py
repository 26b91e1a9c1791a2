"""Files that know their own columns: Parquet and Excel.

Parquet keeps its types, so that a warehouse export of many million rows is read without a detour through text; the
``generic`` and ``plain`` sources understand typed columns, the others want :func:`as_text`. Excel becomes text.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from okaeri.ingest import reasons
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.values import prepare, trimmed
from okaeri.ingest.workbook import read_sheet
from okaeri.schema.errors import DataRejected, Problem

#: A file with more columns than this is not a table of orders or customers.
MAX_COLUMNS = 2000


def read_parquet(path: Path, connection: Backend) -> RawFile:
    """A Parquet file as it stands: text trimmed, every other type kept."""
    prepare(connection)
    header = _parquet_header(path)
    try:
        table = connection.read_parquet(str(path), table_name=ibis.util.gen_name("parquet"), file_row_number=True)
    except duckdb.Error as error:
        raise DataRejected(Problem(path.name, "this Parquet file cannot be read", value=str(error)[:200])) from error
    return RawFile(path.name, header, _numbered(table, len(header), first_row=2))


def _parquet_header(path: Path) -> tuple[str, ...]:
    try:
        names = tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise DataRejected(Problem(path.name, "this is not a whole Parquet file")) from error
    if len(names) > MAX_COLUMNS:
        raise DataRejected(Problem(path.name, reasons.TOO_WIDE, value=str(len(names))))
    return names


def _numbered(table: ir.Table, width: int, first_row: int) -> ir.Table:
    names = table.columns[:width]
    cells = {f"c{place}": _trimmed(table[name]) for place, name in enumerate(names)}
    return table.select(row_no=table.file_row_number + first_row, **cells)


def _trimmed(column: ir.Column) -> ir.Column:
    if column.type().is_binary():
        column = column.cast("string")
    return trimmed(column) if isinstance(column, ir.StringColumn) else column


def read_excel(path: Path, connection: Backend, work: Path, sheet: str | None = None) -> RawFile:
    """One sheet of a workbook (the first unless named) as text: dates ISO, whole numbers without a point.

    The header is the first of the top rows that is about as wide as the table; rows above it (a title, blanks) are
    left out. ``row_no`` is the number the spreadsheet shows. The text goes to a Parquet file in ``work``.
    """
    prepare(connection)
    found = read_sheet(path, work, sheet, MAX_COLUMNS)
    table = connection.read_parquet(str(found.cells), table_name=ibis.util.gen_name("excel"))
    return RawFile(path.name, found.header, table)


def as_text(raw: RawFile) -> RawFile:
    """The same file with every column as text, for sources that read text: numbers in full, instants ISO."""
    cells = {name: raw.rows[name].cast("string") for name in raw.rows.columns if name != "row_no"}
    return replace(raw, rows=raw.rows.select("row_no", **cells))
