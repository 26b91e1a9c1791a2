"""Tables given out: measured ones of the latest refresh or any other date, and the facts themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop import snapshots
from okaeri.loop.measuring import COMPUTED, TABLES
from okaeri.loop.refresh import compute, folder_of
from okaeri.loop.workspace import Workspace
from okaeri.records.models import ImportRun, Snapshot
from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import FACTS
from okaeri.schema.measured import MEASURED
from okaeri.schema.table import Table

#: Instants or days by which a fact table's freshness is told.
DATED_BY = {
    "customers": "first_seen_at", "orders": "ordered_at", "events": "at", "voices": "at", "costs": "spent_on",
}  # fmt: skip


@dataclass(frozen=True)
class TableState:
    """One table as it stands: ``filled`` is the share of filled cells by column, for columns that may be empty."""

    table: Table
    kind: str
    rows: int | None
    newest: datetime | date | None = None
    filled: Mapping[str, float] | None = None
    notes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """Plain values for JSON; ``quality`` names the columns that are not wholly filled."""
        thin = [f"{name} {share:.0%}" for name, share in (self.filled or {}).items() if share < 1]
        return {
            "table": self.table.name,
            "kind": self.kind,
            "meaning": self.table.meaning,
            "grain": self.table.grain,
            "rows": self.rows,
            "newest": self.newest.isoformat() if self.newest else None,
            "quality": "; ".join([*self.notes, *([", ".join(thin)] if thin else [])]),
        }


def show(workspace: Workspace, name: str, *, as_of: date | None = None) -> pa.Table:
    """Table ``name`` as Arrow: a measured one of the latest refresh, or as of another date; or a fact table.

    Raises RuleRefused for an unknown table, or before the first import or refresh.
    """
    with workspace.records():
        if name in FACTS:
            return _fact(workspace, name)
        if name not in COMPUTED:
            raise RuleRefused("There is no table {name}; okaeri tables lists them all", name=name)
        return read_measured(_folder(workspace, name, as_of) / f"{name}.parquet")


def read_measured(path: Path) -> pa.Table:
    """One measured table as Arrow; Spark's is a folder of files."""
    return pq.read_table(path, partitioning=None)


def measured_folder(workspace: Workspace) -> tuple[Path, date]:
    """The folder and date of the latest refresh; raises RuleRefused before the first."""
    with workspace.records():
        latest = snapshots.latest_refresh()
        if latest is None:
            raise RuleRefused("Nothing is measured yet; run: okaeri refresh")
        return workspace.measured / latest.key, latest.as_of


def tables(workspace: Workspace) -> list[TableState]:
    """Every table with its rows, freshness and quality."""
    with workspace.records():
        snapshot = snapshots.current()
        latest = snapshots.latest_refresh()
        states = [_fact_state(workspace, table, snapshot) for table in FACTS.values()]
        made = latest.tables if latest else {}
        for name, table in TABLES.items():
            rows = made[name]["rows"] if name in made else None
            kind = "measured" if name in MEASURED else "predicted"
            states.append(TableState(table, kind, rows, latest.as_of if latest and name in made else None))
        return states


def _folder(workspace: Workspace, name: str, as_of: date | None) -> Path:
    latest = snapshots.latest_refresh()
    if as_of is None or (latest is not None and latest.as_of == as_of):
        if latest is None:
            raise RuleRefused("Nothing is measured yet; run: okaeri refresh")
        folder = workspace.measured / latest.key
        if (folder / f"{name}.parquet").exists():
            return folder
        as_of = latest.as_of
    snapshot = snapshots.current()
    if snapshot is None:
        raise RuleRefused("This shop has no orders yet; import a file first: okaeri import FILE")
    folder = folder_of(workspace, as_of, snapshot.pk)
    compute(workspace, folder, snapshot.versions, as_of=as_of, wanted=[name])
    return folder


def _fact(workspace: Workspace, name: str) -> pa.Table:
    snapshot = snapshots.current()
    versions = snapshot.versions if snapshot else {}
    return snapshots.store_of(workspace).read(ibis.duckdb.connect(), name, versions).to_pyarrow()


def _fact_state(workspace: Workspace, table: Table, snapshot: Snapshot | None) -> TableState:
    if snapshot is None or table.name not in snapshot.versions:
        return TableState(table, "fact", 0)
    rows = snapshots.store_of(workspace).read(ibis.duckdb.connect(), table.name, snapshot.versions)
    optional = [column.name for column in table.columns if column.nullable]
    dated = DATED_BY.get(table.name)
    figures = rows.aggregate(
        rows=rows.count(),
        newest=rows[dated].max() if dated else ibis.null("timestamp"),
        **{f"filled_{name}": rows[name].notnull().mean() for name in optional},
    )
    found = figures.to_pyarrow().to_pylist()[0]
    filled = {name: round(found[f"filled_{name}"] or 0.0, 4) for name in optional}
    return TableState(table, "fact", found["rows"], found["newest"], filled, _notes(table.name))


def _notes(name: str) -> tuple[str, ...]:
    """What the imports that brought this table left out."""
    rejected = sum(run.rejected_count for run in ImportRun.objects.all() if name in run.counts)
    return (f"{rejected} rows of its files were rejected",) if rejected else ()
