"""Tables written out for people and other programs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

#: Wide forms too: spreadsheets in Japanese take them for the narrow ones.
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")


def write_csv(table: pa.Table, out: IO[str]) -> None:
    """CSV with a header. A text cell a spreadsheet would run as a formula gets a leading apostrophe."""
    csv.writer(out, lineterminator="\n").writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=50_000):
        write_rows(batch, out)


def write_rows(batch: pa.RecordBatch, out: IO[str]) -> None:
    """The rows of a batch as CSV, without a header."""
    writer = csv.writer(out, lineterminator="\n")
    for row in batch.to_pylist():
        writer.writerow([harmless(_finite(value)) for value in row.values()])


def write_json(table: pa.Table, out: IO[str]) -> None:
    """A JSON array of objects, one per row; dates as ISO text, amounts as numbers."""
    out.write("[")
    for place, row in enumerate(_rows(table)):
        out.write(",\n" if place else "\n")
        json.dump(row, out, ensure_ascii=False, default=_plain, allow_nan=False)
    out.write("\n]\n")


def write_parquet(table: pa.Table, path: Path) -> None:
    """Parquet, appearing at ``path`` only when it is whole."""
    partial = path.with_name(path.name + ".partial")
    pq.write_table(table, partial)
    partial.replace(path)


def harmless(value: object) -> object:
    """The cell as a spreadsheet can show it without running it."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def _rows(table: pa.Table) -> Iterator[dict[str, object]]:
    for batch in table.to_batches(max_chunksize=50_000):
        for row in batch.to_pylist():
            yield {key: _finite(value) for key, value in row.items()}


def _finite(value: object) -> object:
    return None if isinstance(value, float) and value != value else value


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
