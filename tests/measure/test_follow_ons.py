"""Which product, and which kind of product, the next order holds: against plain Python, and against what was planted."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from okaeri.measure.next_feature import next_feature
from okaeri.measure.next_product import next_product
from okaeri.schema.rules import DEFAULT_RULES, Rules
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.plain_products import (
    baskets_of,
    bounds_of,
    label_of,
    plain_follow_ons,
    plain_popularity_weights,
    plain_shares,
    plain_weights,
)
from tests.measure.retail import made_up_shop, online_retail, rows_of
from tests.measure.shops import line, measured, order
from tests.simulate.arrow import as_arrow

BOUNDS = bounds_of(DEFAULT_RULES.elapsed_buckets)
TABLES = (
    "next_product", "next_feature", "basket_lines", "next_product_counts", "next_feature_counts", "day_weights",
    "purchase_lines",
)  # fmt: skip
CATALOGUE = [
    {"product_id": f"P{number}", "category": "skin" if number < 3 else "health", "price": 980 * (number + 1),
     "features": {"scent": "rose" if number % 2 else "none"} if number else None}
    for number in range(6)
]  # fmt: skip


def two_line_shop() -> dict:
    """The made-up shop with a second product on every other order, and a catalogue."""
    shop = made_up_shop(seed=3, customers=250)
    chance = np.random.default_rng(4)
    days = {row["order_id"]: row["order_date"].isoformat() for row in shop["orders"]}
    second = [row["order_id"] for row in shop["order_lines"] if chance.random() < 0.5]
    more = [line(number, 2, f"P{chance.integers(6)}", 1, 500, days[number]) for number in second]
    return {**shop, "order_lines": shop["order_lines"] + more, "products": CATALOGUE}


def few_retail_customers() -> dict:
    """Every tenth customer of the retail data: what a double loop can still count."""
    facts = online_retail()
    mine = pc.match_substring_regex(facts["orders"]["customer_id"], "7$")
    orders = facts["orders"].filter(mine)
    lines = facts["order_lines"]
    return {"orders": orders, "order_lines": lines.filter(pc.is_in(lines["order_id"], orders["order_id"]))}


SHOPS = [
    pytest.param((two_line_shop, date(2026, 1, 1)), id="made-up"),
    pytest.param((few_retail_customers, date(2011, 12, 10)), id="online-retail", marks=pytest.mark.reference),
]


@cache
def both_ways(make, as_of: date) -> tuple[dict[str, pa.Table], dict]:
    facts = make()
    return measured(facts, as_of, wanted=TABLES), baskets_of(
        rows_of(facts["orders"]), rows_of(facts["order_lines"]), as_of
    )


def kinds_of(product: str) -> list[tuple[str, str]]:
    """The features of a product of the made-up catalogue, told from its row."""
    row = next(row for row in CATALOGUE if row["product_id"] == product)
    band = next(label for upper, label in ((1000, "-999"), (2000, "1000-1999"), (3000, "2000-2999"),
                                           (5000, "3000-4999"), (10000, "5000-9999")) if row["price"] < upper)  # fmt: skip
    return [("category", row["category"]), ("price_band", band), *(row["features"] or {}).items()]


def assert_same(rows: list[dict], plain: dict, key) -> None:
    assert {key(row) for row in rows} == set(plain)
    for row in rows:
        for name, value in plain[key(row)].items():
            assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (key(row), name)


def weights_of(tables: dict[str, pa.Table]) -> tuple[list[float], list[float]]:
    """By bucket the weight of lifts and that of popularity."""
    rows = tables["day_weights"].sort_by("bucket_no")
    return rows["weight"].to_pylist(), rows["popularity_weight"].to_pylist()


@pytest.mark.parametrize("shop", SHOPS)
def test_weights_of_buckets_equal_a_double_loop_over_the_two_halves_of_the_customers(shop):
    tables, customers = both_ways(*shop)
    names = sorted(set(tables["purchase_lines"]["customer_id"].to_pylist()))
    counted = plain_follow_ons(customers, BOUNDS, shop[1])
    expected, weights = plain_weights(counted, set(names[::2]), customers, BOUNDS, DEFAULT_RULES.min_support, shop[1])
    rows = tables["day_weights"].sort_by("bucket_no")
    assert rows["expected"].to_pylist() == pytest.approx(expected)
    popularity = plain_popularity_weights(counted, set(names[::2]), customers, BOUNDS, shop[1])
    assert weights_of(tables)[0] == pytest.approx(weights)
    assert weights_of(tables)[1] == pytest.approx(popularity, abs=1e-9)


@pytest.mark.parametrize("shop", SHOPS)
def test_next_products_equal_a_double_loop_over_orders(shop):
    tables, customers = both_ways(*shop)
    plain = plain_shares(
        plain_follow_ons(customers, BOUNDS, shop[1]), BOUNDS, DEFAULT_RULES.min_support, *weights_of(tables)
    )
    assert len(plain) > 50
    rows = tables["next_product"].to_pylist()
    assert_same(rows, plain, lambda row: (row["product_id"], row["next_product_id"], row["bucket"]))


def test_next_features_equal_a_double_loop_that_counts_a_value_once_per_order():
    tables, customers = both_ways(two_line_shop, date(2026, 1, 1))
    counted = plain_follow_ons(customers, BOUNDS, date(2026, 1, 1), kinds_of)
    plain = plain_shares(counted, BOUNDS, DEFAULT_RULES.min_support, *weights_of(tables))
    assert {target[0] for _, target, _ in plain} == {"category", "price_band", "scent"}
    rows = tables["next_feature"].to_pylist()
    assert_same(rows, plain, lambda row: (row["product_id"], (row["feature"], row["value"]), row["bucket"]))


@pytest.mark.parametrize("shop", SHOPS)
def test_pairs_of_all_products_are_as_many_as_base_shares_expect(shop):
    tables, customers = both_ways(*shop)
    observed, pairs, _ = plain_follow_ons(customers, BOUNDS, shop[1])
    counts = tables["next_product_counts"]
    assert pc.sum(counts["pair_count"]).as_py() == sum(pairs.values())
    known = {(row["next_product_id"], row["bucket"]): row["base_share"] for row in tables["next_product"].to_pylist()}
    for number, bound in enumerate(BOUNDS):
        purchases = sum(n for (_, place), n in observed.items() if place == number)
        for target in {target for target, bucket in known if bucket == label_of(*bound)}:
            came = sum(n for (_, then, place), n in pairs.items() if then == target and place == number)
            assert known[target, label_of(*bound)] * purchases == pytest.approx(came)


@pytest.mark.parametrize("table", ["next_product", "next_feature"])
def test_ranks_run_from_one_in_the_order_of_the_shrunk_figures_ties_by_name(table):
    rows = both_ways(two_line_shop, date(2026, 1, 1))[0][table].to_pylist()
    within = ("product_id", "bucket", "feature") if table == "next_feature" else ("product_id", "bucket")
    name = "value" if table == "next_feature" else "next_product_id"
    for figure in ("share", "lift"):
        rows.sort(key=lambda row: ([row[column] for column in within], -row[f"shrunk_{figure}"], row[name]))
        place, before = 0, None
        for row in rows:
            group = [row[column] for column in within]
            place = place + 1 if group == before else 1
            assert row[f"{figure}_rank"] == place
            before = group


def follow_shop(gap: int, customers: int = 8) -> dict:
    """Customers who buy A on 1 June 2025 and B ``gap`` days later."""
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for number in range(customers):
        for product, day in (("A", date(2025, 6, 1)), ("B", date(2025, 6, 1) + timedelta(days=gap))):
            shop["orders"].append(order(f"own:{number}", day.isoformat(), 100, f"{number}{product}"))
            shop["order_lines"].append(line(f"{number}{product}", 1, product, 1, 100, day.isoformat()))
    return shop


def after_a(gap: int, as_of: date, rules: Rules = DEFAULT_RULES) -> dict[str, tuple[int, int]]:
    """Pairs and observed purchases of A followed by B, by bucket."""
    rows = measured(follow_shop(gap), as_of, rules=rules, wanted=["next_product"])["next_product"].to_pylist()
    return {row["bucket"]: (row["pair_count"], row["n"]) for row in rows if row["product_id"] == "A"}


@pytest.mark.parametrize(
    ("gap", "bucket"), [(1, "1-3"), (3, "1-3"), (4, "4-7"), (90, "61-90"), (91, "91-364"), (364, "91-364")]
)
def test_a_bucket_holds_its_first_day_and_not_the_next_ones(gap, bucket):
    assert after_a(gap, date(2027, 1, 1)) == {bucket: (8, 8), "all": (8, 8)}


@pytest.mark.parametrize("gap", [0, 365])
def test_a_next_order_of_the_same_day_or_after_a_year_is_in_no_bucket(gap):
    assert after_a(gap, date(2027, 1, 1)) == {}


def test_a_purchase_is_counted_only_once_the_bucket_is_over():
    assert after_a(3, date(2025, 6, 4)) == {}
    assert after_a(3, date(2025, 6, 5)) == {"1-3": (8, 8), "all": (8, 8)}
    assert after_a(20, date(2025, 7, 1)) == {}
    assert after_a(20, date(2025, 7, 2)) == {"15-30": (8, 8), "all": (8, 8)}


def test_the_shop_sets_its_own_buckets_and_support():
    assert after_a(0, date(2027, 1, 1), Rules(elapsed_buckets=(0, 10))) == {"0-9": (8, 8), "all": (8, 8)}
    assert after_a(3, date(2027, 1, 1), Rules(min_support=9)) == {}
    assert after_a(3, date(2027, 1, 1), Rules(min_support=8)) != {}


def test_an_order_of_over_a_hundred_goods_brings_no_pairs():
    shop = follow_shop(3)
    shop["order_lines"] += [line("0B", 2 + n, f"X{n}", 1, 1, "2025-06-04") for n in range(100)]
    rows = measured(shop, date(2027, 1, 1), wanted=["next_product"])["next_product"].to_pylist()
    assert [(row["bucket"], row["next_product_id"], row["pair_count"], row["n"]) for row in rows] == [
        (row["bucket"], "B", 7, 8) for row in rows
    ]
    assert len(rows) == 2


def planted_shop(delays: dict[tuple[str, str], int], seed: int = 5, customers: int = 1500) -> dict:
    """Customers of ten products bought at random every 40 days or so; after ``first``, ``then`` follows in 1 of 4 cases."""
    chance = np.random.default_rng(seed)
    follow = {first: (then, delay) for (first, then), delay in delays.items()}
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for customer in range(customers):
        day, product = date(2024, 1, 1) + timedelta(days=int(chance.integers(300))), f"G{chance.integers(10)}"
        for number in range(int(chance.integers(1, 9))):
            name = f"{customer}-{number}"
            shop["orders"].append(order(f"own:{customer}", day.isoformat(), 1000, name))
            shop["order_lines"].append(line(name, 1, product, 1, 1000, day.isoformat()))
            if product in follow and chance.random() < 0.25:
                product, days = follow[product][0], follow[product][1] + int(chance.integers(-1, 2))
            else:
                product, days = f"G{chance.integers(10)}", 1 + int(chance.exponential(40))
            day += timedelta(days=days)
    return shop


def test_days_that_matter_weigh_little_and_days_that_do_not_weigh_much():
    """A delay of 3 days for every product's follower, and followers at any time: what is learnt tells them apart."""
    delays = {(f"G{number}", f"G{number + 1}"): 3 for number in range(0, 10, 2)}
    dated, free = (
        measured(planted_shop(planted, customers=4000), date(2026, 6, 1), wanted=["day_weights"])["day_weights"]
        for planted in (delays, {})
    )
    assert dated.sort_by("bucket_no")["weight"][0].as_py() < 3
    assert min(free["weight"].to_pylist()) > 20
    assert max(free["variation"].to_pylist()) < 0.05


def seasoned_shop(own_days: float, customers: int = 1500) -> dict:
    """Customers of ten goods who come back in 2 days or in 20.

    After 2 days, ``own_days`` of their orders hold one of three goods only; all others hold any of the ten.
    """
    chance = np.random.default_rng(8)
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for customer in range(customers):
        day, goods = date(2024, 1, 1) + timedelta(days=int(chance.integers(300))), 10
        for number in range(int(chance.integers(2, 8))):
            name = f"{customer}-{number}"
            shop["orders"].append(order(f"own:{customer}", day.isoformat(), 1000, name))
            shop["order_lines"].append(line(name, 1, f"G{chance.integers(goods)}", 1, 1000, day.isoformat()))
            soon = chance.random() < 0.4
            goods = 3 if soon and chance.random() < own_days else 10
            day += timedelta(days=2 if soon else 20)
    return shop


def test_popularity_of_days_counts_where_other_customers_buy_so_too_and_not_where_it_is_chance():
    own, free = (
        weights_of(measured(seasoned_shop(part), date(2026, 6, 1), wanted=["day_weights"]))[1] for part in (0.5, 0.0)
    )
    assert own[0] > 0.9
    assert max(free) < 0.3


@pytest.mark.parametrize("table", ["next_product", "next_feature"])
def test_a_bucket_that_tells_nothing_ranks_as_all_days_do(table):
    """Weights are set to nothing told: the bucket's rows then are those of all days, at the bucket's level."""
    tables = both_ways(two_line_shop, date(2026, 1, 1))[0]
    weights = tables["day_weights"].to_pylist()
    told = [{**row, "weight": 1e12, "popularity_weight": 0.0} for row in weights]
    rows = again(table, tables, pa.Table.from_pylist(told))
    target = ("feature", "value") if table == "next_feature" else ("next_product_id",)
    key = lambda row: (row["product_id"], *(row[name] for name in target))  # noqa: E731
    free = {key(row): row["shrunk_share"] for row in rows if row["bucket"] == "all"}
    mine = [row for row in rows if row["bucket"] == "15-30"]
    assert len(mine) > 5
    ratios = [row["shrunk_share"] / free[key(row)] for row in mine]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


def again(table: str, tables: dict[str, pa.Table], weights: pa.Table) -> list[dict]:
    """``table`` once more, with other day_weights."""
    measure = {"next_product": next_product, "next_feature": next_feature}[table]
    counts = tables[f"{table}_counts"]
    rows = measure(
        *(ibis.memtable(each) for each in (tables["basket_lines"], counts, weights)),
        as_of=date(2026, 1, 1), rules=DEFAULT_RULES,
    )  # fmt: skip
    return rows.to_pyarrow().to_pylist()


def places(table: pa.Table, first: str, then: str, delay: int) -> tuple[int, int]:
    """Ranks by share and by lift of a pair in the bucket its delay falls in."""
    bucket = next(label_of(*bound) for bound in BOUNDS if bound[0] <= delay < bound[1])
    for row in table.to_pylist():
        if (row["product_id"], row["next_product_id"], row["bucket"]) == (first, then, bucket):
            return row["share_rank"], row["lift_rank"]
    return 999, 999


def test_planted_follow_ons_are_first_of_their_product_in_their_days():
    delays = {("G1", "G2"): 3, ("G3", "G4"): 12, ("G5", "G6"): 45}
    table = measured(planted_shop(delays), date(2026, 6, 1), wanted=["next_product"])["next_product"]
    assert {pair: places(table, *pair, delay) for pair, delay in delays.items()} == dict.fromkeys(delays, (1, 1))


def test_every_follow_on_of_the_simulated_shop_is_among_the_top_three_of_its_product_in_its_days():
    plan = ShopPlan(customers=4000, seed=11)
    facts = {name: rows for name, rows in as_arrow(shop_tables(plan)).items() if name not in ("events", "voices")}
    end = max(facts["orders"]["order_date"].to_pylist()) + timedelta(days=1)
    table = measured(facts, end, wanted=["next_product"])["next_product"]
    found = {(f.first, f.then): places(table, f.first, f.then, f.days) for f in plan.follow_ons}
    assert len(found) >= 3
    assert {pair: ranks for pair, ranks in found.items() if max(ranks) > 3} == {}
