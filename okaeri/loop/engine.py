"""The SQL engine that does the heavy lifting: DuckDB in the process by default, Spark on a cluster."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
from duckdb import DuckDBPyConnection
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import DuckDBType
from sqlglot.expressions import Literal

from okaeri.schema.errors import RuleRefused
from okaeri.schema.settings import EngineSettings

# Folding nested selects into one costs most of the time Ibis takes to write a query; the engines fold by themselves.
ibis.options.sql.fuse_selects = False


#: Compressed facts up to this size (some five million order lines) leave room for two queries at a time; of larger ones
#: each query takes all the memory, and two would drive each other to disk.
SMALL_BYTES = 100_000_000


class Engine(Protocol):
    """What okaeri asks of an engine."""

    name: str

    @property
    def side_by_side(self) -> int:
        """How many tables to compute at a time, by the size of what was read so far."""

    def read(self, files: Sequence[str], schema: Mapping[str, str]) -> ir.Table:
        """The rows of Parquet ``files``; an empty table of ``schema`` where there is no file."""

    def saving(self, rows: ir.Table, path: Path) -> Callable[[], None]:
        """What writes ``rows`` to ``path`` as Parquet when it is called, from any thread; the query is written now.

        Nothing is replaced half-way: the path appears when it is whole.
        """

    def interrupt(self) -> None:
        """Stop what other threads are saving."""

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
        self.connection.raw_sql("SET enable_progress_bar = false")
        self.running: set[DuckDBPyConnection] = set()
        self.bytes_read = 0

    @property
    def side_by_side(self) -> int:
        return 2 if self.bytes_read <= SMALL_BYTES else 1

    def read(self, files: Sequence[str], schema: Mapping[str, str]) -> ir.Table:
        name = ibis.util.gen_name("read")
        if not files:
            return self.connection.create_table(name, schema=ibis.schema(dict(schema)))
        self.bytes_read += sum(Path(file).stat().st_size for file in files)
        # A view of the database, as those of Ibis belong to one connection and cannot be seen from another thread.
        self.connection.raw_sql(f'CREATE VIEW "{name}" AS {reading(self.connection.con, files, schema)}')
        return self.connection.table(name)

    def saving(self, rows: ir.Table, path: Path) -> Callable[[], None]:
        partial = path.with_name(path.name + ".partial")
        query = as_typed(str(self.connection.compile(rows)), rows.schema())

        def save() -> None:
            partial.parent.mkdir(parents=True, exist_ok=True)
            with self.connection.con.cursor() as cursor:
                self.running.add(cursor)
                try:
                    cursor.execute(f"COPY ({query}) TO '{_quoted(partial)}' (FORMAT parquet, COMPRESSION zstd)")
                finally:
                    self.running.discard(cursor)
            partial.replace(path)

        return save

    def interrupt(self) -> None:
        for cursor in tuple(self.running):
            cursor.interrupt()

    def close(self) -> None:
        self.connection.disconnect()


def reading(connection: DuckDBPyConnection, files: Sequence[str], schema: Mapping[str, str]) -> str:
    """The query for the rows of Parquet ``files``; columns of ``schema`` that files of an earlier version lack are empty."""
    paths = ", ".join(f"'{_quoted(file)}'" for file in files)
    source = f"SELECT * FROM read_parquet([{paths}], hive_partitioning=false, union_by_name=true)"
    there = {row[0] for row in connection.execute(f"DESCRIBE {source}").fetchall()}
    types = {name: DuckDBType.to_string(ibis.dtype(kind)) for name, kind in schema.items() if name not in there}
    lacking = "".join(f', CAST(NULL AS {kind}) AS "{name}"' for name, kind in types.items())
    return source.replace("*", f"*{lacking}", 1)


def as_typed(query: str, schema: ibis.Schema) -> str:
    """A DuckDB query whose columns have the types Ibis says.

    DuckDB's own are wider where whole numbers are added up, or days added to a day.
    """
    casts = [
        f'CAST("{name}" AS {kept}) AS "{name}"'
        for name, kind in schema.items()
        if (kept := "BIGINT" if kind.is_integer() else "DATE" if kind.is_date() else "")
    ]
    chosen = f"* REPLACE ({', '.join(casts)})" if casts else "*"
    return f"SELECT {chosen} FROM ({query})"


class SparkCompiler(PySparkCompiler):
    """Writes fractions as doubles: Spark takes a bare 0.5 for a decimal, and works out decimals many times slower."""

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802 (the name Ibis calls)
        written = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        return self.cast(written, dtype) if isinstance(written, Literal) and dtype.is_floating() else written


class SparkEngine:
    """Spark, local or on the cluster the environment names."""

    name = "spark"
    side_by_side = 1

    def __init__(self, memory: str = "6g"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        self.session = spark_session(memory)
        self.connection = ibis.pyspark.connect(self.session)
        self.connection.compiler = SparkCompiler()

    def read(self, files: Sequence[str], schema: Mapping[str, str]) -> ir.Table:
        if not files:
            return empty(schema)
        name = ibis.util.gen_name("read")
        self.session.read.option("mergeSchema", "true").parquet(*files).createOrReplaceTempView(name)
        rows = self.connection.table(name)
        return rows.mutate(**{column: ibis.null(kind) for column, kind in schema.items() if column not in rows.columns})

    def saving(self, rows: ir.Table, path: Path) -> Callable[[], None]:
        partial = path.with_name(path.name + ".partial")
        frame = self._frame(rows)

        def save() -> None:
            shutil.rmtree(partial, ignore_errors=True)
            frame.write.parquet(str(partial))
            partial.replace(path)

        return save

    def interrupt(self) -> None:
        self.session.sparkContext.cancelAllJobs()

    def _frame(self, rows: ir.Table):  # type: ignore[no-untyped-def]
        """``rows`` in the types they declare: Spark reads bare numbers in a query as INT and DECIMAL."""
        from ibis.backends.pyspark.datatypes import PySparkType

        name = ibis.util.gen_name("save")
        self.connection.create_view(name, rows)
        frame = self.session.table(name)
        columns = [frame[column].cast(PySparkType.from_ibis(kind)) for column, kind in rows.schema().items()]
        return frame.select(*(cast.alias(column) for cast, column in zip(columns, rows.columns, strict=True)))

    def close(self) -> None:
        self.connection.disconnect()


def spark_session(memory: str = "6g"):  # type: ignore[no-untyped-def]
    """A Spark session set up as the measures need it; raises RuleRefused where Spark is not installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise RuleRefused("Spark is not installed: pip install 'okaeri[spark]', and Java 17 or newer") from error
    builder = SparkSession.builder.appName("okaeri").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    # What follows from filters over long expressions takes Spark minutes to work out, and brings nothing here.
    builder = builder.config("spark.sql.constraintPropagation.enabled", "false")
    # Plans are long, and nobody reads them: written out, they cost as much as a small query.
    builder = builder.config("spark.sql.ui.explainMode", "simple").config("spark.sql.maxPlanStringLength", "1000")
    # A side that fits into memory once it is shuffled is looked up, not sorted.
    builder = builder.config("spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold", "64m")
    # As DuckDB writes them; by itself Spark writes the outdated INT96.
    builder = builder.config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    return builder.config("spark.driver.memory", memory).getOrCreate()


def open_engine(settings: EngineSettings, work: Path) -> Engine:
    """The engine a shop's settings ask for; ``work`` is where it may spill."""
    if settings.kind == "spark":
        return SparkEngine(settings.memory.lower().removesuffix("b"))
    return DuckDBEngine(settings.memory, settings.threads or os.cpu_count() or 1, work)


def _quoted(path: Path | str) -> str:
    return str(path).replace("'", "''")


def empty(schema: Mapping[str, str]) -> ir.Table:
    """A table of ``schema`` without rows, in any engine."""
    return ibis.memtable(ibis.schema(dict(schema)).to_pyarrow().empty_table())
