"""Rhythm, lapses and status against a plain implementation."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import date, timedelta

import pytest

from okaeri.lib.periods import day_of
from tests.measure import plain
from tests.measure.retail import SHOPS, by_customer, measured_shop
from tests.measure.shops import measured, order


@pytest.mark.parametrize("shop", SHOPS)
def test_every_buyer_has_the_rhythm_and_bounds_of_the_plain_implementation(shop):
    tables, people = measured_shop(*shop)
    groups, rows = plain.group_intervals(people, 5), by_customer(tables["rhythm"])
    assert rows.keys() == people.keys()
    for name, buyer in people.items():
        basis, interval = plain.usual(buyer, len(buyer.orders), groups)
        row = rows[name]
        assert (row["basis"], row["usual_interval"]) == (basis, interval), name
        assert row["median_interval"] == (statistics.median(buyer.gaps) if buyer.gaps else None)
        assert (row["lapsing_after"], row["dormant_after"]) == (
            plain.lapsing_after(interval),
            plain.dormant_after(interval),
        )
        if len(buyer.gaps) >= 2 and sum(buyer.gaps):
            expected = statistics.pstdev(buyer.gaps) / statistics.mean(buyer.gaps)
            assert row["interval_variation"] == pytest.approx(expected)
        else:
            assert row["interval_variation"] is None


@pytest.mark.parametrize("shop", SHOPS)
def test_lapses_are_those_found_by_walking_through_each_customers_orders(shop):
    tables, people = measured_shop(*shop)
    found = {
        (
            row["customer_id"], row["order_no"], row["basis"], row["dormant_after"], day_of(row["lapsed_day"]),
            row["returned_day"] and day_of(row["returned_day"]),
        )
        for row in tables["lapses"].to_pylist()
    }  # fmt: skip
    assert len(found) > 50
    assert found == plain.lapses(people, shop[1])


@pytest.mark.parametrize("shop", SHOPS)
def test_status_of_every_buyer_and_its_summary(shop):
    tables, people = measured_shop(*shop)
    as_of, rows = shop[1], by_customer(tables["customer_status"])
    lapsed = Counter(name for name, *_ in plain.lapses(people, as_of))
    returned = Counter(name for name, *_, back in plain.lapses(people, as_of) if back)
    for name, buyer in people.items():
        row = rows[name]
        assert row["status_label"] == _status(buyer, row["dormant_after"], as_of), name
        silent = (as_of - buyer.last).days
        assert row["is_lapsing"] == (row["lapsing_after"] < silent <= row["dormant_after"])
        assert (row["lapse_count"], row["return_count"]) == (lapsed[name], returned[name])
        assert row["is_revived"] == (returned[name] > 0 and row["status"] != "dormant")
    summary = {row["status"]: row for row in tables["customer_status_summary"].to_pylist()}
    assert {name: row["customers"] for name, row in summary.items()} == Counter(r["status"] for r in rows.values())
    assert sum(row["orders"] for row in summary.values()) == sum(len(buyer.orders) for buyer in people.values())
    assert sum(row["revenue"] for row in summary.values()) == pytest.approx(sum(b.revenue for b in people.values()))
    assert sum(row["lapsing_count"] for row in summary.values()) == sum(r["is_lapsing"] for r in rows.values())


def _status(buyer: plain.Buyer, bound: int, as_of: date) -> str:
    if (as_of - buyer.last).days > bound:
        return "休眠"
    if len(buyer.orders) == 1:
        return "初回"
    if (buyer.last - buyer.first).days >= 365:
        return "1年"
    return "2回" if len(buyer.orders) == 2 else "3回以上"


@pytest.mark.parametrize("shop", SHOPS)
def test_return_rate_counts_only_lapses_that_had_the_time(shop):
    tables, people = measured_shop(*shop)
    as_of, rows = shop[1], {row["basis"]: row for row in tables["dormancy_check"].to_pylist()}
    found = plain.lapses(people, as_of)
    for basis, row in rows.items():
        own = [lapse for lapse in found if basis in ("all", lapse[2])]
        mature = [(reached, back) for *_, reached, back in own if reached + timedelta(days=90) <= as_of]
        soon = [1 for reached, back in mature if back and (back - reached).days < 90]
        assert (row["lapse_count"], row["mature_count"], row["returned_count"]) == (len(own), len(mature), len(soon))
        assert row["ever_returned_count"] == sum(1 for *_, back in own if back)
        if mature:
            assert row["return_rate"] == pytest.approx(len(soon) / len(mature))
            assert 0 <= row["return_rate_low"] <= row["return_rate"] <= row["return_rate_high"] <= 1
    assert rows["all"]["lapse_count"] == len(found)


def test_a_later_slower_rhythm_does_not_undo_an_earlier_lapse():
    days = ["2025-01-01", "2025-01-11", "2025-01-21", "2025-05-01", "2025-09-01", "2025-12-31"]
    facts = {"orders": [order("own:1", day, 1000, f"o{place}") for place, day in enumerate(days)]}
    seen = []
    for known in (4, 6):
        rows = measured(facts, date.fromisoformat(days[known - 1]) + timedelta(days=1), wanted=["lapses"])["lapses"]
        seen.append([(r["order_no"], r["dormant_after"], str(day_of(r["lapsed_day"]))) for r in rows.to_pylist()])
    assert seen[0] == [(3, 60, "2025-03-22")]
    assert seen[0][0] in seen[1]


def test_dormant_begins_the_day_after_the_bound_and_an_order_on_that_day_prevents_it():
    facts = {"orders": [order("own:1", day, 1000, day) for day in ("2025-01-01", "2025-01-11", "2025-01-21")]}
    statuses = {}
    for as_of in (date(2025, 3, 22), date(2025, 3, 23)):
        tables = measured(facts, as_of, wanted=["customer_status", "lapses"])
        statuses[as_of] = tables["customer_status"]["status"][0].as_py(), tables["lapses"].num_rows
    assert statuses == {date(2025, 3, 22): ("repeat", 0), date(2025, 3, 23): ("dormant", 1)}
