"""Made-up export files under real headers, and what okaeri makes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import ibis

from okaeri.ingest.checks import Checked, check
from okaeri.ingest.parsed import Context, RawFile
from okaeri.ingest.reading import read_text
from okaeri.ingest.sources import recognise, wanted_columns

TOKYO = Context(zone="Asia/Tokyo", secret="made-up secret")


def sheet(header: Sequence[str], rows: Iterable[Mapping[str, object]], delimiter: str = ",", end: str = "\r\n") -> str:
    """The text of a file; ``name#2`` in a row means the second column of that name."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header)
    seen: dict[str, int] = {}
    keys = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    for row in rows:
        assert set(row) <= set(keys), set(row) - set(keys)
        writer.writerow([row.get(key, "") for key in keys])
    return text.getvalue()


def read(folder: Path, text: str, encoding: str = "utf-8", name: str = "file.csv") -> RawFile:
    """Write ``text`` to a file and read it as an import does."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    connection = ibis.duckdb.connect(threads=2, preserve_insertion_order=False)
    return read_text(path, connection, folder / "work", wanted_columns)


def taken(folder: Path, text: str, source: str, context: Context = TOKYO, encoding: str = "utf-8") -> Checked:
    """What an import of the file would take; the header alone must tell its source."""
    raw = read(folder, text, encoding)
    found = recognise(raw.header)
    assert found is not None
    assert found.name == source
    return check(found.parse(raw, context), raw)


def rows_of(table: ibis.Table, *order: str) -> list[dict]:
    """The rows as plain values, ordered."""
    return table.order_by(*order).to_pyarrow().to_pylist()


def one_row(table: ibis.Table, **where: object) -> dict:
    """The only row where the columns have these values."""
    wanted = table.filter(*(table[name] == value for name, value in where.items())) if where else table
    found = wanted.to_pyarrow().to_pylist()
    assert len(found) == 1
    return found[0]


def problems(checked: Checked) -> list[tuple[int, str | None, str, str | None]]:
    """What was refused: row, column, reason, value."""
    return [tuple(row.values()) for row in rows_of(checked.rejected, "row_no", "column")]
