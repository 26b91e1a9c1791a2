"""Pairs in a basket, carts left, use-up times and stock at home: against plain Python, and by hand."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles

import pyarrow.compute as pc
import pytest
from scipy.stats import chi2_contingency

from okaeri.schema.rules import DEFAULT_RULES, Rules
from tests.measure.plain_products import baskets_of, plain_pairs, plain_ratio, plain_wilson
from tests.measure.retail import rows_of
from tests.measure.shops import line, measured, order
from tests.measure.test_follow_ons import few_retail_customers, two_line_shop

SHOPS = [
    pytest.param(two_line_shop, date(2026, 1, 1), id="made-up"),
    pytest.param(few_retail_customers, date(2011, 12, 10), id="online-retail", marks=pytest.mark.reference),
]


@pytest.mark.parametrize(("make", "as_of"), SHOPS)
def test_basket_pairs_equal_a_double_loop_over_orders(make, as_of):
    facts = make()
    customers = baskets_of(rows_of(facts["orders"]), rows_of(facts["order_lines"]), as_of)
    plain = plain_pairs(customers, DEFAULT_RULES.min_support)
    rows = measured(facts, as_of, wanted=["basket_pairs"])["basket_pairs"].to_pylist()
    assert {(row["product_id"], row["other_product_id"]) for row in rows} == set(plain)
    assert len(rows) > 20
    for row in rows:
        wanted = plain[row["product_id"], row["other_product_id"]]
        assert {name: row[name] for name in wanted} == pytest.approx(wanted, rel=1e-9, abs=1e-6)
        assert (row["low"], row["high"]) == pytest.approx(plain_wilson(row["confidence"], row["product_count"]))
    assert_ranked(rows)


def assert_ranked(rows: list[dict]) -> None:
    places = defaultdict(list)
    for row in rows:
        figures = (row["lift"] <= 1, -round(row["log_likelihood_ratio"], 6), row["other_product_id"])
        places[row["product_id"]].append((row["rank"], figures))
    for own in places.values():
        own.sort()
        assert [rank for rank, _ in own] == list(range(1, len(own) + 1))
        assert [figures for _, figures in own] == sorted(figures for _, figures in own)


def test_the_log_likelihood_ratio_is_that_of_a_g_test():
    for both, one, other, n in ((20, 30, 40, 500), (3, 90, 60, 200), (5, 5, 5, 50)):
        table = [[both, one - both], [other - both, n - one - other + both]]
        known = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
        assert plain_ratio(both, one, other, n) == pytest.approx(known)


def test_products_always_bought_together_have_a_finite_ratio():
    facts = {"orders": [], "order_lines": []}
    for number in range(12):
        day = date(2025, 1, 1) + timedelta(days=number)
        facts["orders"].append(order(f"own:{number}", day.isoformat(), 10, f"{number}"))
        goods = ("A", "B") if number % 2 else ("C",)
        facts["order_lines"] += [line(f"{number}", k, good, 1, 10, day.isoformat()) for k, good in enumerate(goods)]
    rows = measured(facts, date(2026, 1, 1), wanted=["basket_pairs"])["basket_pairs"].to_pylist()
    assert [(row["product_id"], row["confidence"], row["lift"]) for row in sorted(rows, key=str)] == [
        ("A", 1.0, 2.0), ("B", 1.0, 2.0),
    ]  # fmt: skip
    assert rows[0]["log_likelihood_ratio"] == pytest.approx(2 * 12 * math.log(2))


def event(kind: str, at: str, number: int, product: str | None = "P", **more: object) -> dict[str, object]:
    """An event at an instant of shop time told in UTC for shortness: the shop's day is the instant's."""
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "event_id": f"e{number}", "at": instant, "event_date": instant.date(), "kind": kind, "product_id": product,
        **more,
    }  # fmt: skip


def carts(events: list[dict], as_of: date = date(2026, 3, 1), rules: Rules = DEFAULT_RULES, **facts) -> dict:
    catalogue = [{"product_id": "P", "price": 1200}, {"product_id": "Q", "price": 300}]
    shop = {"events": events, "products": catalogue, **facts}
    rows = measured(shop, as_of, rules=rules, wanted=["cart_abandonment"])["cart_abandonment"].to_pylist()
    return {(row["dimension"], row["segment"]): row for row in rows}


def of_all(events: list[dict], **more) -> tuple[int, int] | None:
    """Products in carts, and those abandoned."""
    row = carts(events, **more).get(("all", "all"))
    return row and (row["n"], row["abandoned_count"])


ADD = {"session_id": "s1", "customer_id": "own:1"}


def test_a_product_taken_out_again_was_not_left_in_the_cart():
    add, remove = event("cart_add", "2026-01-07T10:00", 1, **ADD), event("cart_remove", "2026-01-07T10:05", 2, **ADD)
    again = event("cart_add", "2026-01-07T10:09", 3, **ADD)
    assert of_all([add, remove]) is None
    assert of_all([add, remove, again]) == (1, 1)


@pytest.mark.parametrize(("day", "window", "left"), [("2026-01-07", 1, 0), ("2026-01-08", 1, 0), ("2026-01-09", 1, 1),
                                                     ("2026-01-09", 2, 0), ("2026-01-06", 1, 1)])  # fmt: skip
def test_an_order_of_the_product_completes_a_cart_within_the_window(day, window, left):
    bought = {"orders": [order("own:1", day, 1200, "o")], "order_lines": [line("o", 1, "P", 1, 1200, day)]}
    add = event("cart_add", "2026-01-07T10:00", 1, **ADD)
    assert of_all([add], rules=Rules(cart_window=window), **bought) == (1, left)


def test_an_order_of_another_product_does_not_complete_a_cart():
    bought = {"orders": [order("own:1", "2026-01-07", 9, "o")], "order_lines": [line("o", 1, "Q", 1, 9, "2026-01-07")]}
    assert of_all([event("cart_add", "2026-01-07T10:00", 1, **ADD)], **bought) == (1, 1)


@pytest.mark.parametrize(("at", "product", "left"), [
    ("2026-01-07T10:10", None, 0), ("2026-01-07T10:10", "P", 0), ("2026-01-07T10:10", "Q", 1),
    ("2026-01-07T09:50", None, 1), ("2026-01-08T23:00", None, 0), ("2026-01-09T01:00", None, 1),
])  # fmt: skip
def test_a_later_checkout_in_the_window_completes_a_cart(at, product, left):
    add = event("cart_add", "2026-01-07T10:00", 1, **ADD)
    assert of_all([add, event("checkout", at, 2, product, **ADD)]) == (1, left)


def test_a_visitor_is_the_customer_the_browser_was_signed_in_as():
    add = event("cart_add", "2026-01-07T10:00", 1, visitor_id="v")
    signed_in = event("view", "2026-01-03T10:00", 2, visitor_id="v", customer_id="rakuten:1")
    somebody_else = event("view", "2026-01-04T10:00", 3, visitor_id="v", customer_id="own:2")
    links = [{"customer_id": "rakuten:1", "person_id": "own:1"}]
    bought = {"orders": [order("own:1", "2026-01-07", 9, "o")], "order_lines": [line("o", 1, "P", 1, 9, "2026-01-07")]}
    assert of_all([add, signed_in], links=links, **bought) == (1, 0)
    assert of_all([add, signed_in, somebody_else], links=links, **bought) == (1, 1)


def test_without_sessions_a_cart_is_what_one_person_did_on_one_day():
    events = [
        event("cart_add", "2026-01-07T10:00", 1, customer_id="own:1"),
        event("cart_add", "2026-01-07T20:00", 2, customer_id="own:1"),
        event("cart_add", "2026-01-07T20:01", 3, "Q", customer_id="own:1"),
        event("cart_add", "2026-01-20T20:00", 4, customer_id="own:1"),
    ]
    rows = carts(events)
    assert (rows["all", "all"]["n"], rows["all", "all"]["cart_count"]) == (3, 2)
    assert rows["all", "all"]["value_abandoned"] == 1200 + 300 + 1200
    assert rows["product", "P"]["abandoned_count"] == 2
    assert {key[1] for key in rows if key[0] == "week"} == {"2026-01-05", "2026-01-19"}


def test_a_cart_counts_only_once_its_window_has_passed():
    add = [event("cart_add", "2026-01-07T10:00", 1, **ADD)]
    assert of_all(add, as_of=date(2026, 1, 8)) is None
    assert of_all(add, as_of=date(2026, 1, 9)) == (1, 1)


def test_products_and_weeks_add_up_to_all_carts():
    events = [
        event("cart_add", f"2026-01-{1 + n % 20:02d}T1{n % 10}:00", n, "PQR"[n % 3], session_id=f"s{n}")
        for n in range(60)
    ]
    paid = [
        event("checkout", f"2026-01-{1 + n % 20:02d}T2{n % 4}:00", 100 + n, None, session_id=f"s{n}") for n in range(25)
    ]
    rows = carts(events + paid)
    assert rows["all", "all"]["n"] == 60
    assert rows["all", "all"]["abandoned_count"] == 35
    assert rows["all", "all"]["unpriced_count"] == rows["product", "R"]["abandoned_count"]
    for figure in ("n", "completed_count", "abandoned_count", "value_abandoned"):
        for dimension in ("product", "week"):
            parts = [row[figure] for (kind, _), row in rows.items() if kind == dimension]
            assert sum(parts) == rows["all", "all"][figure]


def gaps_of(facts: dict, as_of: date) -> dict[tuple[str, str], list[tuple[int, int, float | None]]]:
    """Per customer and product each purchase: day, pieces, and days per piece since the one before."""
    pieces = defaultdict(int)
    for row in rows_of(facts["order_lines"]):
        if row["product_id"] is not None and row["quantity"] > 0:
            pieces[row["order_id"], row["product_id"]] += row["quantity"]
    goods = defaultdict(list)
    for (number, product), count in pieces.items():
        goods[number].append((product, count))
    bought = defaultdict(list)
    for row in sorted(rows_of(facts["orders"]), key=lambda row: (row["ordered_at"], row["order_id"])):
        if row["status"] == "paid" and row["subtotal"] >= 0 and row["order_date"] < as_of:
            day = (row["order_date"] - date(1970, 1, 1)).days
            for product, count in goods[row["order_id"]]:
                own = bought[row["customer_id"], product]
                gap = (day - own[-1][0]) / own[-1][1] if own and day > own[-1][0] else None
                own.append((day, count, gap))
    return bought


@pytest.mark.parametrize(("make", "as_of"), SHOPS)
def test_use_up_times_are_the_quartiles_of_the_days_between_purchases_per_piece(make, as_of):
    facts = make()
    days, people = defaultdict(list), defaultdict(set)
    for (customer, product), own in gaps_of(facts, as_of).items():
        gaps = [gap for _, _, gap in own if gap is not None]
        days[product] += gaps
        people[product] |= {customer} if gaps else set()
    rows = measured(facts, as_of, wanted=["use_up_time"])["use_up_time"].to_pylist()
    assert {row["product_id"] for row in rows} == set(days)
    for row in rows:
        gaps = days[row["product_id"]]
        assert (row["n"], row["customer_count"]) == (len(gaps), len(people[row["product_id"]]))
        quartiles = quantiles(gaps, n=4, method="inclusive") if len(gaps) > 1 else gaps * 3 or [None] * 3
        found = [row["low_quartile_days"], row["median_days"], row["high_quartile_days"]]
        assert found == pytest.approx(quartiles)


def plain_stock(facts: dict, as_of: date, stated: dict[str, float], support: int) -> dict[tuple[str, str], tuple]:
    """Pieces, days of supply, their source and days left, by customer and product."""
    bought, today = gaps_of(facts, as_of), (as_of - date(1970, 1, 1)).days
    learned, people = defaultdict(list), defaultdict(set)
    for (customer, product), own in bought.items():
        for _, _, gap in own:
            if gap is not None:
                learned[product].append(gap)
                people[product].add(customer)
    rows = {}
    for (customer, product), own in bought.items():
        start = stated.get(product) or (median(learned[product]) if len(people[product]) >= support else None)
        if start is None or stated.get(product) == 0:
            continue
        gaps = [gap for _, _, gap in own if gap is not None and gap <= 3 * start]
        each = math.exp((sum(map(math.log, gaps)) + 3 * math.log(start)) / (len(gaps) + 3))
        day, pieces, _ = own[-1]
        supply = math.floor(pieces * each * 10 + 0.5) / 10
        if today - day <= 3 * supply:
            source = "customer" if gaps else "stated" if product in stated else "buyers"
            left = day + math.floor(supply + 0.5) - today
            rows[customer, product] = (pieces, supply, source, left, len(own) > 1)
    return rows


@pytest.mark.parametrize(("make", "as_of"), SHOPS)
def test_stock_at_home_equals_a_plain_reckoning(make, as_of):
    facts = make()
    stated = {"P1": 20.0, "P2": 0.0, "P3": 45.0, "85123A": 30.0}
    facts["products"] = [{"product_id": product, "days_of_supply": days} for product, days in stated.items()]
    rows = measured(facts, as_of, wanted=["stock_at_home"])["stock_at_home"].to_pylist()
    plain = plain_stock(facts, as_of, stated, DEFAULT_RULES.min_support)
    names = ("pieces", "days_of_supply", "source_of_supply", "days_left", "is_repeat")
    assert {(row["customer_id"], row["product_id"]): tuple(row[name] for name in names) for row in rows} == plain
    assert {"buyers", "customer"} <= {row["source_of_supply"] for row in rows}
    for row in rows:
        assert (row["runs_out_on"] - as_of).days == row["days_left"]
        assert row["last_bought_on"] < as_of


def test_a_purchase_older_than_three_supplies_is_not_at_home_any_more():
    shop = {
        "orders": [order("own:1", "2026-01-01", 100, "o")], "order_lines": [line("o", 1, "P", 2, 50, "2026-01-01")],
        "products": [{"product_id": "P", "days_of_supply": 10}],
    }  # fmt: skip
    held = measured(shop, date(2026, 3, 2), wanted=["stock_at_home"])["stock_at_home"].to_pylist()
    assert [(row["runs_out_on"], row["days_left"]) for row in held] == [(date(2026, 1, 21), -40)]
    assert measured(shop, date(2026, 3, 3), wanted=["stock_at_home"])["stock_at_home"].num_rows == 0


@pytest.mark.reference
def test_every_line_of_the_retail_data_is_in_a_basket_of_up_to_a_hundred_goods():
    tables = measured(few_retail_customers(), date(2011, 12, 10), wanted=["basket_lines", "purchase_lines"])
    sizes = tables["purchase_lines"].group_by("order_id").aggregate([("product_id", "count")])
    kept = sizes.filter(pc.less_equal(sizes["product_id_count"], 100))
    assert kept.num_rows < sizes.num_rows
    assert tables["basket_lines"].num_rows == pc.sum(kept["product_id_count"]).as_py()
