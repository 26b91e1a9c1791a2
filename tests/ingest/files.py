"""Files as a shop would have them, and what a source makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.ingest.parsed import Context, Parsed, RawFile
from okaeri.ingest.reading import read_text
from okaeri.ingest.sources import generic
from okaeri.ingest.tabular import read_parquet

TOKYO = "Asia/Tokyo"


def connection() -> ibis.backends.duckdb.Backend:
    return ibis.duckdb.connect(threads=1, preserve_insertion_order=False)


def csv_file(folder: Path, text: str, name: str = "file.csv") -> RawFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_text(path, connection(), folder)


def parquet_file(folder: Path, rows: pa.Table, name: str = "file.parquet") -> RawFile:
    pq.write_table(rows, folder / name)
    return read_parquet(folder / name, connection())


def understood(raw: RawFile, mapping: Mapping[str, object], zone: str = TOKYO) -> Parsed:
    return generic.parse(raw, Context(zone=zone, secret="secret", mapping=mapping))


def rows_of(table: ibis.Table, *order: str) -> list[dict[str, object]]:
    return table.order_by(*(order or ("row_no",))).to_pyarrow().to_pylist()
