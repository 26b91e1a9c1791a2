"""Rows that stay good from one refresh to the next: what a text says does not change, so it is read once.

A prediction is row by row where each of its rows depends on one row of its first table alone, told by ``key``. Its rows
are kept in the shop's folder, in files that appear when they are whole, one per batch: whoever dies in the middle loses
the batch it was at.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import IO

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.lib.table_files import files_of
from okaeri.loop.engine import Engine
from okaeri.schema.table import Table
from okaeri.schema.types import ibis_schema

#: Rows predicted together, and lost together when a refresh dies.
BATCH_ROWS = 10_000
#: Files after which they are made one.
MOST_FILES = 100
#: Versions kept: another date may have another model.
VERSIONS = 3
WHOLE = ".whole.parquet"


@dataclass(frozen=True)
class KeptRows:
    """Rows of ``table`` made by one ``version`` of what predicts them, below ``folder``."""

    folder: Path
    table: Table
    version: str

    @cached_property
    def place(self) -> Path:
        return self.folder / self.table.name / blake2b(self.version.encode(), digest_size=8).hexdigest()

    @cached_property
    def schema(self) -> pa.Schema:
        return ibis.schema(ibis_schema(self.table)).to_pyarrow()

    def locked(self) -> IO[str]:
        """The lock of this version's rows, held until it is closed; waits for another process that holds it."""
        self.place.mkdir(parents=True, exist_ok=True)
        lock = (self.place / ".lock").open("w")
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        return lock

    def files(self) -> list[Path]:
        """What there is; a file that was made of all before it stands for them."""
        found = sorted(self.place.glob("*.parquet"))
        whole = max((at for at, path in enumerate(found) if path.name.endswith(WHOLE)), default=0)
        return found[whole:]

    def add(self, rows: pa.Table) -> None:
        """Keep more rows."""
        with appearing(self._next(".parquet")) as partial:
            pq.write_table(rows.cast(self.schema), partial, compression="zstd")

    def tidy(self) -> None:
        """Make one file of many, and forget old versions."""
        files = self.files()
        if len(files) > MOST_FILES:
            with appearing(self._next(WHOLE)) as partial, pq.ParquetWriter(partial, self.schema) as out:
                for batch in batches(files):
                    out.write_batch(batch)
        for path in set(self.place.glob("*.parquet")) - set(self.files()):
            path.unlink()
        os.utime(self.place)
        for old in sorted(self.place.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-VERSIONS]:
            shutil.rmtree(old, ignore_errors=True)

    def _next(self, suffix: str) -> Path:
        last = max((int(path.name.partition(".")[0]) for path in self.place.glob("*.parquet")), default=0)
        return self.place / f"{last + 1:09}{suffix}"


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Where to write what appears at ``path`` when the block has ended well."""
    partial = path.with_name(path.name + ".partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)


@dataclass(frozen=True)
class Completion:
    """What completes the kept rows by those of ``asked`` whose ``key`` is new, and gives the rows of all of them."""

    kept: KeptRows
    key: str
    predict: Callable[[pa.Table], pa.Table]
    stopped: threading.Event

    def saving(self, engine: Engine, asked: ir.Table, path: Path) -> Callable[[], None]:
        """What writes the rows of ``asked`` to ``path`` when it is called, from any thread; the queries are written
        now, and other processes wait until it has ended."""
        lock = self.kept.locked()
        known = engine.read([str(file) for file in self.kept.files()], ibis_schema(self.kept.table))
        old, new = (path.with_name(f"{path.stem}.{part}.parquet") for part in ("old", "new"))
        queries = (
            engine.saving(known.semi_join(asked, self.key), old),
            engine.saving(asked.anti_join(known, self.key), new),
        )

        def save() -> None:
            with lock, appearing(path) as partial:
                for query in queries:
                    query()
                with pq.ParquetWriter(partial, self.kept.schema, compression="zstd") as out:
                    for rows in self._rows(old, new):
                        out.write_table(rows)
                _forget(old, new)
                self.kept.tidy()

        return save

    def _rows(self, old: Path, new: Path) -> Iterator[pa.Table]:
        for batch in batches(files_of(old)):
            yield pa.Table.from_batches([batch]).select(self.kept.schema.names).cast(self.kept.schema)
        for batch in batches(files_of(new)):
            if self.stopped.is_set():
                raise InterruptedError
            rows = self.predict(pa.Table.from_batches([batch]))
            self.kept.add(rows)
            yield rows


def batches(files: list[Path]) -> Iterator[pa.RecordBatch]:
    """The rows of ``files``, not more of them at a time than are predicted together."""
    for file in files:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(BATCH_ROWS)


def _forget(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@dataclass(frozen=True)
class RowByRow:
    """How a prediction is kept: the ``key`` its rows share with the first table it asks for, and the ``version`` of what
    predicts, told from its other tables."""

    key: str
    version: Callable[..., str]
