"""Runs measures and predictions: each as soon as the tables its parameters ask for are there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.lib.table_files import files_of
from okaeri.loop.building import asked_by, called
from okaeri.loop.engine import Engine
from okaeri.loop.kept import Completion, KeptRows
from okaeri.loop.predictions import PREDICTIONS, ROW_BY_ROW
from okaeri.measure import MEASURES
from okaeri.schema.computed import TABLES
from okaeri.schema.rules import Rules
from okaeri.schema.types import ibis_schema

#: Every table a refresh makes: what computes it, and what it holds.
COMPUTED: dict[str, Callable[..., Any]] = {**MEASURES, **PREDICTIONS}

Done = Callable[[str, float], None]


def inputs_of(name: str) -> tuple[str, ...]:
    """The tables a measure or prediction asks for."""
    return asked_by(COMPUTED[name])


def in_order(wanted: Iterable[str]) -> list[str]:
    """``wanted`` and every table they stand on, each after those it needs."""
    return list(TopologicalSorter(_needs(wanted)).static_order())


def build(name: str, tables: Mapping[str, Any], *, as_of: date, rules: Rules) -> Any:
    """The query of a measure over ``tables`` of the engine, or the rows of a prediction from Arrow tables."""
    return called(COMPUTED[name], tables, as_of=as_of, rules=rules)


@dataclass(frozen=True)
class Measuring:
    """Tables on their way from ``facts`` into ``folder``, one Parquet file each.

    What predictions made row by row have made before lies in ``kept``, or begins anew in ``folder`` where that is None.
    """

    engine: Engine
    facts: Mapping[str, ir.Table]
    folder: Path
    as_of: date
    rules: Rules
    kept: Path | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def run(self, wanted: Iterable[str], done: Done = lambda name, seconds: None) -> None:
        """Compute ``wanted`` and what they stand on; a file that is there already stays as it is.

        While the engine computes as many tables side by side as it can, the next query is written: at a million order
        lines writing the queries takes a third of the time. ``done`` hears of each table and its seconds.
        """
        tables = dict(self.facts)
        order = TopologicalSorter(_needs(wanted))
        order.prepare()
        ready: list[str] = []
        running: dict[Future[float], str] = {}
        width = self.engine.side_by_side
        with ThreadPoolExecutor(width) as pool:
            try:
                while order.is_active():
                    ready.extend(order.get_ready())
                    while ready and len(running) <= width:
                        name = ready.pop(0)
                        running[pool.submit(self._job(name, tables))] = name
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        name = running.pop(future)
                        done(name, future.result())
                        tables[name] = self.engine.read([str(self.path(name))], ibis_schema(TABLES[name]))
                        order.done(name)
            except BaseException:
                self.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                self.engine.interrupt()
                raise

    def _job(self, name: str, tables: Mapping[str, ir.Table]) -> Callable[[], float]:
        """What computes the table, its query written now, and tells the seconds: 0 where the file is there."""
        if self.path(name).exists():
            return lambda: 0.0
        started = time.perf_counter()
        save = self._saving(name, tables)
        written = time.perf_counter() - started

        def compute() -> float:
            begun = time.perf_counter()
            save()
            return written + time.perf_counter() - begun

        return compute

    def _saving(self, name: str, tables: Mapping[str, ir.Table]) -> Callable[[], None]:
        if name in ROW_BY_ROW:
            return self._completing(name, tables)
        return self._predicting(name) if name in PREDICTIONS else self._querying(name, tables)

    def _completing(self, name: str, tables: Mapping[str, ir.Table]) -> Callable[[], None]:
        asked, *others = inputs_of(name)
        how, parents = ROW_BY_ROW[name], {other: read(self.path(other), other) for other in others}
        kept = KeptRows(self.kept or self.folder / "kept", TABLES[name], how.version(*parents.values()))

        def predict(rows: pa.Table) -> pa.Table:
            return build(name, {asked: rows, **parents}, as_of=self.as_of, rules=self.rules)

        return Completion(kept, how.key, predict, self.stopped).saving(self.engine, tables[asked], self.path(name))

    def _querying(self, name: str, tables: Mapping[str, ir.Table]) -> Callable[[], None]:
        return self.engine.saving(build(name, tables, as_of=self.as_of, rules=self.rules), self.path(name))

    def _predicting(self, name: str) -> Callable[[], None]:
        def save() -> None:
            parents = {parent: read(self.path(parent), parent) for parent in inputs_of(name)}
            partial = self.path(name).with_suffix(".partial")
            pq.write_table(build(name, parents, as_of=self.as_of, rules=self.rules), partial, compression="zstd")
            partial.replace(self.path(name))

        return save


def read(path: Path, name: str) -> pa.Table:
    """The rows of a computed table, a file or (from Spark) a folder of files, sorted by key: engines keep no order."""
    rows = pa.concat_tables(pq.read_table(file, columns=list(TABLES[name].column_names)) for file in files_of(path))
    return rows.sort_by([(column, "ascending") for column in TABLES[name].key])


def _needs(wanted: Iterable[str]) -> dict[str, list[str]]:
    """``wanted`` and every table they stand on, with the computed tables each needs."""
    needs: dict[str, list[str]] = {}
    waiting = [name for name in wanted if name in COMPUTED]
    while waiting:
        name = waiting.pop()
        if name not in needs:
            needs[name] = [parent for parent in inputs_of(name) if parent in COMPUTED]
            waiting.extend(needs[name])
    return {name: needs[name] for name in COMPUTED if name in needs}
