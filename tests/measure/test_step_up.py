"""Steps up the ladder: which there are, how often they were taken, and which is offered to whom."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

from okaeri.measure.step_pairs import PRIOR
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.shops import line, measured, order
from tests.simulate.arrow import as_arrow

AS_OF = date(2026, 3, 1)


def product(code: str, price: int, **more: object) -> dict[str, object]:
    return {"product_id": code, "name": code, "category": "lotion", "price": price, "kind": "single", **more}


PRODUCTS = [
    product("trial", 900, tier="trial", unit_cost=400),
    product("small", 3000, tier="core", name="Lotion 100mL", days_of_supply=30.0, unit_cost=1000),
    product("large", 5000, tier="core", name="Lotion 200mL", days_of_supply=60.0, unit_cost=1500),
    product("other", 4000, tier="core", name="Cream 50g", days_of_supply=60.0),
    product("premium", 9000, tier="premium", unit_cost=3000),
    product("set", 8000, tier="core", kind="bundle"),
    product("monthly", 2700, tier="core", kind="subscription", unit_cost=1000),
    product("elsewhere", 20000, tier="premium", category="tools"),
]


def bought(customer: str, *steps: tuple[str, str]) -> tuple[list[dict], list[dict]]:
    """Orders of (day, product), one each."""
    prices = {row["product_id"]: row["price"] for row in PRODUCTS}
    names = [f"{customer}-{place}" for place in range(len(steps))]
    orders = [order(customer, day, prices[what], name) for name, (day, what) in zip(names, steps, strict=True)]
    return orders, [line(name, 1, what, 1, prices[what], day) for name, (day, what) in zip(names, steps, strict=True)]


def tables(*customers: tuple[list[dict], list[dict]]) -> dict[str, list[dict]]:
    facts = {
        "products": PRODUCTS,
        "orders": [row for orders, _ in customers for row in orders],
        "order_lines": [row for _, lines in customers for row in lines],
    }
    found = measured(facts, AS_OF, wanted=["step_pairs", "step_up"])
    return {name: found[name].to_pylist() for name in ("step_pairs", "step_up")}


def test_the_ladder_is_tiers_sizes_sets_and_courses_of_one_category():
    found = tables(bought("own:1", ("2025-01-05", "trial")))["step_pairs"]
    steps = {(row["product_id"], row["next_product_id"]): row["step"] for row in found}
    assert steps["trial", "small"] == "tier"
    assert steps["small", "large"] == "size"
    assert steps["small", "premium"] == "tier"
    assert steps["small", "set"] == "bundle"
    assert steps["small", "monthly"] == "course"
    assert ("small", "other") not in steps  # another product of the same tier
    assert ("large", "small") not in steps  # a step down
    assert not any("elsewhere" in pair for pair in steps)
    assert not any(first == "monthly" for first, _ in steps)


def test_a_step_counts_if_it_was_taken_later_within_the_window_by_who_had_not_had_it():
    found = tables(
        bought("own:1", ("2025-01-05", "small"), ("2025-03-05", "premium")),  # took it
        bought("own:2", ("2025-01-05", "small")),  # did not
        bought("own:3", ("2025-01-05", "small"), ("2025-12-05", "premium")),  # after the window of 180 days
        bought("own:4", ("2025-01-05", "premium"), ("2025-02-05", "small")),  # had it before
        bought("own:5", ("2026-02-05", "small"), ("2026-02-06", "premium")),  # too young to tell
    )["step_pairs"]
    pair = next(row for row in found if (row["product_id"], row["next_product_id"]) == ("small", "premium"))
    assert (pair["n"], pair["moved_count"], pair["moved_rate"]) == (3, 1, pytest.approx(1 / 3))
    tiers = [row for row in found if row["step"] == "tier"]
    overall = sum(row["moved_count"] for row in found) / sum(row["n"] for row in found)
    kind = (sum(row["moved_count"] for row in tiers) + PRIOR * overall) / (sum(row["n"] for row in tiers) + PRIOR)
    assert pair["shrunk_rate"] == pytest.approx((1 + PRIOR * kind) / (3 + PRIOR))


def regulars() -> list[tuple[list[dict], list[dict]]]:
    """Forty who buy the small lotion every month; every second of them turns to the premium one."""
    customers = []
    for number in range(40):
        days = [date(2025, 2, 1) + timedelta(days=number + 30 * month) for month in range(12)]
        steps = [(day.isoformat(), "premium" if number % 2 and place > 2 else "small")
                 for place, day in enumerate(days) if day < AS_OF]  # fmt: skip
        customers.append(bought(f"own:{number}", *steps))
    return customers


def test_each_customer_is_offered_what_brings_most_and_was_never_bought():
    found = tables(*regulars())["step_up"]
    pairs = {row["customer_id"]: row for row in found if row["rank"] == 1}
    assert {f"own:{number}" for number in range(0, 40, 2)} <= set(pairs)
    for number in range(0, 40, 2):
        best = pairs[f"own:{number}"]
        assert (best["product_id"], best["next_product_id"], best["step"]) == ("small", "premium", "tier")
        assert best["value_kind"] == "gross_profit"
        assert best["extra_value"] == (9000 - 3000) - (3000 - 1000)
        assert best["expected_extra_value"] == pytest.approx(best["take_chance"] * best["extra_value"])
    for row in found:
        number = int(row["customer_id"].split(":")[1])
        assert row["next_product_id"] != ("premium" if number % 2 else "small")
        assert 0 < row["take_chance"] <= 1


def test_offers_are_ranked_by_what_they_are_expected_to_bring():
    by_customer: dict[str, list[dict]] = {}
    for row in tables(*regulars())["step_up"]:
        by_customer.setdefault(row["customer_id"], []).append(row)
    for rows in by_customer.values():
        rows.sort(key=lambda row: row["rank"])
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        values = [row["expected_extra_value"] for row in rows]
        assert values == sorted(values, reverse=True)


@cache
def simulated() -> list[dict]:
    plan = ShopPlan(customers=1500, seed=5)
    return measured(as_arrow(shop_tables(plan)), plan.end, wanted=["step_pairs"])["step_pairs"].to_pylist()


@pytest.mark.parametrize(("first", "then"), [("SK-T01", "SK-C03"), ("HF-T01", "SB-02")])
def test_steps_planted_in_the_simulator_are_the_most_taken_of_their_product(first, then):
    rows = [row for row in simulated() if row["product_id"] == first]
    assert max(rows, key=lambda row: row["shrunk_rate"])["next_product_id"] == then
