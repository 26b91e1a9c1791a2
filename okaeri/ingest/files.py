"""Opens a file by its kind: text, Parquet, workbook or mail folder."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ibis.backends.duckdb import Backend

from okaeri.ingest.mails import read_mails
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.reading import every_column, read_text
from okaeri.ingest.tabular import read_excel, read_parquet

PARQUET = (".parquet", ".pq")
WORKBOOKS = (".xlsx", ".xlsm")
MAILBOXES = (".mbox",)

#: Says which columns of a header are to be read.
Wanted = Callable[[tuple[str, ...]], Collection[str]]


def raw_file(
    path: Path, connection: Backend, scratch: Path, wanted: Wanted = every_column, *, sheet: str | None = None
) -> RawFile:
    """The rows of a text file, a Parquet file, a workbook or a mail folder, not yet understood."""
    kind = path.suffix.lower()
    if kind in PARQUET:
        return read_parquet(path, connection)
    if kind in WORKBOOKS:
        return read_excel(path, connection, scratch, sheet)
    if kind in MAILBOXES:
        return read_mails(path, connection, scratch)
    return read_text(path, connection, scratch, wanted)
