"""Excel workbooks (.xlsx, .xlsm) read row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.ingest import reasons
from okaeri.schema.errors import DataRejected, Problem

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: A workbook that unpacks to more than this is a bomb or a table that belongs in CSV or Parquet.
MAX_UNPACKED_BYTES = 2 * 1024**3
#: The header is looked for in this many rows.
TOP_ROWS = 20
#: Rows written at a time.
BATCH_ROWS = 20_000
#: How Microsoft's old container begins: .xls, and any .xlsx with a password.
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")

Row = tuple[int, tuple[object, ...]]


@dataclass(frozen=True)
class Sheet:
    """A sheet read: its header and the Parquet file with ``row_no`` and ``c0``, ``c1`` ... as text."""

    header: tuple[str, ...]
    cells: Path


def read_sheet(path: Path, work: Path, sheet: str | None, max_columns: int) -> Sheet:
    """Read ``sheet`` (the first when None) of the workbook at ``path`` into a Parquet file in ``work``."""
    # Loaded when a workbook comes: it takes long, and servers rarely meet one.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_what_is_no_workbook(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            return _stream(_rows(book, path, sheet), path, work, max_columns)
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, OSError, EOFError) as error:
        raise DataRejected(Problem(path.name, "this workbook is damaged", value=str(error)[:200])) from error


def _refuse_what_is_no_workbook(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(8) == OLE_SIGNATURE:
            raise DataRejected(Problem(path.name, _why_ole(path)))
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise DataRejected(Problem(path.name, "this is not an Excel workbook, or not the whole of it")) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise DataRejected(Problem(path.name, "the workbook is too large; save the sheet as CSV", value=str(unpacked)))


def _why_ole(path: Path) -> str:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return "the workbook is protected by a password; save it without one"
    return "this is an old .xls workbook; save it as .xlsx or CSV"


def _rows(book: Workbook, path: Path, name: str | None) -> Iterator[Row]:
    """Rows that hold anything, with the number the spreadsheet shows."""
    if name is not None and name not in book.sheetnames:
        raise DataRejected(Problem(path.name, reasons.NO_SUCH_SHEET, value=f"{name}: {', '.join(book.sheetnames)}"))
    worksheets = book.worksheets if name is None else [book[name]]
    if not worksheets:
        raise DataRejected(Problem(path.name, "the workbook has no sheet with cells"))
    worksheets[0].reset_dimensions()  # some programs write a wrong size into the file
    for number, cells in enumerate(worksheets[0].iter_rows(values_only=True), start=1):
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


def _stream(rows: Iterator[Row], path: Path, work: Path, max_columns: int) -> Sheet:
    top = list(islice(rows, TOP_ROWS))
    if not top:
        raise DataRejected(Problem(path.name, "the sheet is empty"))
    place = _header_place(top)
    header = _header(top[place][1])
    if len(header) > max_columns:
        raise DataRejected(Problem(path.name, reasons.TOO_WIDE, value=str(len(header))))
    return Sheet(header, _write(chain(top[place + 1 :], rows), len(header), work))


def _header_place(top: list[Row]) -> int:
    """The first row at least half as wide as the widest: a title above the table is narrower."""
    widths = [sum(cell is not None and cell != "" for cell in cells) for _, cells in top]
    return next(place for place, width in enumerate(widths) if 2 * width >= max(widths))


def _header(cells: tuple[object, ...]) -> tuple[str, ...]:
    names = [cell_text(cell) or "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _write(rows: Iterable[Row], width: int, work: Path) -> Path:
    schema = pa.schema([("row_no", pa.int64()), *((f"c{place}", pa.string()) for place in range(width))])
    handle, name = mkstemp(suffix=".parquet", dir=work)
    iterator = iter(rows)
    with open(handle, "wb") as file, pq.ParquetWriter(file, schema) as writer:
        while batch := list(islice(iterator, BATCH_ROWS)):
            writer.write_table(_table(batch, width, schema))
    return Path(name)


def _table(batch: list[Row], width: int, schema: pa.Schema) -> pa.Table:
    columns: list[list[object]] = [[number for number, _ in batch]]
    for place in range(width):
        columns.append([cell_text(cells[place]) if place < len(cells) else None for _, cells in batch])
    return pa.table(dict(zip(schema.names, columns, strict=True)), schema=schema)


def cell_text(cell: object) -> str | None:
    """A cell as text, None where nothing stands in it."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return _instant_text(cell)
    return str(cell).strip() or None


def _instant_text(cell: datetime | date | time) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat()
