"""A made-up shop with costs of goods, sources, trials and credit notes, for the tests of what customers are worth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from tests.measure.shops import line, order

AS_OF = date(2026, 1, 10)
TRIALS = {"T1": "trial", "T2": "trial", "C1": "core", "C2": "core", "P1": "premium", "A1": None}
SOURCES = ("ad", "organic", "social", None)


def shop(
    seed: int = 3, customers: int = 160, *, trials: bool = True, unknown_cost: float = 0.0
) -> dict[str, list[dict]]:
    """Fact rows. ``unknown_cost`` is the share of orders whose goods have no known cost."""
    chance = np.random.default_rng(seed)
    facts: dict[str, list[dict]] = {
        "orders": [], "order_lines": [], "customers": [], "costs": _costs(),
        "products": [
            {"product_id": name, "name": name.lower(), "tier": tier if trials else None, "kind": "single"}
            for name, tier in TRIALS.items()
        ],
    }  # fmt: skip
    for number in range(customers):
        _add_customer(facts, chance, f"own:{number}", unknown_cost)
    return facts


def _costs() -> list[dict]:
    spent = [("ad", None, 60000), ("ad", "spring", 30000), ("ad", "nobody", 1200), (None, "loyalty", 9999)]
    rows = [
        {"cost_id": f"c{place}", "spent_on": date(2024, 6, 1), "acquired_via": via, "campaign": campaign,
         "amount": Decimal(amount)}
        for place, (via, campaign, amount) in enumerate(spent)
    ]  # fmt: skip
    return [*rows, {"cost_id": "own", "spent_on": date(2024, 6, 1), "acquired_via": "social", "customer_id": "own:3",
                    "amount": Decimal(700)}]  # fmt: skip


def _add_customer(facts: dict[str, list[dict]], chance: np.random.Generator, name: str, unknown_cost: float) -> None:
    facts["customers"].append({
        "customer_id": name, "acquired_via": SOURCES[chance.integers(4)], "region": f"R{chance.integers(3)}",
        "acquired_campaign": "spring" if chance.random() < 0.3 else None, "birth_year": int(chance.integers(1960, 2005)),
        "acquisition_cost": Decimal(int(chance.integers(500, 900))) if chance.random() < 0.2 else None,
        "attributes": [("skin", str(chance.choice(["dry", "oily"])))] if chance.random() < 0.8 else None,
    })  # fmt: skip
    pace, day = chance.choice([4, 30, 90, 200]), AS_OF - timedelta(days=int(chance.integers(1, 1100)))
    for number in range(int(chance.geometric(0.3))):
        if day >= AS_OF:
            return
        _add_order(facts, chance, name, f"{name}-{number}", day, unknown_cost)
        day += timedelta(days=int(chance.exponential(pace)))


def _add_order(
    facts: dict[str, list[dict]], chance: np.random.Generator, name: str, number: str, day: date, unknown_cost: float
) -> None:
    product, price = str(chance.choice(list(TRIALS))), float(np.round(chance.lognormal(7.5, 0.8), 0)) + 1
    at = datetime(day.year, day.month, day.day, int(chance.integers(0, 15)), int(chance.integers(60)), tzinfo=UTC)
    store = "rakuten" if chance.random() < 0.3 else "own"
    cost = None if chance.random() < unknown_cost else Decimal(int(price * 0.4))
    more = {"ordered_at": at, "store": store, "status": "cancelled" if chance.random() < 0.05 else "paid"}
    facts["orders"].append(order(name, day.isoformat(), price, number, **more))
    facts["order_lines"].append(line(number, 1, product, 1, price, day.isoformat(), unit_cost=cost))
    back = day + timedelta(days=int(chance.integers(0, 20)))
    if chance.random() < 0.15 and back < AS_OF:
        note = {"ordered_at": datetime(back.year, back.month, back.day, 14, 59, tzinfo=UTC), "status": "returned"}
        facts["orders"].append(order(name, back.isoformat(), -200, number + "-back", **note))
        facts["order_lines"].append(
            line(number + "-back", 1, product, -1, 200, back.isoformat(), unit_cost=Decimal(50))
        )
