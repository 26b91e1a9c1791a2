"""The tables of value on Spark."""

from __future__ import annotations

import os
import sys

import ibis
import pytest

from okaeri.schema.measured.value import TABLES
from okaeri.schema.rules import Rules
from tests.measure.shops import measured
from tests.measure.value_shop import AS_OF, shop
from tests.measure.value_truth import agree, keyed

RULES = Rules(horizons=(30, 365), conversion_window=60, ladder_top=4, attribute_dimensions=("skin",))


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    session = builder.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.mark.spark
@pytest.mark.slow
def test_spark_gives_duckdbs_tables(spark):
    facts, names = shop(customers=60, unknown_cost=0.01), [table.name for table in TABLES]
    here = measured(facts, AS_OF, rules=RULES, wanted=names)
    there = measured(facts, AS_OF, rules=RULES, wanted=names, connection=spark)
    for table in TABLES:
        mine, theirs = (keyed(tables[table.name], *table.key) for tables in (here, there))
        assert mine.keys() == theirs.keys(), table.name
        for key, row in mine.items():
            agree(theirs[key], row, (table.name, key), rel=1e-9)
