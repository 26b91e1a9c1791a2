"""Expected against found, its price, and change over time: against plain Python, SciPy, and effects planted in made-up shops."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from okaeri.lib.periods import day_number, month_number
from okaeri.measure.significance import holm, normal_tail
from tests.measure.shops import line, measured, order

AS_OF = date(2026, 1, 1)
WANTED = ("survey_pairs", "survey_gaps", "survey_improvements", "satisfaction_trend")


def voice(number: int, customer: str | None, day: date, source: str, product: str | None, rating: float | None, **more):
    return {
        "voice_id": f"v{number:06d}", "at": datetime(day.year, day.month, day.day, 3, tzinfo=UTC), "voice_date": day,
        "customer_id": customer, "source": source, "product_id": product, "rating": rating, "language": "ja",
        "touchpoint": "expectation" if source == "survey_before" else "use", **more,
    }  # fmt: skip


def shop(
    seed: int, customers: int = 900, repeat_met: float = 0.6, repeat_let_down: float = 0.25
) -> dict[str, list[dict]]:
    """Customers buy A or B, tell before and after; those let down come back less often. Of B many complain of the price."""
    chance = random.Random(seed)
    facts: dict[str, list[dict]] = defaultdict(list)
    for number in range(customers):
        who, product = f"c{number}", "AB"[number % 2]
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(290))
        expected = chance.randrange(5, 11) / 10
        let_down = chance.random() < (0.5 if product == "B" else 0.2)
        judged = (
            max(expected - chance.randrange(1, 6) / 10, 0) if let_down else min(expected + chance.randrange(3) / 10, 1)
        )
        said = "値段が高いです。" if let_down and chance.random() < 0.8 else None
        tell = day + timedelta(days=17)
        facts["voices"] += [
            voice(len(facts["voices"]), who, day, "survey_before", product, expected),
            voice(len(facts["voices"]) + 1, who, tell, "survey_after", product, judged, text=said),
        ]
        _buy(facts, who, day, product)
        if chance.random() < (repeat_let_down if let_down else repeat_met):
            _buy(facts, who, tell + timedelta(days=chance.randrange(1, 91)), product)
    return facts


def _buy(facts: dict[str, list[dict]], who: str, day: date, product: str) -> None:
    number = f"o{len(facts['orders'])}"
    facts["orders"].append(order(who, day.isoformat(), 3000, number))
    facts["order_lines"].append(line(number, 1, product, 1, 3000, day.isoformat()))


def tables(facts: dict, wanted: tuple[str, ...] = WANTED) -> dict[str, list[dict]]:
    return {name: rows.to_pylist() for name, rows in measured(facts, AS_OF, wanted=wanted).items() if name in wanted}


@pytest.fixture(scope="module")
def planted() -> tuple[dict, dict]:
    facts = shop(5)
    return facts, tables(facts)


def test_pairs_gaps_and_next_orders_are_those_of_plain_python(planted):
    facts, found = planted
    orders = defaultdict(list)
    for each in facts["orders"]:
        if each["order_date"] < AS_OF:
            orders[each["customer_id"]].append(day_number(each["order_date"]))
    told = defaultdict(dict)
    for each in facts["voices"]:
        told[each["customer_id"], each["product_id"]][each["source"]] = each
    expected = {}
    for key, said in told.items():
        after = day_number(said["survey_after"]["voice_date"])
        later = [day for day in orders[key[0]] if day > after]
        days = min(later) - after if later else None
        old = day_number(AS_OF) - after > 90
        gap = round(said["survey_after"]["rating"] - said["survey_before"]["rating"], 6)
        expected[key] = (gap, days, (days is not None and days <= 90) if old else None)
    rows = {(row["customer_id"], row["product_id"]): row for row in found["survey_pairs"]}
    assert {key: (row["gap"], row["days_to_next"], row["has_repeated"]) for key, row in rows.items()} == expected
    assert {row["has_repeated"] for row in rows.values()} == {True, False, None}


def test_the_bands_hold_everybody_once_with_his_repeats(planted):
    _, found = planted
    pairs = [row for row in found["survey_pairs"] if row["has_repeated"] is not None]
    tops = [("far_below", -0.3), ("below", -0.1), ("as_expected", 0.05), ("above", 0.25), ("far_above", 9.0)]
    for product in ("all", "A", "B"):
        for row in [row for row in found["survey_gaps"] if row["product_id"] == product]:
            place = [name for name, _ in tops].index(row["band"])
            low, high = tops[place - 1][1] if place else -9, tops[place][1]
            here = [p for p in pairs if low < p["gap"] <= high and product in ("all", p["product_id"])]
            assert (row["n"], row["repeat_count"]) == (len(here), sum(p["has_repeated"] for p in here)), row["band"]
            interval = stats.binomtest(row["repeat_count"], row["n"]).proportion_ci(method="wilson")
            assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
            assert row["mean_judged"] == pytest.approx(np.mean([p["judged"] for p in here]))
    assert sum(row["n"] for row in found["survey_gaps"] if row["product_id"] == "all") == len(pairs)


def test_being_let_down_shows_in_the_chance_of_a_repeat(planted):
    _, found = planted
    rates = {row["band"]: row for row in found["survey_gaps"] if row["product_id"] == "all"}
    assert rates["below"]["high"] < rates["as_expected"]["low"]


def test_the_loss_is_the_planted_one_and_the_worse_product_ranks_first(planted):
    facts, found = planted
    rows = found["survey_improvements"]
    for level in (True, False):
        here = sorted((row["rank"], -row["yearly_loss"]) for row in rows if (row["product_id"] == "all") == level)
        assert [rank for rank, _ in here] == list(range(1, len(here) + 1))
        assert [loss for _, loss in here] == sorted(loss for _, loss in here)
    by = {(row["product_id"], row["aspect"]): row for row in rows}
    for name in ("let_down_count", "n", "buyer_count"):
        assert by["all", "whole"][name] == by["A", "whole"][name] + by["B", "whole"][name]
    assert by["B", "whole"]["rank"] == 1
    assert {("A", "price"), ("B", "price")} <= set(by)
    price = by["B", "price"]
    assert price["let_down_count"] < by["B", "whole"]["let_down_count"]
    true = (
        by["B", "whole"]["let_down_count"]
        / by["B", "whole"]["n"]
        * by["B", "whole"]["buyer_count"]
        * (0.6 - 0.25)
        * 3000
    )
    assert by["B", "whole"]["low"] < true < by["B", "whole"]["high"]
    assert by["B", "whole"]["order_value"] == pytest.approx(3000)
    assert by["B", "whole"]["buyer_count"] == len(
        {
            o["customer_id"]
            for o, each in zip(facts["orders"], facts["order_lines"], strict=True)
            if each["product_id"] == "B"
        }
    )


@pytest.mark.slow
def test_the_interval_of_the_loss_covers_the_planted_one_as_often_as_it_says():
    covered = 0
    for seed in range(24):
        row = next(
            r
            for r in tables(shop(seed, 300), ("survey_improvements",))["survey_improvements"]
            if (r["product_id"], r["aspect"]) == ("B", "whole")
        )
        true = row["let_down_count"] / row["n"] * row["buyer_count"] * (0.6 - 0.25) * 3000
        covered += row["low"] < true < row["high"]
    assert covered >= 21


def test_where_nobody_returns_less_no_loss_is_sure():
    rows = tables(shop(6, 600, repeat_met=0.4, repeat_let_down=0.4))["survey_improvements"]
    assert rows
    assert all(row["low"] < 0 < row["high"] for row in rows)


def trend_facts(seed: int, drop_at: int | None) -> dict[str, list[dict]]:
    """Thirty answers a month on two products over a year; from month ``drop_at`` on A falls by 0.2."""
    chance = np.random.default_rng(seed)
    voices = []
    for month in range(12):
        for product in ("A", "B"):
            mean = 0.75 - (0.2 if product == "A" and drop_at is not None and month >= drop_at else 0)
            for rating in np.clip(chance.normal(mean, 0.15, 30), 0, 1).round(1):
                day = date(2025, month + 1, int(chance.integers(1, 28)))
                who = None if chance.random() < 0.2 else f"c{len(voices)}"
                voices.append(voice(len(voices), who, day, "survey_after", product, float(rating)))
    return {"voices": voices}


def test_the_trend_is_welchs_test_with_holms_correction():
    facts = trend_facts(1, 7)
    rows = tables(facts)["satisfaction_trend"]
    by_month = defaultdict(list)
    for each in facts["voices"]:
        for product in (each["product_id"], "all"):
            by_month[product, month_number(each["voice_date"])].append(each["rating"])
    chances = {}
    for row in rows:
        here = by_month[row["product_id"], row["month"]]
        before = [r for back in (1, 2, 3) for r in by_month.get((row["product_id"], row["month"] - back), [])]
        assert (row["n"], row["before_n"]) == (len(here), len(before))
        assert row["mean"] == pytest.approx(np.mean(here))
        interval = stats.t.interval(0.95, len(here) - 1, np.mean(here), stats.sem(here))
        assert (row["low"], row["high"]) == pytest.approx(interval, abs=1e-4)
        if before:
            chance = stats.ttest_ind(here, before, equal_var=False).pvalue
            assert row["p_value"] == pytest.approx(chance, abs=2e-3)
            chances[row["product_id"], row["month"]] = row["p_value"]
    ordered, highest = sorted(chances.items(), key=lambda item: item[1]), 0.0
    for place, (key, chance) in enumerate(ordered):
        highest = max(highest, min(chance * (len(ordered) - place), 1))
        (row,) = [row for row in rows if (row["product_id"], row["month"]) == key]
        assert row["holm_p_value"] == pytest.approx(highest)
    assert len(rows) == 36


def test_a_planted_fall_is_found_in_its_month_and_nothing_else_is():
    rows = tables(trend_facts(2, 7))["satisfaction_trend"]
    found = {(row["product_id"], row["month"] - 2025 * 12) for row in rows if row["has_changed"]}
    assert ("A", 7) in found
    assert all(product != "B" and month >= 7 for product, month in found)


@pytest.mark.slow
def test_a_shop_in_which_nothing_changed_seldom_raises_the_alarm():
    alarms = sum(
        any(
            row["has_changed"]
            for row in tables(trend_facts(100 + seed, None), ("satisfaction_trend",))["satisfaction_trend"]
        )
        for seed in range(20)
    )
    assert alarms <= 3


def test_recommending_the_shop_is_no_judgement_of_a_product():
    day = date(2025, 6, 1)
    facts = {"voices": [
        voice(1, "c", day, "survey_before", "A", 0.9),
        voice(2, "c", day, "survey_after", "A", 0.1, touchpoint="recommendation"),
        voice(3, "c", day + timedelta(days=1), "survey_after", "A", 0.8),
    ]}  # fmt: skip
    (pair,) = tables(facts)["survey_pairs"]
    assert pair["judged"] == 0.8


def test_a_judgement_told_before_the_hope_is_no_pair_and_the_first_of_several_counts():
    day = date(2025, 6, 10)
    facts = {"voices": [
        voice(1, "c", day - timedelta(days=1), "survey_after", "A", 0.1),
        voice(2, "c", day, "survey_before", "A", 0.9),
        voice(3, "c", day + timedelta(days=9), "survey_after", "A", 0.7),
        voice(4, "c", day + timedelta(days=5), "survey_after", "A", 0.6),
        voice(5, "d", day - timedelta(days=1), "survey_after", "A", 0.1),
        voice(6, "d", day, "survey_before", "A", 0.9),
    ]}  # fmt: skip
    pairs = tables(facts)["survey_pairs"]
    assert [(pair["customer_id"], pair["expected"], pair["judged"]) for pair in pairs] == [("c", 0.9, 0.6)]


def test_the_tail_of_the_normal_distribution_is_scipys():
    z = np.linspace(0, 6, 50)
    rows = ibis.memtable(pa.table({"z": z})).mutate(tail=lambda t: normal_tail(t.z)).order_by("z").to_pyarrow()
    assert rows["tail"].to_numpy() == pytest.approx(stats.norm.sf(z), abs=1e-7)


def test_holm_leaves_out_what_was_not_looked_at():
    table = ibis.memtable(pa.table({"k": [1, 2, 3, 4], "p": pa.array([0.01, None, 0.04, 0.03])}))
    rows = holm(table, "p", ("k",)).order_by("k").to_pyarrow()
    assert rows["holm_p"].to_pylist() == [pytest.approx(0.03), None, pytest.approx(0.06), pytest.approx(0.06)]
