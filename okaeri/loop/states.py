"""How the tables stand: rows, freshness, and how full their columns are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis

from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace
from okaeri.records.models import ImportRun, Snapshot
from okaeri.schema.facts import FACTS
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
            "filled": dict(self.filled or {}),
            "notes": list(self.notes),
            "quality": "; ".join([*self.notes, *([", ".join(thin)] if thin else [])]),
        }


def fact_states(workspace: Workspace) -> list[TableState]:
    """Every fact table with its rows, freshness and quality; call it with the records in use."""
    snapshot = snapshots.current()
    return [_fact_state(workspace, table, snapshot) for table in FACTS.values()]


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
    rejected = sum(run.rejected_count for run in ImportRun.objects.filter(undone_at=None) if name in run.counts)
    return (f"{rejected} rows of its files were rejected",) if rejected else ()
