"""The SQL engine that does the heavy lifting: DuckDB in the process by default, Spark on a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.types as ir


class Engine(Protocol):
    """What okaeri asks of an engine."""

    name: str

    def read(self, files: Sequence[str], schema: Mapping[str, str]) -> ir.Table:
        """The rows of Parquet ``files``; an empty table of ``schema`` where there is no file."""

    def save(self, rows: ir.Table, path: Path) -> None:
        """Write ``rows`` to ``path`` as Parquet, replacing nothing half-way: the path appears when it is whole."""

    def close(self) -> None:
        """Give memory and files back."""


class DuckDBEngine:
    """DuckDB in this process."""

    name = "duckdb"

    def __init__(self, memory: str = "6GB", threads: int = 2, spill: Path | None = None):
        settings: dict[str, object] = {"memory_limit": memory, "threads": threads, "preserve_insertion_order": False}
        if spill is not None:
            settings["temp_directory"] = str(spill)
        self.connection = ibis.duckdb.connect(**settings)

    def read(self, files: Sequence[str], schema: Mapping[str, str]) -> ir.Table:
        if not files:
            return empty(schema)
        return self.connection.read_parquet(list(files), hive_partitioning=False)

    def save(self, rows: ir.Table, path: Path) -> None:
        partial = path.with_name(path.name + ".partial")
        partial.parent.mkdir(parents=True, exist_ok=True)
        self.connection.to_parquet(rows, partial, compression="zstd")
        partial.replace(path)

    def close(self) -> None:
        self.connection.disconnect()


def empty(schema: Mapping[str, str]) -> ir.Table:
    """A table of ``schema`` without rows, in any engine."""
    row = ibis.memtable([dict.fromkeys(schema)], schema=ibis.schema(dict(schema)))
    return row.filter(ibis.literal(False))
