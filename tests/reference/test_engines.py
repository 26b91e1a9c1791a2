"""Every measure on Spark equals the same measure on DuckDB: columns, types, rows; floats to the last few bits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okaeri.loop.engine import DuckDBEngine, Engine, SparkCompiler, SparkEngine
from okaeri.loop.measuring import Measuring
from okaeri.measure import MEASURES
from okaeri.schema.measured import MEASURED
from okaeri.schema.rules import Rules
from okaeri.schema.types import ibis_schema
from tests.measure.random_shops import as_tables, simulated_shop
from tests.measure.shops import TABLES

pytestmark = pytest.mark.spark
AS_OF = date(2025, 9, 10)
RULES = Rules(min_support=2, attribute_dimensions=("skin",))
#: Sums of floats stand in another order of adding: relative to the larger figure, and in yen about nought.
CLOSE = {"rel_tol": 1e-9, "abs_tol": 1e-9}
#: The shop is small and the queries are many: compiling Java for each would take longer than all the rows.
QUICK = {
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false", "spark.sql.shuffle.partitions": "2",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The simulated shop's facts as Parquet files."""
    folder = tmp_path_factory.mktemp("facts")
    shop = simulated_shop(customers=120)
    right = [
        {"voice_id": row["voice_id"], "score": -1.0, "corrected_at": datetime(2026, 1, 1)} for row in shop["voices"][:9]
    ]
    tables = as_tables({**shop, "corrections": right})
    for name in TABLES:
        pq.write_table(tables[name], folder / f"{name}.parquet")
    return {name: str(folder / f"{name}.parquet") for name in TABLES}


def measured_by(engine: Engine, shop: dict[str, str], folder: Path) -> dict[str, Path]:
    """Every measure, saved by the engine."""
    schemas = {name: ibis_schema(table) for name, table in TABLES.items()}
    facts = {name: engine.read([path], schemas[name]) for name, path in shop.items()}
    Measuring(engine, facts, folder, AS_OF, RULES).run(MEASURES)
    return {name: folder / f"{name}.parquet" for name in MEASURES}


@pytest.fixture(scope="module")
def by_duckdb(shop: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    engine = DuckDBEngine("2GB", 2)
    yield measured_by(engine, shop, tmp_path_factory.mktemp("duckdb"))
    engine.close()


@pytest.fixture(scope="module")
def by_spark(shop: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    engine = SparkEngine("2g")
    for name, value in QUICK.items():
        engine.session.conf.set(name, value)
    yield measured_by(engine, shop, tmp_path_factory.mktemp("spark"))
    engine.session.stop()


def sorted_rows(path: Path, name: str) -> pa.Table:
    return pq.read_table(path).sort_by([(column, "ascending") for column in MEASURED[name].key])


def plain(kind: pa.DataType) -> str:
    """The type as Ibis names it, without what a file format adds (nullability, unit of a timestamp)."""
    return "map" if pa.types.is_map(kind) else str(ibis.dtype(kind).copy(nullable=True))


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, **CLOSE)
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return one == other


@pytest.mark.parametrize("name", MEASURES)
def test_spark_gives_the_same_table_as_duckdb(name: str, by_duckdb: dict[str, Path], by_spark: dict[str, Path]):
    left, right = sorted_rows(by_duckdb[name], name), sorted_rows(by_spark[name], name)
    assert left.column_names == right.column_names == list(MEASURED[name].column_names)
    assert [plain(field.type) for field in left.schema] == [plain(field.type) for field in right.schema]
    assert left.num_rows == right.num_rows > 0
    for column in left.column_names:
        pairs = zip(left[column].to_pylist(), right[column].to_pylist(), strict=True)
        unlike = [(row, one, other) for row, (one, other) in enumerate(pairs) if not same(one, other)]
        assert unlike == [], column


def test_spark_is_given_fractions_as_doubles_and_not_as_decimals():
    assert ibis.pyspark.name == "pyspark"  # which registers the options the compiler asks for
    count = ibis.table({"n": "int64"}, name="counts").n
    written = SparkCompiler().to_sqlglot((count * 0.5).name("half").as_table()).sql("spark")
    assert "CAST(0.5 AS DOUBLE)" in written
