"""Chosen rows of a measured table as a whole: how many they are, and as a file; however many, a batch at a time."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import IO

import pyarrow.parquet as pq

from okaeri.loop.export import write_rows
from okaeri.loop.published import Published
from okaeri.loop.rows import Chosen, chosen, row_count, running
from okaeri.loop.workspace import Workspace
from okaeri.schema.computed import TABLES

KINDS = ("csv", "parquet")
BATCH_ROWS = 20_000
#: Leads a CSV file, so that spreadsheets read its letters as UTF-8.
MARK = "\ufeff"


@lru_cache(maxsize=4)
def row_counts(laid: Published) -> dict[str, int]:
    """Rows of every table of a refresh, by name."""
    return {name: row_count(laid.folder / f"{name}.parquet") for name in TABLES}


def count_of(laid: Published, name: str, where: Sequence[str]) -> int:
    """How many rows fit all conditions (see :func:`okaeri.loop.rows.page_of`); raises RuleRefused as that does."""
    query = chosen(laid, name, where)
    if not where:
        return row_counts(laid)[name]
    with running() as cursor:
        found = cursor.execute(f"SELECT count(*) FROM ({query.told()})", query.values).fetchone()
    return int(found[0]) if found else 0


def csv_parts(query: Chosen) -> Iterator[bytes]:
    """The rows as CSV in the order of the key, the cells as `okaeri show` writes them."""
    out = io.StringIO()
    out.write(MARK)
    csv.writer(out, lineterminator="\n").writerow(query.table.column_names)
    yield _taken(out)
    with running() as cursor:
        for batch in cursor.execute(query.told(in_order=True), query.values).to_arrow_reader(BATCH_ROWS):
            write_rows(batch, out)
            yield _taken(out)


def parquet_file(workspace: Workspace, query: Chosen) -> IO[bytes]:
    """The rows as Parquet in the order of the key, in a file without a name that is gone when it is closed."""
    out = tempfile.TemporaryFile(dir=workspace.work)  # noqa: SIM115  the answer closes it
    with running() as cursor:
        reader = cursor.execute(query.told(in_order=True), query.values).to_arrow_reader(BATCH_ROWS)
        with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
    out.seek(0)
    return out


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()
