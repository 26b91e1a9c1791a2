"""Lists of a shop: what may not be shown is not, and the reason given is true."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from okaeri.schema.rules import Rules
from tests.measure.shops import line, measured, order

AS_OF = date(2025, 7, 1)
START = date(2025, 1, 6)
RULES = Rules(min_support=2, recommendation_count=4)


def bought(
    facts: dict[str, list[dict]], customer: str, days: int, *products: str, quantity: int = 1, **more: object
) -> None:
    """One order, ``days`` after the start."""
    day = (START + timedelta(days=days)).isoformat()
    number = f"{customer}-{days}-{quantity}"
    facts["orders"].append(order(customer, day, 100 * quantity, number, **more))
    facts["order_lines"] += [line(number, place, one, quantity, 100, day) for place, one in enumerate(products, 1)]


def shop() -> dict[str, list[dict]]:
    """Sixty customers who buy soap every 30 days and tea every other time; a pan goes with every oven; salt is popular."""
    facts: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for number in range(60):
        for turn in range(5):
            goods = ["soap", *(["tea"] if turn % 2 == 0 else []), *(["salt"] if number % 2 else [])]
            bought(facts, f"own:{number:02}", 30 * turn + number % 7, *goods)
    for number in range(60, 100):
        bought(facts, f"own:{number:02}", number, "oven")
        bought(facts, f"own:{number:02}", number + 20, "pan", "glove" if number % 4 else "salt")
    bought(facts, "own:new", 170, "oven")
    bought(facts, "own:late", 100, "soap", "salt")
    bought(facts, "own:late", 130, "soap", "salt")
    bought(facts, "own:late", 175, "soap")
    return facts


def lists(facts: dict[str, list[dict]], rules: Rules = RULES) -> dict[str, list[dict]]:
    """Rows of each customer, best first."""
    rows = measured(facts, AS_OF, rules=rules, wanted=["recommendations"])["recommendations"].to_pylist()
    told: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda row: (row["customer_id"], row["rank"])):
        told.setdefault(row["customer_id"], []).append(row)
    return told


def shown(told: list[dict]) -> dict[str, dict]:
    return {row["product_id"]: row for row in told}


@pytest.fixture(scope="module")
def plain() -> dict[str, list[dict]]:
    return lists(shop())


def test_every_customer_has_a_list_without_holes(plain):
    assert set(plain) == {row["customer_id"] for row in shop()["orders"]}
    for rows in plain.values():
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert len(rows) <= 4
        assert len(shown(rows)) == len(rows)


def test_what_is_due_is_said_with_its_days(plain):
    soap = shown(plain["own:00"])["soap"]
    # five purchases, 30 days apart, the last on day 120 of 176
    assert (soap["reason"], soap["bought_count"], soap["days_since_last"]) == ("due", 5, 56)
    assert soap["usual_days"] == pytest.approx(30, abs=1)
    assert not soap["is_new_to_customer"]
    assert plain["own:00"][0]["product_id"] == "soap"


def test_a_customer_with_one_order_is_shown_what_goes_with_it(plain):
    told = shown(plain["own:new"])
    for name in ("pan", "glove"):
        assert (told[name]["reason"], told[name]["reason_product_id"]) == ("goes_with", "oven")
        assert told[name]["is_new_to_customer"]
        assert told[name]["bought_count"] == 0


def test_what_was_just_bought_is_not_shown_again(plain):
    # last bought one day before as_of, usually after some 30
    assert "soap" not in shown(plain["own:late"])
    assert shown(plain["own:late"])["salt"]["days_since_last"] == 46


def test_without_that_rule_it_is_shown():
    told = lists(shop(), Rules(min_support=2, recommendation_count=6, just_bought_share=0.0))
    assert "soap" in shown(told["own:late"])


def test_what_still_lasts_at_home_is_not_shown(plain):
    facts = shop()
    # a piece of tea lasts 1,000 days, drawn by the customer's own pace of 60 to some 325; 56 are gone
    facts["products"] = [
        {"product_id": name, "days_of_supply": 1000.0 if name == "tea" else None}
        for name in ("soap", "tea", "salt", "oven", "pan", "glove")
    ]
    told = lists(facts)
    assert "tea" in shown(plain["own:00"])
    assert "tea" not in shown(told["own:00"])


def test_what_is_not_in_the_catalogue_any_more_is_not_shown(plain):
    facts = shop() | {"products": [{"product_id": name} for name in ("soap", "tea", "oven", "pan", "glove")]}
    assert any("salt" in shown(rows) for rows in plain.values())
    assert not any("salt" in shown(rows) for rows in lists(facts).values())


def test_what_a_customer_sent_back_is_not_shown_to_that_customer():
    facts = shop()
    bought(facts, "own:00", 130, "soap", quantity=-1)
    bought(facts, "own:01", 131, "salt", status="returned")
    told = lists(facts)
    assert "soap" not in shown(told["own:00"])
    assert "salt" not in shown(told["own:01"])
    assert "soap" in shown(told["own:02"])
    assert "salt" in shown(told["own:03"])


def kinds(**more: str) -> list[dict]:
    """The catalogue: two categories, of one brand each, at 100 yen."""
    known = {
        "soap": "bath",
        "tea": "kitchen",
        "salt": "kitchen",
        "oven": "kitchen",
        "pan": "kitchen",
        "glove": "kitchen",
    }
    return [
        {"product_id": name, "category": category, "brand": category, "price": 100}
        for name, category in (known | more).items()
    ]


def test_a_product_nobody_bought_yet_is_shown_to_those_who_buy_its_category():
    told = lists(shop() | {"products": kinds(balm="bath")}, Rules(min_support=2, recommendation_count=6))
    lovers = [f"own:{number:02}" for number in range(0, 60, 2)]  # soap at every visit, tea at three of five
    others = [f"own:{number:02}" for number in range(60, 100)]  # never anything of the bath
    for customer in lovers:
        balm = shown(told[customer])["balm"]
        assert (balm["reason"], balm["bought_count"], balm["is_new_to_customer"]) == ("category", 0, True)
    assert not any("balm" in shown(told[customer]) for customer in others)


def test_of_two_unknown_products_the_one_of_the_brand_and_price_bought_comes_first():
    goods = kinds(balm="bath", scrub="bath", sponge="bath")
    goods[-2] |= {"brand": "other", "price": 100}  # scrub: another brand
    goods[-1] |= {"price": 1000}  # sponge: ten times the price
    told = shown(lists(shop() | {"products": goods}, Rules(min_support=2, recommendation_count=9))["own:00"])
    assert told["balm"]["score"] > told["scrub"]["score"]
    assert "sponge" not in told  # two of a category at most
    assert told["balm"]["score"] - told["scrub"]["score"] == pytest.approx(0.2)


def test_a_customer_with_one_order_has_a_list_with_what_is_new_of_its_category():
    told = shown(
        lists(shop() | {"products": kinds(kettle="kitchen")}, Rules(min_support=2, recommendation_count=9))["own:new"]
    )
    assert told["pan"]["reason"] == "goes_with"
    assert told["kettle"]["reason"] == "category"


def test_the_margin_counts_only_where_the_shop_says_so():
    facts = shop()
    facts["products"] = [
        {"product_id": name, "price": 100_000 if name == "glove" else 100, "unit_cost": 50}
        for name in ("soap", "tea", "salt", "oven", "pan", "glove")
    ]
    assert lists(facts)["own:00"][0]["product_id"] == "soap"
    weighed = lists(facts, Rules(min_support=2, recommendation_count=4, margin_weight=5.0))
    assert weighed["own:00"][0]["product_id"] == "glove"


def test_chances_lie_between_none_and_all_and_the_likelier_come_first(plain):
    for rows in plain.values():
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < row["chance"] < 1 for row in rows)


def test_a_shop_without_second_visits_shows_what_is_popular_without_a_chance():
    facts: dict[str, list[dict]] = {"orders": [], "order_lines": []}
    for number in range(9):
        bought(facts, f"own:{number}", number, "soap" if number < 6 else "tea")
    told = lists(facts)
    assert all(row["chance"] is None for rows in told.values() for row in rows)
    assert shown(told["own:8"])["soap"]["reason"] == "popular"
