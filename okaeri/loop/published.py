"""What a refresh lays ready for the console, so that no page scans facts: beside its tables, sorted copies and states.

Tables about customers are copied in the order of their ids and in small row groups: one customer's rows are then found
by reading a few thousand, however many there are.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from okaeri.lib.table_files import files_of
from okaeri.loop import excerpts, people_tables, published_voices, snapshots, station, step_voices
from okaeri.loop.engine import reading
from okaeri.loop.states import fact_states
from okaeri.loop.workspace import Workspace
from okaeri.schema.computed import LAYOUT, TABLES
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.table import Table
from okaeri.schema.types import ibis_schema

FOLDER = "published"
#: The file that says all is laid ready: of these tables, and by this edition of what is made of them here.
READY = f"{LAYOUT}-5"
#: Tables of which pages ask the rows of one customer.
BY_CUSTOMER = (
    "churn_risk", "customer_value", "customers_now", "emotion_signals", "next_order", "purchase_lines", "purchases",
    "recommendations", "step_up", "stock_at_home", "subscriber_value", "survey_pairs",
)  # fmt: skip
#: Facts that pages name things by.
WHOLE_FACTS = ("products",)
ROWS_TOGETHER = 8192
_TABLES = {**TABLES, **FACTS, **EXPORTED}


@dataclass(frozen=True)
class Published:
    """The refresh readers see: its folder, the day it is measured from, and how the facts stood."""

    folder: Path
    as_of: date
    facts: tuple[Mapping[str, Any], ...] = field(compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether everything is laid ready, by this version of okaeri."""
        return (self.folder / FOLDER / READY).exists()

    def path(self, name: str) -> Path:
        """The file of a table: the copy sorted by customer where there is one."""
        sorted_copy = self.folder / FOLDER / f"{name}.parquet"
        return sorted_copy if sorted_copy.exists() else self.folder / f"{name}.parquet"

    def place(self, name: str) -> Path:
        """The folder of a table laid out column by column."""
        return self.folder / FOLDER / name

    def table(self, name: str) -> pa.Table:
        """The whole table, kept in memory; for tables that do not grow with the customers."""
        return _read(self.path(name))

    def excerpt(self, name: str) -> pa.Table:
        """What panels read of a table: a part of it where it grows with the customers, else the whole."""
        path = self.folder / FOLDER / excerpts.FOLDER / f"{name}.parquet"
        return _read(path) if name in excerpts.EXCERPTS else self.table(name)

    def of_customer(self, name: str, customer_id: str) -> list[dict[str, Any]]:
        """The rows of one customer."""
        path = self.path(name)
        about, firsts, lasts = _bounds(path)
        groups = range(bisect_left(lasts, customer_id), bisect_right(firsts, customer_id))
        if not groups:
            return []
        rows = pq.ParquetFile(path, metadata=about).read_row_groups(list(groups))
        found: list[dict[str, Any]] = rows.filter(pc.equal(rows["customer_id"], customer_id)).to_pylist()
        return found


def published(workspace: Workspace) -> Published | None:
    """What the latest refresh laid ready; None before the first, and while its tables are those of another version of
    okaeri. Call it with the records in use."""
    latest = snapshots.latest_refresh()
    if latest is None:
        return None
    folder = workspace.measured / latest.key
    laid = Published(folder, latest.as_of, ())
    return replace(laid, facts=_states(folder)) if laid.is_whole else None


def publish(workspace: Workspace, folder: Path, versions: Mapping[str, int], as_of: date) -> None:
    """Lay ready what pages of the refresh in ``folder`` ask for; call it with the records in use."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    engine = workspace.settings.engine
    with duckdb.connect(config={"memory_limit": engine.memory, "temp_directory": str(workspace.work)}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for name in {*BY_CUSTOMER, *WHOLE_FACTS, *published_voices.READS, *people_tables.READS, *excerpts.READS}:
            is_fact = name in FACTS
            files = (
                snapshots.store_of(workspace).files(name, versions) if is_fact else files_of(folder / f"{name}.parquet")
            )
            _view(connection, _TABLES[name], [str(file) for file in files])
        for name in (*BY_CUSTOMER, *WHOLE_FACTS):
            _copy(connection, _TABLES[name], place)
        published_voices.lay_out(connection, place)
        step_voices.lay_out(connection, place / "emotion_signals.parquet", place / published_voices.FILE, place)
        station.lay_out(connection, place)
        excerpts.lay_out(connection, place)
        people_tables.lay_out(connection, place, as_of)
    partial = place / "facts.partial"
    partial.write_text(json.dumps([state.told() for state in fact_states(workspace)]), encoding="utf-8")
    partial.replace(place / "facts.json")
    (place / READY).touch()


def _view(connection: duckdb.DuckDBPyConnection, table: Table, files: list[str]) -> None:
    """Make ``table`` readable by its name, without rows where it has no file."""
    if files:
        rows = connection.sql(reading(connection, files, ibis_schema(table))).select(*table.column_names)
    else:
        rows = connection.from_arrow(ibis.schema(ibis_schema(table)).to_pyarrow().empty_table())
    rows.create_view(table.name, replace=True)


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, place: Path) -> None:
    """Write the rows of ``table`` to one file, in the order of customers where it is about them."""
    order = dict.fromkeys(column for column in ("customer_id", *table.key) if column in table.column_names)
    partial = place / f"{table.name}.partial"
    rows = connection.view(table.name).order(", ".join(order))
    rows.write_parquet(str(partial), compression="zstd", row_group_size=ROWS_TOGETHER)
    partial.replace(place / f"{table.name}.parquet")


@lru_cache(maxsize=64)
def _bounds(path: Path) -> tuple[pq.FileMetaData, list[str], list[str]]:
    """What a file sorted by customer says of itself, and the first and last customer of each of its row groups."""
    about = pq.read_metadata(path)
    place = about.schema.names.index("customer_id")
    kept = [about.row_group(number).column(place).statistics for number in range(about.num_row_groups)]
    return about, [one.min for one in kept], [one.max for one in kept]


@lru_cache(maxsize=256)
def _read(path: Path) -> pa.Table:
    return pq.read_table(path, partitioning=None)


@lru_cache(maxsize=4)
def _states(folder: Path) -> tuple[Mapping[str, Any], ...]:
    return tuple(json.loads((folder / FOLDER / "facts.json").read_text(encoding="utf-8")))
