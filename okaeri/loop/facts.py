"""The fact tables on disk: Delta Lake, read at the versions the records name, changed a whole month at a time.

Writing a fact table makes a new version beside the old one and shows it to nobody. What readers see changes when the
records' transaction writes a new snapshot with the new versions: that is the only commit. A writer that dies before it
leaves versions nobody refers to; the next writer winds each table back to its snapshot first.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake

from okaeri.loop.engine import empty
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Table
from okaeri.schema.types import ibis_schema

Versions = Mapping[str, int]

#: Tables whose rows are completed by later files (a column left empty keeps what was known) rather than replaced.
COMPLETED = ("customers", "products", "orders")
#: Rows are held by this key: the lines of an order come and go together.
HELD_BY = {"order_lines": ("order_id",)}

#: The column files are split by. It repeats the table's partition column, which so stays readable in every file.
PART = "part"
NO_MONTH = "none"

BATCH_ROWS = 200_000
_WRITER = WriterProperties(compression="ZSTD", compression_level=1)


@dataclass(frozen=True)
class FactStore:
    """The fact tables below ``folder``."""

    folder: Path

    def files(self, name: str, versions: Versions) -> list[str]:
        """The Parquet files of table ``name`` at its version; none where the table is not in ``versions``."""
        if name not in versions:
            return []
        return sorted(_local(uri) for uri in self._open(name, versions[name]).file_uris())

    def read(self, connection: ibis.BaseBackend, name: str, versions: Versions) -> ir.Table:
        """Table ``name`` at its version, on DuckDB."""
        files = self.files(name, versions)
        schema = ibis_schema(FACTS[name])
        if not files:
            return empty(schema)
        rows = connection.read_parquet(files, hive_partitioning=False, union_by_name=True)
        # Files of an earlier version lack columns that came later: nobody knew, so they are empty.
        later = {column: ibis.null(kind) for column, kind in schema.items() if column not in rows.columns}
        return rows.mutate(**later).select(*schema).cast(schema)

    def newest(self, name: str, column: str, versions: Versions) -> date | None:
        """The latest date in a column of table ``name``, as its files say of themselves; None without rows."""
        if name not in versions:
            return None
        told = pa.table(self._open(name, versions[name]).get_add_actions(flatten=True))
        found: date | None = pc.max(told[f"max.{column}"]).as_py() if told.num_rows else None
        return found

    def recover(self, versions: Versions) -> None:
        """Wind every table back to ``versions``: drop what a writer that died left behind."""
        for name in FACTS:
            if not (self.folder / name).exists():
                continue
            if name not in versions:
                shutil.rmtree(self.folder / name)
            elif (table := self._open(name)).version() != versions[name]:
                table.restore(versions[name])

    def put(self, connection: ibis.BaseBackend, incoming: Mapping[str, ir.Table], versions: Versions) -> dict[str, int]:
        """Write ``incoming`` rows over the facts at ``versions``; returns the versions that hold them.

        A key already there is replaced (completed, for tables of COMPLETED), a new one is added. Readers see nothing
        of it until the returned versions are recorded.
        """
        self.recover(versions)
        after = dict(versions)
        for name in FACTS:  # orders before their lines
            if name in incoming:
                rows = incoming[name]
                if name == "order_lines":
                    rows = self._with_months(connection, rows, after)
                after[name] = self._put_table(connection, FACTS[name], rows, versions)
        return after

    def _with_months(self, connection: ibis.BaseBackend, lines: ir.Table, versions: Versions) -> ir.Table:
        """Lines of a file that does not date them get the month of their order, where it is known."""
        if not lines.filter(lines.order_month.isnull()).limit(1).count().execute():
            return lines
        orders = self.read(connection, "orders", versions).select(order_id="order_id", dated="order_month")
        joined = lines.left_join(orders, "order_id")
        return joined.mutate(order_month=ibis.coalesce(joined.order_month, joined.dated)).select(*lines.columns)

    def _put_table(self, connection: ibis.BaseBackend, table: Table, rows: ir.Table, versions: Versions) -> int:
        rows = rows.select(*table.column_names).cast(ibis_schema(table))
        if table.name not in versions:
            return self._write(table, rows, mode="overwrite", predicate=None)
        held = self.read(connection, table.name, versions)
        key = HELD_BY.get(table.name, table.key)
        clash = _months(table, held.semi_join(rows, key))
        if not clash:
            return self._write(table, rows, mode="append", predicate=None)
        if table.partition is None:
            return self._write(table, _merged(table, held, rows, key), mode="overwrite", predicate=None)
        touched = clash | _months(table, rows)
        kept = held.filter(held[table.partition].fill_null(NO_MONTH).isin(sorted(touched)))
        months = ", ".join(f"'{month}'" for month in sorted(touched))
        merged = _merged(table, kept, rows, key)
        return self._write(table, merged, mode="overwrite", predicate=f"{PART} IN ({months})")

    def _write(self, table: Table, rows: ir.Table, *, mode: str, predicate: str | None) -> int:
        columns = ibis_schema(table)
        if table.partition is not None:
            rows = rows.mutate(**{PART: rows[table.partition].fill_null(NO_MONTH)})
            columns = {**columns, PART: "string"}
        schema = ibis.schema(columns).to_pyarrow()
        batches = rows.select(*columns).to_pyarrow_batches(chunk_size=BATCH_ROWS)
        typed = (batch.cast(schema) for batch in batches)
        write_deltalake(  # type: ignore[call-overload]
            self.folder / table.name,
            pa.RecordBatchReader.from_batches(schema, typed),
            mode=mode,
            schema_mode="merge",
            predicate=predicate,
            partition_by=[PART] if table.partition else None,
            writer_properties=_WRITER,
            commit_properties=CommitProperties(max_commit_retries=0),
        )
        return self._open(table.name).version()

    def _open(self, name: str, version: int | None = None) -> DeltaTable:
        return DeltaTable(self.folder / name, version=version)


def _local(uri: str) -> str:
    return uri.removeprefix("file://")


def _merged(table: Table, held: ir.Table, rows: ir.Table, key: tuple[str, ...]) -> ir.Table:
    kept = held.anti_join(rows, key)
    if table.name not in COMPLETED:
        return kept.union(rows)
    old = held.rename({f"old_{name}": name for name in table.column_names})
    both = rows.left_join(old, [(name, f"old_{name}") for name in key])
    completed = both.select(**{name: ibis.coalesce(both[name], both[f"old_{name}"]) for name in table.column_names})
    return kept.union(completed)


def _months(table: Table, rows: ir.Table) -> set[str]:
    """The parts in which ``rows`` stand; for an unpartitioned table a single one, if there is a row at all."""
    if table.partition is None:
        return {NO_MONTH} if rows.limit(1).count().execute() else set()
    month = rows[table.partition].fill_null(NO_MONTH).name("month")
    return set(rows.select(month).distinct().to_pyarrow()["month"].to_pylist())
