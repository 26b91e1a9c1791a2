"""Nothing dated at or after ``as_of`` changes any measure; and every table is what its schema declares."""

from __future__ import annotations

from datetime import date
from functools import cache

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.measure import MEASURES
from okaeri.schema.measured import MEASURED
from okaeri.schema.rules import Rules
from okaeri.schema.types import ibis_schema
from tests.measure.random_shops import another_future, random_shop, simulated_shop
from tests.measure.shops import measured

AS_OF = date(2025, 6, 15)
SEEDS = st.integers(0, 10**9)
SLOW = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


RULES = Rules(min_support=2, attribute_dimensions=("skin",), forecast_weeks=13)


def all_tables(shop: dict) -> dict[str, pa.Table]:
    return measured(shop, AS_OF, rules=RULES)


@cache
def rich_shop() -> tuple[dict, dict[str, pa.Table]]:
    shop = simulated_shop()
    return shop, all_tables(shop)


def assert_unchanged(before: dict[str, pa.Table], after: dict[str, pa.Table]) -> None:
    changed = [name for name in MEASURES if not before[name].equals(after[name])]
    assert changed == [], {name: (before[name].num_rows, after[name].num_rows) for name in changed}


@settings(SLOW, max_examples=4)
@given(future=SEEDS)
def test_another_future_changes_no_table_of_a_rich_shop(future):
    shop, before = rich_shop()
    assert_unchanged(before, all_tables(another_future(shop, AS_OF, future)))


@settings(SLOW, max_examples=10)
@given(seed=SEEDS, future=SEEDS)
def test_another_future_changes_no_table_of_a_random_shop(seed, future):
    shop = random_shop(seed)
    before = all_tables(shop)
    assert_unchanged(before, all_tables(another_future(shop, AS_OF, future)))


def test_another_past_does_change_tables():
    shop, before = rich_shop()
    after = all_tables(another_future(shop, date(2024, 12, 1), 1))
    assert [name for name in MEASURES if before[name].equals(after[name])] == []


def test_a_rich_shop_leaves_no_table_empty():
    assert [name for name, table in rich_shop()[1].items() if table.num_rows == 0] == []


@cache
def odd_tables() -> list[dict[str, pa.Table]]:
    """Of the rich shop, of random ones, and of shops without anything or with nothing but events or orders."""
    odd = [{}, {"events": random_shop(1)["events"]}, {"orders": random_shop(2)["orders"]}]
    return [rich_shop()[1], *(all_tables(shop) for shop in [*odd, *map(random_shop, range(3))])]


def as_declared(kind: ibis.expr.datatypes.DataType) -> ibis.expr.datatypes.DataType:
    """The type without what an engine adds: nullability, and how finely it tells an instant."""
    if kind.is_map():
        return kind.copy(nullable=True, key_type=as_declared(kind.key_type))
    return kind.copy(nullable=True, scale=None) if kind.is_timestamp() else kind.copy(nullable=True)


@pytest.mark.parametrize("name", MEASURES)
def test_columns_and_types_are_those_declared(name):
    declared = ibis.schema(ibis_schema(MEASURED[name]))
    found = ibis.Schema.from_pyarrow(rich_shop()[1][name].schema)
    assert {column: as_declared(kind) for column, kind in found.items()} == dict(declared)
    assert tuple(found) == MEASURED[name].column_names


@pytest.mark.parametrize("name", MEASURES)
def test_keys_are_unique_and_columns_hold_what_they_declare(name):
    table = MEASURED[name]
    for tables in odd_tables():
        rows = tables[name]
        for column in table.columns:
            values = rows[column.name]
            assert column.nullable or values.null_count == 0, column.name
            if column.choices:
                assert set(values.to_pylist()) - {None} <= set(column.choices), column.name
        assert all(rows[column].null_count == 0 for column in table.key)
        assert rows.group_by(list(table.key)).aggregate([]).num_rows == rows.num_rows


@pytest.mark.parametrize("name", MEASURES)
def test_rates_lie_between_0_and_1_counts_are_not_negative_and_no_number_is_nan(name):
    for tables in odd_tables():
        for column in MEASURED[name].columns:
            values = tables[name][column.name].drop_null()
            if column.type == "float64":
                assert not pc.any(pc.invert(pc.is_finite(values))).as_py(), column.name
            if column.name.endswith("_count") and len(values):
                assert pc.min(values).as_py() >= 0, column.name
            if column.name.endswith("_rate") and len(values):
                assert 0 <= pc.min(values).as_py() <= pc.max(values).as_py() <= 1, column.name
