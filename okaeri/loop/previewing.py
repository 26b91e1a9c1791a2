"""How many customers each class of a scheme would hold under other bounds, before they are saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow.parquet as pq

from okaeri.lib.table_files import files_of
from okaeri.loop.building import asked_by, called
from okaeri.loop.engine import DuckDBEngine
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.measure import MEASURES
from okaeri.schema.measured import MEASURED
from okaeri.schema.rules import Rules
from okaeri.schema.types import ibis_schema

#: Scheme to the table that puts customers into its classes, the tables on the way that ask for the rules as well, and
#: the columns that name classes.
SCHEMES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "status": ("customer_status", ("rhythm",), ("status",)),
    "rfm": ("rfm", (), ("rank", "r", "f", "m")),
    "cpm": ("cpm", (), ("cpm",)),
}


def preview(workspace: Workspace, laid: Published, scheme: str, rules: Rules) -> dict[str, dict[str, tuple[int, int]]]:
    """By class column and class: customers as published, and with ``rules``."""
    name, _, columns = SCHEMES[scheme]
    now = pq.read_table(laid.folder / f"{name}.parquet", columns=list(columns)).to_pylist()
    then = _counted(workspace, laid, scheme, rules)
    told = {}
    for column in columns:
        before, after = Counter(str(row[column]) for row in now), _sums(then, column)
        told[column] = {kind: (before[kind], after[kind]) for kind in sorted(before.keys() | after.keys())}
    return told


def _counted(workspace: Workspace, laid: Published, scheme: str, rules: Rules) -> list[dict[str, Any]]:
    """Customers by class: one row per combination of the scheme's columns."""
    name, on_the_way, columns = SCHEMES[scheme]
    settings = workspace.settings.engine
    engine = DuckDBEngine(settings.memory, 1, workspace.work)
    try:
        tables: dict[str, Any] = {}
        for step in (*on_the_way, name):
            for needed in asked_by(MEASURES[step]):
                if needed not in tables:
                    tables[needed] = _read(engine, laid, needed)
            tables[step] = called(MEASURES[step], tables, as_of=laid.as_of, rules=rules)
        rows = tables[name].group_by(list(columns)).agg(customers=tables[name].count())
        found: list[dict[str, Any]] = rows.to_pyarrow().to_pylist()
        return found
    finally:
        engine.close()


def _read(engine: DuckDBEngine, laid: Published, name: str) -> Any:
    files = [str(file) for file in files_of(laid.folder / f"{name}.parquet")]
    return engine.read(files, ibis_schema(MEASURED[name]))


def _sums(rows: Sequence[Mapping[str, Any]], column: str) -> Counter[str]:
    told: Counter[str] = Counter()
    for row in rows:
        told[str(row[column])] += row["customers"]
    return told
