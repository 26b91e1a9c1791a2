from collections import Counter
from dataclasses import replace

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okaeri.loop.engine import DuckDBEngine
from okaeri.loop.facts import FactStore
from okaeri.schema.facts import FACTS
from okaeri.schema.types import ibis_schema
from tests.measure.shops import fact_table, line, order


@pytest.fixture
def connection():
    return ibis.duckdb.connect(threads=1)


@pytest.fixture
def store(tmp_path):
    return FactStore(tmp_path)


def put(store, connection, versions, **tables):
    rows = {
        name: connection.create_table(f"in_{name}", fact_table(name, rows), overwrite=True)
        for name, rows in tables.items()
    }
    return store.put(connection, rows, versions)


def read(store, connection, name, versions):
    return store.read(connection, name, versions).to_pyarrow().to_pylist()


def test_a_new_version_is_seen_only_by_those_who_ask_for_it(store, connection):
    first = put(store, connection, {}, orders=[order("own:1", "2026-01-05", 1000, "a")])
    second = put(store, connection, first, orders=[order("own:2", "2026-01-06", 500, "b")])
    assert [row["order_id"] for row in read(store, connection, "orders", first)] == ["a"]
    assert sorted(row["order_id"] for row in read(store, connection, "orders", second)) == ["a", "b"]


def test_an_order_that_moves_to_another_month_is_in_one_month_only(store, connection):
    first = put(
        store, connection, {}, orders=[order("own:1", "2026-01-31", 1000, "a"), order("own:1", "2026-03-01", 1, "b")]
    )
    second = put(store, connection, first, orders=[order("own:1", "2026-02-01", 1000, "a", status="shipped")])
    rows = sorted(
        (row["order_id"], row["order_month"], row["status"]) for row in read(store, connection, "orders", second)
    )
    assert rows == [("a", "2026-02", "shipped"), ("b", "2026-03", "paid")]


def test_a_column_left_empty_by_a_later_file_keeps_what_was_known(store, connection):
    rich = [{"customer_id": "own:1", "region": "東京都", "birth_year": 1980}]
    first = put(store, connection, {}, customers=rich)
    second = put(store, connection, first, customers=[{"customer_id": "own:1", "birth_year": 1981}])
    (row,) = read(store, connection, "customers", second)
    assert (row["region"], row["birth_year"]) == ("東京都", 1981)


def test_the_lines_of_an_order_are_replaced_together(store, connection):
    day = "2026-01-05"
    first = put(
        store, connection, {},
        order_lines=[line("a", 1, "P", 1, 10, day), line("a", 2, "Q", 1, 10, day), line("b", 1, "P", 1, 10, day)],
    )  # fmt: skip
    second = put(store, connection, first, order_lines=[line("a", 1, "Q", 3, 10, day)])
    rows = read(store, connection, "order_lines", second)
    assert sorted((row["order_id"], row["product_id"], row["quantity"]) for row in rows) == [
        ("a", "Q", 3),
        ("b", "P", 1),
    ]


def test_lines_without_a_date_stand_in_the_month_of_their_order(store, connection):
    first = put(store, connection, {}, orders=[order("own:1", "2026-01-05", 1000, "a")])
    undated = [line("a", 1, "P", 1, 10, "2026-01-05", order_month=None), line("z", 1, "P", 1, 10, "", order_month=None)]
    second = put(store, connection, first, order_lines=undated)
    months = {row["order_id"]: row["order_month"] for row in read(store, connection, "order_lines", second)}
    assert months == {"a": "2026-01", "z": None}


def test_what_a_dead_writer_left_is_wound_back_before_the_next_write(store, connection):
    first = put(store, connection, {}, orders=[order("own:1", "2026-01-05", 1000, "a")])
    put(store, connection, first, orders=[order("own:9", "2026-01-05", 9, "never recorded")])
    third = put(store, connection, first, orders=[order("own:2", "2026-01-07", 500, "b")])
    assert sorted(row["order_id"] for row in read(store, connection, "orders", third)) == ["a", "b"]


def test_a_table_first_made_by_a_dead_writer_is_not_there(store, connection):
    put(store, connection, {}, orders=[order("own:9", "2026-01-05", 9, "never recorded")])
    versions = put(store, connection, {}, customers=[{"customer_id": "own:1"}])
    assert versions == {"customers": 0}
    assert read(store, connection, "orders", versions) == []


EXPORTS = st.lists(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.tuples(st.sampled_from(["2026-01-31", "2026-02-01", "2026-03-15"]), st.integers(1, 9)),
        min_size=1,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exports=EXPORTS)
def test_after_any_exports_each_order_stands_once_as_last_exported(exports, tmp_path_factory, connection):
    store = FactStore(tmp_path_factory.mktemp("facts"))
    versions, expected = {}, {}
    for export in exports:
        expected.update(export)
        rows = [order("own:1", day, total, number) for number, (day, total) in export.items()]
        lines = [line(number, n + 1, "P", 1, 1, day) for number, (day, total) in export.items() for n in range(total)]
        versions = put(store, connection, versions, orders=rows, order_lines=lines)
    found = read(store, connection, "orders", versions)
    assert {row["order_id"]: (str(row["order_date"]), int(row["subtotal"])) for row in found} == expected
    assert len(found) == len(expected)
    lines = Counter(row["order_id"] for row in read(store, connection, "order_lines", versions))
    assert lines == {number: total for number, (_, total) in expected.items()}


def test_facts_written_before_a_column_was_thought_of_are_read_on_and_added_to(store, connection, monkeypatch):
    """A shop's orders of an earlier version have no carriers, its lines no lots."""
    with monkeypatch.context() as earlier:
        for name, column in (("orders", "carrier"), ("order_lines", "lot")):
            table = FACTS[name]
            kept = tuple(one for one in table.columns if one.name != column)
            earlier.setitem(FACTS, name, replace(table, columns=kept))
        old = {
            "orders": fact_table("orders", [order("own:1", "2026-01-05", 1000, "a")]).drop_columns("carrier"),
            "order_lines": fact_table("order_lines", [line("a", 1, "P", 1, 1000, "2026-01-05")]).drop_columns("lot"),
        }
        rows = {name: connection.create_table(f"old_{name}", table) for name, table in old.items()}
        first = store.put(connection, rows, {})
    assert [row["carrier"] for row in read(store, connection, "orders", first)] == [None]
    second = put(store, connection, first, orders=[order("own:1", "2026-01-06", 500, "b", carrier="東便")],
                 order_lines=[line("b", 1, "P", 1, 500, "2026-01-06", lot="L1")])  # fmt: skip
    third = put(store, connection, second, orders=[order("own:1", "2026-01-05", 1000, "a", carrier="西便")])
    for versions, carriers in ((second, {"a": None, "b": "東便"}), (third, {"a": "西便", "b": "東便"})):
        assert {row["order_id"]: row["carrier"] for row in read(store, connection, "orders", versions)} == carriers
    assert {row["order_id"]: row["lot"] for row in read(store, connection, "order_lines", third)} == {
        "a": None,
        "b": "L1",
    }
    engine = DuckDBEngine(threads=1)
    for name, column, known in (("orders", "carrier", {"東便", None}), ("order_lines", "lot", {"L1", None})):
        rows = engine.read(store.files(name, second), ibis_schema(FACTS[name]))
        assert set(rows[column].to_pyarrow().to_pylist()) == known
    assert engine.read(store.files("orders", first), ibis_schema(FACTS["orders"])).carrier.to_pyarrow().to_pylist() == [
        None
    ]
    engine.close()
