"""Buying again: every figure against plain Python, planted rhythms found, chances calibrated, SQL against NumPy."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import special

from okaeri.loop.predictions.reorder_weights import features, fitted
from okaeri.measure.reorder_features import pair_features
from okaeri.measure.reorder_score import chances
from okaeri.schema.measured.reordering import FEATURES, HORIZONS
from tests.measure.reorder_truth import EPOCH, LAST_WEEK, bought, known_at, weekly_hazards, within
from tests.measure.retail import made_up_shop
from tests.measure.shops import line, measured, order

AS_OF = date(2026, 1, 1)
TODAY = (AS_OF - EPOCH).days
CUTS = [TODAY - before for before in (14, 30, 58, 86)]
WANTED = ["reorder_chances", "use_up_time"]


@cache
def made_up() -> tuple[dict[str, pa.Table], dict]:
    """A made-up shop's tables, and what was bought by (customer_no, product_no)."""
    shop = made_up_shop(seed=6, customers=500)
    chance = np.random.default_rng(7)
    for row in shop["order_lines"]:
        row["quantity"] = int(chance.integers(1, 4))
    pairs = bought(shop["orders"], shop["order_lines"], TODAY)
    return measured(shop, AS_OF, wanted=WANTED), pairs


def numbers(tables: dict[str, pa.Table]) -> tuple[dict, dict]:
    """Customers and products by their number, from 1."""
    lines = tables["purchase_lines"]
    customers, products = (sorted(set(lines[name].to_pylist())) for name in ("customer_id", "product_id"))
    return dict(enumerate(customers, 1)), dict(enumerate(products, 1))


def test_hazards_equal_a_count_over_every_gap():
    tables, pairs = made_up()
    products = {0: "", **numbers(tables)[1]}
    rows = tables["reorder_hazard"].to_pylist()
    for cut in (TODAY, *CUTS):
        hazards = weekly_hazards(pairs, cut)
        mine = [row for row in rows if row["cut_day"] == cut]
        assert {(products[row["product_no"]], row["is_repeat"]) for row in mine} == set(hazards)
        assert len(mine) == len(hazards) * (LAST_WEEK + 1)
        for row in mine:
            own = hazards[products[row["product_no"]], row["is_repeat"]]
            assert row["hazard_14"] == pytest.approx(within(own, row["week"], 2), rel=1e-9)
            assert row["hazard_30"] == pytest.approx(within(own, row["week"], 30 / 7), rel=1e-9)


def test_training_rows_tell_what_was_known_at_the_cut_and_what_came_after():
    tables, pairs = made_up()
    customers, products = numbers(tables)
    rows = tables["reorder_training"].to_pylist()
    before = {cut: known_at(pairs, cut) for cut in CUTS}
    visited = {cut: defaultdict(set) for cut in CUTS}
    for cut, known in before.items():
        for (customer, _), own in known.items():
            visited[cut][customer] |= {cut - bought_on.day for bought_on in own}
    wanted = {(cut, *pair) for cut in CUTS for pair in before[cut]}
    assert {(row["cut_day"], customers[row["customer_no"]], products[row["product_no"]]) for row in rows} == wanted
    for row in rows:
        customer, product, cut = customers[row["customer_no"]], products[row["product_no"]], row["cut_day"]
        days = [own.day for own in before[cut][customer, product]]
        later = [own.day for own in pairs[customer, product] if own.day >= cut]
        ago = [cut - day for day in days]
        visits = visited[cut][customer]
        assert row["days_since"] == pytest.approx(math.log(min(ago)))
        assert row["known_days"] == pytest.approx(math.log(max(ago)))
        assert row["visit_days_since"] == pytest.approx(math.log(min(visits)))
        assert row["missed"] == pytest.approx(math.log(min(ago) / min(visits)))
        for half in (14, 45, 150):
            assert row[f"fresh_{half}"] == pytest.approx(math.log(0.02 + sum(0.5 ** (days / half) for days in ago)))
        for half in (14, 45):
            assert row[f"visits_{half}"] == pytest.approx(math.log(0.05 + sum(0.5 ** (days / half) for days in visits)))
        assert row["is_again_14"] == any(day < cut + 14 for day in later)
        assert row["is_again_30"] == (None if cut + 30 > TODAY else any(day < cut + 30 for day in later))


def test_trend_and_repeats_of_a_product_equal_a_count():
    tables, pairs = made_up()
    products = {0: "", **numbers(tables)[1]}
    before = {cut: known_at(pairs, cut) for cut in (TODAY, *CUTS)}
    for row in tables["reorder_hazard"].filter(pc.field("week") == 3).to_pylist():
        cut, product = row["cut_day"], products[row["product_no"]]
        own = [day for pair, days in before[cut].items() if product in ("", pair[1]) for day in days]
        ago = [cut - day.day for day in own]
        lately, longer = (sum(0.5 ** (days / half) for days in ago) for half in (14, 90))
        assert row["trend"] == pytest.approx(math.log((lately + 1) / (longer * 14 / 90 + 1)))
        assert row["repeat_share"] == pytest.approx(math.log(sum(day.is_repeat for day in own) / len(own) + 0.02))


def test_due_days_are_drawn_from_the_product_to_the_person_and_respect_the_pieces():
    tables, pairs = made_up()
    known = known_at(pairs, TODAY)
    use = {row["product_id"]: row["median_days"] for row in tables["use_up_time"].to_pylist()}
    rows = tables["reorder_chances"].to_pylist()
    for row in rows:
        days = known[row["customer_id"], row["product_id"]]
        start = use[row["product_id"]]
        used = [day.lasted for day in days if day.lasted and day.lasted <= 3 * start]
        usual = days[-1].pieces * math.exp((sum(map(math.log, used)) + 3 * math.log(start)) / (len(used) + 3))
        assert row["usual_days"] == pytest.approx(usual, abs=0.051)
        assert (row["pieces"], row["order_count"]) == (days[-1].pieces, len(days))
        assert row["last_bought_on"] == EPOCH + timedelta(days=days[-1].day)
        assert (row["due_on"] - row["last_bought_on"]).days == math.floor(row["usual_days"] + 0.5)
    assert len(rows) > 100


def test_the_score_in_sql_is_the_score_in_numpy():
    tables, _ = renewed()
    known = tables["reorder_training"]
    rows = chances(ibis.memtable(known), ibis.memtable(tables["reorder_weights"])).to_pyarrow()
    models = [fitted(known, days) for days in HORIZONS]
    assert [model.note for model in models] == ["", ""]
    told = [
        model.chance(features(rows), rows[f"offset_{days}"].to_numpy())
        for model, days in zip(models, HORIZONS, strict=True)
    ]
    assert rows["reorder_chance_14"].to_numpy() == pytest.approx(told[0], rel=1e-9)
    assert rows["reorder_chance_30"].to_numpy() == pytest.approx(np.maximum(*told), rel=1e-9)
    assert told[0].std() > 0.1


def test_chances_told_are_those_above_one_in_a_hundred_or_of_the_last_month():
    tables, pairs = made_up()
    rows = tables["reorder_chances"].to_pylist()
    assert all(0 < row["reorder_chance_14"] <= row["reorder_chance_30"] < 1 for row in rows)
    assert all(row["reorder_chance_30"] >= 0.01 or row["days_since"] <= 30 for row in rows)
    recent = {pair for pair, days in pairs.items() if TODAY - days[-1].day <= 30}
    assert recent <= {(row["customer_id"], row["product_id"]) for row in rows}


def rhythm_shop(customers: int = 60, every: int = 30) -> dict:
    """Customers who buy one piece of A every ``every`` days and of B every 60 (two pieces of A: twice as long)."""
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for customer in range(customers):
        for product, gap in (("A", every), ("B", 60)):
            day = AS_OF - timedelta(days=1 + customer % gap)
            while day > AS_OF - timedelta(days=500):
                number = f"{customer}-{product}-{day}"
                shop["orders"].append(order(f"own:{customer}", day.isoformat(), 100, number))
                shop["order_lines"].append(line(number, 1, product, 1, 100, day.isoformat()))
                day -= timedelta(days=gap)
    return shop


def test_who_buys_every_30_days_is_due_on_day_30_and_likely_just_then():
    rows = measured(rhythm_shop(), AS_OF, wanted=["reorder_chances"])["reorder_chances"].to_pylist()
    mine = {(row["product_id"], row["days_since"]): row for row in rows}
    assert {(row["due_on"] - row["last_bought_on"]).days for row in rows if row["product_id"] == "A"} == {30}
    assert {(row["due_on"] - row["last_bought_on"]).days for row in rows if row["product_id"] == "B"} == {60}
    assert mine["A", 25]["reorder_chance_14"] > 0.9
    assert mine["A", 5]["reorder_chance_14"] < 0.1
    assert mine["A", 5]["reorder_chance_30"] > 0.7
    assert mine["B", 50]["reorder_chance_14"] > 0.9
    assert mine["B", 20]["reorder_chance_30"] < 0.1


def test_twice_the_pieces_last_twice_as_long():
    shop = rhythm_shop()
    last = max(
        row["order_date"] for row in shop["orders"] if row["customer_id"] == "own:7" and "-A-" in row["order_id"]
    )
    for row in shop["order_lines"]:
        if row["order_id"] == f"7-A-{last}":
            row["quantity"] = 2
    rows = measured(shop, AS_OF, wanted=["reorder_chances"])["reorder_chances"].to_pylist()
    mine = next(row for row in rows if (row["customer_id"], row["product_id"]) == ("own:7", "A"))
    assert (mine["due_on"] - last).days == 60


def renewals(chance: np.random.Generator, end: int) -> tuple[dict, dict]:
    """Customers with a pace of their own who may stop at any purchase: facts up to day ``end``, and what came after."""
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    after: dict = {}
    start = AS_OF - timedelta(days=end)
    for customer in range(2500):
        pace, day = float(chance.gamma(8, 5)), int(chance.integers(end))
        while day < end + 30:
            if day >= end:
                after.setdefault(f"own:{customer}", day - end)
                break
            when = (start + timedelta(days=day)).isoformat()
            shop["orders"].append(order(f"own:{customer}", when, 100, f"{customer}-{day}"))
            shop["order_lines"].append(line(f"{customer}-{day}", 1, "A", 1, 100, when))
            day += max(1, round(float(chance.gamma(6, pace / 6)))) if chance.random() < 0.85 else 10**6
    return shop, after


@cache
def renewed() -> tuple[dict[str, pa.Table], dict]:
    shop, after = renewals(np.random.default_rng(3), 600)
    return measured(shop, AS_OF, wanted=["reorder_chances"]), after


def test_chances_of_simulated_renewals_are_calibrated():
    tables, after = renewed()
    rows = tables["reorder_chances"].to_pylist()
    for days in HORIZONS:
        told = np.array([row[f"reorder_chance_{days}"] for row in rows])
        came = np.array([after.get(row["customer_id"], 99) < days for row in rows])
        for part in np.array_split(np.argsort(told), 5):
            spread = math.sqrt(max(came[part].mean() * (1 - came[part].mean()), 0.01) / len(part))
            assert told[part].mean() == pytest.approx(came[part].mean(), abs=0.03 + 3 * spread)
        assert told.std() > 0.1


def test_a_shop_where_nobody_bought_twice_has_small_chances_and_no_due_day():
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for customer in range(30):
        day = (AS_OF - timedelta(days=3 + customer)).isoformat()
        shop["orders"].append(order(f"own:{customer}", day, 100, f"{customer}"))
        shop["order_lines"].append(line(f"{customer}", 1, "A", 1, 100, day))
    tables = measured(shop, AS_OF, wanted=["reorder_chances"])
    rows = tables["reorder_chances"].to_pylist()
    assert {row["due_on"] for row in rows} == {None}
    assert all(0 < row["reorder_chance_30"] < 0.01 for row in rows)
    notes = {row["note"] for row in tables["reorder_weights"].to_pylist() if row["term"] == "intercept"}
    assert all("too little to learn" in note for note in notes)


def test_a_product_too_few_know_has_the_chances_of_all_products():
    tables, pairs = made_up()
    days = tables["reorder_days"]
    unknown = days.set_column(1, "product_no", pa.array([9999] * len(days)))
    visits = ibis.memtable(days.select(["customer_no", "order_day"])).distinct()
    rows = pair_features(ibis.memtable(unknown), visits, ibis.memtable(tables["reorder_hazard"]), (TODAY,)).to_pyarrow()
    every = weekly_hazards(pairs, TODAY)
    assert len(rows) > 100
    for row in rows.to_pylist():
        usual = within(every["", row["order_count"] > 1], min(row["last_ago"] // 7, LAST_WEEK), 2)
        assert row["offset_14"] == pytest.approx(special.logit(usual), rel=1e-9)


def test_features_are_the_columns_told_to_the_model():
    tables, _ = made_up()
    assert features(tables["reorder_training"]).shape[1] == len(FEATURES)
