"""What commands print: data to stdout, progress and logs to stderr."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as Grid

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN_ROWS = 40

log = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of progress."""
    log.print(text, markup=False)


def print_json(value: Any) -> None:
    """A value as JSON."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def write_table(rows: pa.Table, format: str, out: Path | None) -> None:
    """A table to the screen (format table), or as csv, json or parquet to a file or stdout."""
    from okaeri.loop import export

    if format == "parquet" and out is not None:
        export.write_parquet(rows, out)
    elif format == "table" and out is None:
        _print_grid(rows)
    else:
        write = export.write_json if format == "json" else export.write_csv
        if out is None:
            write(rows, sys.stdout)
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                write(rows, file)


def _print_grid(rows: pa.Table) -> None:
    grid = Grid(*rows.column_names, box=None, pad_edge=False)
    for row in rows.slice(0, SHOWN_ROWS).to_pylist():
        grid.add_row(*("" if value is None else _cell(value) for value in row.values()))
    Console().print(grid)
    if rows.num_rows > SHOWN_ROWS:
        say(f"... {rows.num_rows:,}")


def _cell(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
