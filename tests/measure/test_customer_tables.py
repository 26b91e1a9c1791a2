"""What holds for every table about who the customers are: schema, blindness to the future, one row per customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from okaeri.measure import MEASURES
from okaeri.schema.measured import MEASURED, belt, groups, segments
from okaeri.schema.rules import DEFAULT_RULES
from okaeri.schema.types import ibis_schema
from tests.measure.shops import measured, order
from tests.measure.test_station_entries import AS_OF, lively_shop

TABLES = [table.name for module in (segments, groups, belt) for table in module.TABLES]


@pytest.fixture(scope="module")
def facts() -> dict[str, list[dict]]:
    return lively_shop(9) | {
        "costs": [{"cost_id": "a", "spent_on": date(2025, 6, 1), "acquired_via": "ad", "amount": Decimal(900)}],
        "links": [{"customer_id": "own:3", "person_id": "own:4"}],
    }


@pytest.fixture(scope="module")
def tables(facts) -> dict[str, pa.Table]:
    return measured(facts, AS_OF, wanted=TABLES)


def test_every_declared_table_is_measured():
    assert set(TABLES) <= set(MEASURES)


@pytest.mark.parametrize("name", TABLES)
def test_columns_types_choices_and_keys_are_those_declared(tables, name):
    table, rows = MEASURED[name], tables[name]
    declared = ibis.schema(ibis_schema(table)).to_pyarrow()
    assert [(field.name, field.type) for field in rows.schema] == [(field.name, field.type) for field in declared]
    assert rows.num_rows > 0
    frame = rows.to_pandas()
    assert not frame.duplicated(list(table.key)).any()
    for column in table.columns:
        if not column.nullable:
            assert frame[column.name].notna().all(), column.name
        if column.choices:
            assert set(frame[column.name].dropna()) <= set(column.choices)
        if column.name.endswith(("_rate", "_low", "_high", "_share")):
            assert frame[column.name].dropna().between(-1e-9, 1 + 1e-9).all(), column.name


def test_whatever_is_dated_at_or_after_as_of_changes_no_table(facts, tables):
    corrupted = {name: [later(row) for row in rows] for name, rows in facts.items()}
    corrupted["orders"].append(order("own:1", AS_OF.isoformat(), 10**7, "future"))
    corrupted["orders"].append(order("own:new", (AS_OF + timedelta(days=9)).isoformat(), 10**7, "future-2"))
    at = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 3, tzinfo=UTC)
    corrupted["customers"].append({"customer_id": "own:future", "first_seen_date": AS_OF, "first_seen_at": at})
    corrupted["costs"].append({"cost_id": "z", "spent_on": AS_OF, "acquired_via": "ad", "amount": Decimal(10**6)})
    found = measured(corrupted, AS_OF, wanted=TABLES)
    for name in TABLES:
        assert sorted_rows(found[name], name).equals(sorted_rows(tables[name], name)), name


def later(row: dict) -> dict:
    """The row with everything it says spoiled, if it is dated at or after as_of."""
    dated = next((row[name] for name in ("order_date", "voice_date", "event_date", "spent_on") if name in row), None)
    if dated is None or dated < AS_OF:
        return row
    spoiled = {"subtotal": Decimal(999_999), "rating": 1.0, "source": "social", "amount": Decimal(10**6)}
    return row | {name: value for name, value in spoiled.items() if name in row}


def sorted_rows(rows: pa.Table, name: str) -> pd.DataFrame:
    key = list(MEASURED[name].key)
    frame = rows.to_pandas().sort_values(key).reset_index(drop=True)
    return frame.apply(lambda column: column.round(6) if column.dtype.kind == "f" else column)


def test_linked_customers_are_one_person_everywhere(tables):
    for name in TABLES:
        if "customer_id" in tables[name].column_names:
            assert "own:3" not in tables[name]["customer_id"].to_pylist(), name


def test_one_row_holds_what_the_tables_say_of_each_customer(facts, tables):
    rows = tables["customers_now"].to_pandas().set_index("customer_id")
    history = tables["customer_history"].to_pandas().set_index("customer_id")
    leads = {row["customer_id"] for row in facts["customers"] if row["first_seen_date"] < AS_OF} - {"own:3"}
    assert set(rows.index) == set(history.index) | leads | {"own:4"}
    assert set(rows.index[rows.is_buyer]) == set(history.index)
    buyers = rows[rows.is_buyer].sort_index()
    assert buyers.revenue.sum() == pytest.approx(history.revenue.sum())
    for name, columns in {"cpm": ["cpm"], "rfm": ["r", "f", "m", "rank"], "customer_status": ["status"],
                          "decile": ["decile"], "clusters": ["cluster"]}.items():  # fmt: skip
        own = tables[name].to_pandas().set_index("customer_id").sort_index()[columns]
        pd.testing.assert_frame_equal(buyers[columns], own, check_dtype=False)
    entries = tables["station_entries"].to_pandas()
    there = entries[entries.outcome == "still"].set_index("customer_id")
    assert rows.station.dropna().to_dict() == there.station.to_dict()
    stock = tables["stock_at_home"].to_pandas().sort_values(["runs_out_on", "product_id"])
    soonest = stock.drop_duplicates("customer_id").set_index("customer_id")
    assert len(soonest) > 10
    assert rows.next_runs_out_product.dropna().to_dict() == soonest.product_id.to_dict()
    assert rows.next_runs_out_on.dropna().to_dict() == soonest.runs_out_on.to_dict()
    assert rows.stock_items.sum() == len(stock)
    assert rows.run_out_items.sum() == (stock.days_left <= 0).sum()
    came = {row["customer_id"]: row.get("acquired_campaign") for row in facts["customers"]}
    known = rows.acquired_campaign.dropna().to_dict()
    assert known == {name: campaign for name, campaign in came.items() if campaign and name in rows.index}
    only_leads = rows[~rows.is_buyer]
    assert (only_leads.order_count == 0).all()
    assert (only_leads.acquired_via == "ad").all()
    assert set(only_leads.station.dropna()) <= {1}
    assert only_leads.status.isna().all()


def test_bounds_are_the_shops_to_set(facts):
    strict = replace(DEFAULT_RULES, dormant_bounds=(10, 20), fan_orders=2, cluster_count=2, compare_days=30)
    tables = measured(facts, AS_OF, rules=strict, wanted=["customer_status", "clusters", "belt"])
    assert set(tables["rhythm"]["dormant_after"].to_pylist()) <= set(range(10, 21))
    assert set(tables["clusters"]["cluster"].to_pylist()) == {1, 2}
    belt_rows = {row["station"]: row for row in tables["belt"].to_pylist()}
    assert belt_rows[3]["in_count"] == 0, "the second order makes a fan at once"
    assert belt_rows[5]["in_count"] > 0
