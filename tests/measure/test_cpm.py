"""CPM's ten classes and movement between two dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.lib.periods import day_number
from okaeri.measure.cpm import LABELS, cpm_class
from okaeri.schema.measured.segments import CPM_CLASSES
from okaeri.schema.rules import DEFAULT_RULES
from tests.measure import plain
from tests.measure.retail import SHOPS, by_customer, measured_shop

AS_OF = date(2026, 1, 1)


def classes(histories: list[tuple[int, int, int, float]], **bounds: int) -> list[str]:
    """Classes of (orders, tenure, silence, revenue)."""
    today = day_number(AS_OF)
    rows = [
        {"last_day": today - silent, "first_day": today - silent - tenure, "order_count": orders, "revenue": revenue}
        for orders, tenure, silent, revenue in histories
    ]
    table = ibis.memtable(pa.Table.from_pylist(rows))
    return ibis.duckdb.connect().to_pyarrow(cpm_class(table, AS_OF, replace(DEFAULT_RULES, **bounds))).to_pylist()


def test_the_published_table_line_by_line():
    expected = {
        (1, 0, 239, 1e6): "初回現役", (1, 0, 240, 1e6): "初回離脱",
        (2, 89, 239, 1e6): "よちよち現役", (9, 89, 240, 10): "よちよち離脱",
        (2, 90, 239, 69_999.99): "コツコツ現役", (2, 900, 240, 10): "コツコツ離脱",
        (2, 90, 239, 70_000.0): "流行現役", (2, 209, 240, 70_000.0): "流行離脱",
        (2, 210, 239, 70_000.0): "優良現役", (2, 2100, 240, 1e6): "優良離脱",
    }  # fmt: skip
    assert [LABELS[code] for code in classes(list(expected))] == list(expected.values())


@settings(deadline=None)  # time is the engine's, not the rule's
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.integers(0, 900),
            st.integers(1, 900),
            st.floats(-1e6, 1e7, allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=30,
    ),
    st.fixed_dictionaries({
        "dormant_after": st.integers(0, 900), "cpm_young_tenure": st.integers(0, 900),
        "cpm_long_tenure": st.integers(0, 900), "cpm_large_value": st.integers(0, 10**6),
    }),
)  # fmt: skip
def test_every_customer_falls_in_exactly_one_class_whatever_the_bounds(histories, bounds):
    found = classes(histories, **bounds)
    assert len(found) == len(histories)
    assert set(found) <= set(CPM_CLASSES)


def test_sums_that_differ_in_the_last_bit_fall_on_the_same_side_of_the_bound():
    assert classes([(2, 100, 1, 70_000 - 1e-9)]) == ["trending"]


@pytest.mark.parametrize("shop", SHOPS)
def test_classes_and_summary_equal_the_plain_implementation(shop):
    tables, people = measured_shop(*shop)
    expected = {name: plain.cpm(buyer, shop[1]) for name, buyer in people.items()}
    rows = by_customer(tables["cpm"])
    assert {name: row["cpm_label"] for name, row in rows.items()} == expected
    summary = {row["cpm_label"]: row for row in tables["cpm_summary"].to_pylist()}
    assert summary.keys() == set(LABELS.values())
    assert {label: row["customers"] for label, row in summary.items() if row["customers"]} == Counter(expected.values())
    for label, row in summary.items():
        revenue = sum(people[name].revenue for name, found in expected.items() if found == label)
        assert row["revenue"] == pytest.approx(revenue, abs=0.01)
    assert sum(row["customer_share"] for row in summary.values()) == pytest.approx(1)


@pytest.mark.parametrize("shop", SHOPS)
def test_movement_classes_each_customer_at_both_dates_by_the_orders_known_then(shop):
    tables, people = measured_shop(*shop)
    then = shop[1] - timedelta(days=90)
    moves: Counter[tuple[str, str]] = Counter()
    between: dict[tuple[str, str], float] = defaultdict(float)
    for buyer in people.values():
        past = buyer.before(then)
        move = (plain.cpm(past, then) if past.orders else "not_yet", plain.cpm(buyer, shop[1]))
        moves[move] += 1
        between[move] += sum(amount for day, amount in buyer.value if day >= then)
    labels = {**LABELS, "not_yet": "not_yet"}
    rows = {(labels[r["from_class"]], labels[r["to_class"]]): r for r in tables["cpm_movement"].to_pylist()}
    assert {move: row["customers"] for move, row in rows.items()} == moves
    for move, row in rows.items():
        assert row["revenue_between"] == pytest.approx(between[move], abs=0.01)
        origin = sum(count for (start, _), count in moves.items() if start == move[0])
        assert row["from_customers"] == origin
        assert row["move_rate_low"] <= row["move_rate"] == moves[move] / origin <= row["move_rate_high"]
