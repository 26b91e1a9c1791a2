"""Tables given out: measured ones of the latest refresh or any other date, and the facts themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop import snapshots
from okaeri.loop.states import TableState, fact_states
from okaeri.loop.workspace import Workspace
from okaeri.schema.computed import TABLES
from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import FACTS
from okaeri.schema.measured import MEASURED


def show(workspace: Workspace, name: str, *, as_of: date | None = None) -> pa.Table:
    """Table ``name`` as Arrow: a measured one of the latest refresh, or as of another date; or a fact table.

    Raises RuleRefused for an unknown table, or before the first import or refresh.
    """
    with workspace.records():
        if name in FACTS:
            return _fact(workspace, name)
        if name not in TABLES:
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
        states = fact_states(workspace)
        latest = snapshots.latest_refresh()
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
    # What computes loads every model; who looks at what is there already need not wait for that.
    from okaeri.loop.refresh import compute, folder_of

    folder = folder_of(workspace, as_of, snapshot.pk)
    compute(workspace, folder, snapshot.versions, as_of=as_of, wanted=[name])
    return folder


def _fact(workspace: Workspace, name: str) -> pa.Table:
    snapshot = snapshots.current()
    versions = snapshot.versions if snapshot else {}
    return snapshots.store_of(workspace).read(ibis.duckdb.connect(), name, versions).to_pyarrow()
