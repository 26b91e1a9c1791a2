"""Who bought this also bought, and what goes with a product: against plain Python, the sparse kernel, and by hand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from okaeri.measure.also_bought import MOST
from okaeri.predict.item_pairs import item_pairs
from okaeri.schema.rules import DEFAULT_RULES, Rules
from tests.measure.plain_products import baskets_of, plain_pairs
from tests.measure.shops import line, measured, order
from tests.measure.test_follow_ons import two_line_shop

AS_OF = date(2026, 1, 1)


def wide_shop(orders: int = 400, products: int = 70) -> dict:
    """More products than a list is long, in orders of about seven."""
    chance = np.random.default_rng(9)
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for number in range(orders):
        day = (date(2025, 1, 1) + timedelta(days=number % 300)).isoformat()
        shop["orders"].append(order(f"own:{number % 90}", day, 100, f"{number}"))
        goods = np.unique((products * chance.random(7) ** 1.5).astype(int))
        shop["order_lines"] += [line(f"{number}", k, f"P{good:02}", 1, 10, day) for k, good in enumerate(goods)]
    return shop


def by_hand(shop: dict, min_support: int) -> dict[str, list[tuple[str, float]]]:
    """Others of each product with their cosines, nearest first, from sets of orders."""
    customers = baskets_of(shop["orders"], shop["order_lines"], AS_OF)
    holding = Counter(product for own in customers.values() for _, goods in own for product in goods)
    near = defaultdict(list)
    for (one, other), row in plain_pairs(customers, min_support).items():
        near[one].append((other, row["pair_count"] / math.sqrt(holding[one] * holding[other])))
    return {one: sorted(rows, key=lambda row: (-round(row[1] * 1e9), row[0]))[:MOST] for one, rows in near.items()}


@pytest.mark.parametrize(("make", "support"), [(two_line_shop, 5), (wide_shop, 1), (wide_shop, 3)])
def test_lists_equal_the_nearest_by_cosine_of_a_double_loop(make, support):
    shop = make()
    rules = Rules(min_support=support)
    rows = measured(shop, AS_OF, rules=rules, wanted=["also_bought"])["also_bought"].to_pylist()
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["product_id"], row["rank"])):
        found[row["product_id"]].append((row["other_product_id"], row["cosine"]))
    wanted = by_hand(shop, support)
    assert {one: [other for other, _ in own] for one, own in found.items()} == {
        one: [other for other, _ in own] for one, own in wanted.items()
    }
    for one, own in wanted.items():
        assert [cosine for _, cosine in found[one]] == pytest.approx([cosine for _, cosine in own])
    if support == 1:
        assert max(map(len, found.values())) == MOST


def test_the_sparse_kernel_gives_the_same_lists_as_the_query():
    shop = wide_shop()
    rows = measured(shop, AS_OF, rules=Rules(min_support=1), wanted=["also_bought"])["also_bought"].to_pylist()
    in_sql = {(row["product_id"], row["rank"]): (row["other_product_id"], row["pair_count"]) for row in rows}
    baskets = [int(row["order_id"]) for row in shop["order_lines"]]
    items = [int(row["product_id"][1:]) for row in shop["order_lines"]]
    found = item_pairs(baskets, items, MOST)
    place: Counter = Counter()
    by_kernel = {}
    for item, other, count in zip(found.item.tolist(), found.other.tolist(), found.count.tolist(), strict=True):
        place[item] += 1
        by_kernel[f"P{item:02}", place[item]] = (f"P{other:02}", count)
    assert by_kernel == in_sql


def camera_shop() -> dict:
    """A camera with a cap in the same order, a case in the next, and film; a lens costs more, a twin is a camera too."""
    shop: dict[str, list[dict]] = {"orders": [], "order_lines": [], "products": [
        {"product_id": "camera", "category": "cameras", "price": 50000},
        {"product_id": "twin", "category": "cameras", "price": 40000},
        {"product_id": "cap", "category": "parts", "price": 900},
        {"product_id": "case", "category": "bags", "price": 3000},
        {"product_id": "lens", "category": "parts", "price": 90000},
        {"product_id": "plain", "category": None, "price": 100},
        {"product_id": "tea", "category": "food", "price": 500},
    ]}  # fmt: skip
    for number in range(60):
        baskets = [("camera", "cap", "lens", "plain", "twin"), ("case",)] if number < 20 else [("tea",), ("tea",)]
        for place, goods in enumerate(baskets):
            day = (date(2025, 3, 1) + timedelta(days=10 * place)).isoformat()
            shop["orders"].append(order(f"own:{number}", day, 100, f"{number}-{place}"))
            shop["order_lines"] += [line(f"{number}-{place}", k, good, 1, 100, day) for k, good in enumerate(goods)]
    return shop


def test_an_accessory_is_cheaper_of_another_category_and_taken_with_or_after():
    rows = measured(camera_shop(), AS_OF, wanted=["accessories"])["accessories"].to_pylist()
    lists = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["rank"]):
        lists[row["product_id"]].append((row["other_product_id"], row["with_count"], row["after_count"]))
    assert dict(lists) == {
        "camera": [("cap", 20, 0), ("case", 0, 20)],
        "twin": [("cap", 20, 0), ("case", 0, 20)],
        "lens": [("camera", 20, 0), ("case", 0, 20), ("twin", 20, 0)],
    }
    camera = next(row for row in rows if (row["product_id"], row["other_product_id"]) == ("camera", "cap"))
    assert (camera["with_share"], camera["after_share"]) == (1.0, 0.0)
    assert (camera["price"], camera["other_price"]) == (50000.0, 900.0)


def test_accessories_equal_a_filter_of_the_two_tables_they_come_from():
    shop = two_line_shop()
    tables = measured(shop, AS_OF, wanted=["accessories", "basket_pairs", "next_product"])
    goods = {row["product_id"]: row for row in shop["products"]}
    bounds: dict = defaultdict(float)
    for row in tables["basket_pairs"].to_pylist():
        if row["lift"] > 1:
            bounds[row["product_id"], row["other_product_id"]] = row["low"]
    for row in tables["next_product"].to_pylist():
        pair = row["product_id"], row["next_product_id"]
        if row["bucket"] == "all" and row["lift"] > 1 and pair[0] != pair[1]:
            bounds[pair] = max(bounds[pair], row["low"])
    wanted = defaultdict(list)
    for (one, other), low in bounds.items():
        mine, theirs = goods[one], goods[other]
        if theirs["price"] < mine["price"] and theirs["category"] != mine["category"]:
            wanted[one].append((-round(low * 1e9), other))
    rows = tables["accessories"].to_pylist()
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["rank"]):
        found[row["product_id"]].append(row["other_product_id"])
    assert found == {one: [other for _, other in sorted(own)] for one, own in wanted.items()}
    assert len(rows) >= 2
    assert DEFAULT_RULES.min_support <= min(max(row["with_count"], row["after_count"]) for row in rows)
