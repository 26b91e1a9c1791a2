"""Stays at the stations of the belt against a walk through every customer's days."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from tests.measure import plain
from tests.measure.retail import made_up_shop, online_retail, rows_of
from tests.measure.shops import measured, order

AS_OF = date(2026, 1, 1)
WANTED = ["lapses", "station_entries"]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def lively_shop(seed: int, premium: bool = True) -> dict[str, list[dict]]:
    """A made-up shop with leads, trial and premium products, reviews, posts and referrals; some facts after as_of."""
    chance, facts = np.random.default_rng(seed), made_up_shop(seed, 250, AS_OF + timedelta(days=60))
    tiers = ["trial", "core", "core", None, "core", "premium" if premium else "core"]
    facts["products"] = [
        {"product_id": f"P{place}", "tier": tier, "kind": "bundle" if place == 3 else "single", "days_of_supply": 40.0}
        for place, tier in enumerate(tiers)
    ]
    facts["customers"], facts["voices"], facts["events"] = [], [], []
    first = {}
    for row in facts["orders"]:
        first.setdefault(row["customer_id"], row["order_date"])
    for number in range(400):
        name = f"own:{number}"
        seen = first.get(name, AS_OF) - timedelta(days=int(chance.exponential(150)))
        if chance.random() < 0.6:
            facts["customers"].append(
                {"customer_id": name, "first_seen_date": seen, "first_seen_at": noon(seen), "acquired_via": "ad"}
            )
        for _ in range(chance.poisson(1.0)):
            day = AS_OF - timedelta(days=int(chance.integers(-30, 900)))
            facts["voices"].append({
                "voice_id": f"v{len(facts['voices'])}", "at": noon(day), "voice_date": day, "customer_id": name,
                "source": str(chance.choice(["review", "social", "inquiry"])),
                "rating": float(chance.choice([0.0, 0.5, 0.75, 1.0])),
            })  # fmt: skip
        if chance.random() < 0.1:
            day = AS_OF - timedelta(days=int(chance.integers(-30, 900)))
            facts["events"].append({
                "event_id": f"e{number}", "at": noon(day), "event_date": day, "customer_id": name, "kind": "refer",
            })  # fmt: skip
    return facts


def days_met(facts: dict, people: dict[str, plain.Buyer], as_of: date) -> dict[str, dict[date, int]]:
    """Per customer, the highest station whose rule was met on each day, rule by rule."""
    met: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    tiers = {row["product_id"]: row for row in facts.get("products", [])}
    bought = defaultdict(set)
    for row in rows_of(facts["order_lines"]):
        bought[row["order_id"]].add(row["product_id"])
    counted = {}
    for row in sorted(rows_of(facts["orders"]), key=lambda row: (row["ordered_at"], row["order_id"])):
        if row["customer_id"] in people and row["status"] == "paid" and row["order_date"] < as_of:
            counted.setdefault(row["customer_id"], []).append(row)
    for name, orders in counted.items():
        _orders_met(met[name], orders, tiers, bought)
    leads = [(row["customer_id"], row["first_seen_date"], 1) for row in facts.get("customers", [])]
    praise = [(name, day, 6) for name, day in _praise(facts) if name in people and people[name].first <= day]
    for name, day, station in leads + praise:
        if day < as_of:
            met[name][day] = max(station, met[name][day])
    return met


def _praise(facts: dict) -> list[tuple[str, date]]:
    said = [
        (row["customer_id"], row["voice_date"])
        for row in facts.get("voices", [])
        if row["source"] == "social" or (row["source"] == "review" and row["rating"] >= 0.75)
    ]
    return said + [(row["customer_id"], row["event_date"]) for row in facts.get("events", [])]


def _orders_met(met: dict[date, int], orders: list[dict], tiers: dict, bought: dict) -> None:
    tried, no_premium = None, not any(row["tier"] == "premium" for row in tiers.values())
    first = float(orders[0]["subtotal"])
    for number, row in enumerate(orders, 1):
        day, amount = row["order_date"], float(row["subtotal"])
        kinds = [tiers[product] for product in bought[row["order_id"]] if product in tiers]
        more = any(kind["tier"] in ("core", "premium") or kind["kind"] == "bundle" for kind in kinds)
        rules = {
            2: True,
            3: number == 2,
            4: (number > 1 and amount > first and amount >= 1.2 * first) or (more and tried and tried < day),
            5: number == 5,
            7: (no_premium and amount >= 20000) or any(kind["tier"] == "premium" for kind in kinds),
        }
        if tried is None and any(kind["tier"] == "trial" for kind in kinds):
            tried = day
        met[day] = max([met[day], *(station for station, holds in rules.items() if holds)])


def walked(met: dict[date, int], away: dict[date, date | None], as_of: date) -> list[tuple]:
    """Stays of one customer: (station, from, to, outcome, next station, revived), one event day after the other."""
    stays, top, here, back_days = [], 0, True, set(away.values())
    for day in sorted({*met, *away, *(back for back in back_days if back)}):
        reached = max(top, met.get(day, 0))
        if day in away:
            stays[-1][2:4] = [day, "leak"]
            here = False
        elif day in back_days:
            stays.append([reached, day, None, "still", None, True])
            here = True
        elif here and reached > top:
            if stays and stays[-1][3] == "still":
                stays[-1][2:5] = [day, "forward", reached]
            stays.append([reached, day, None, "still", None, False])
        top = reached
    return [(*stay, ((stay[2] or as_of) - stay[1]).days) for stay in stays]


def absences(facts: dict, people: dict[str, plain.Buyer], as_of: date) -> dict[str, dict[date, date | None]]:
    away: dict[str, dict[date, date | None]] = defaultdict(dict)
    for name, _, _, _, reached, back in plain.lapses(people, as_of):
        away[name][reached] = back
    for row in facts.get("customers", []):
        reached = row["first_seen_date"] + timedelta(days=365)
        first = people[row["customer_id"]].first if row["customer_id"] in people else None
        if reached < (first or as_of):
            away[row["customer_id"]][reached] = first
    return away


@pytest.mark.parametrize(
    ("make", "as_of"),
    [
        pytest.param(lambda: lively_shop(3), AS_OF, id="with-premium"),
        pytest.param(lambda: lively_shop(4, premium=False), AS_OF, id="no-premium"),
        pytest.param(online_retail, date(2011, 12, 10), id="online-retail", marks=pytest.mark.reference),
    ],
)
def test_stays_equal_a_walk_through_every_customers_days(make, as_of):
    facts = make()
    people = plain.buyers(rows_of(facts["orders"]), rows_of(facts["order_lines"]), as_of)
    met, away = days_met(facts, people, as_of), absences(facts, people, as_of)
    expected = {name: walked(met[name], away[name], as_of) for name in met if met[name]}
    found = defaultdict(list)
    for row in measured(facts, as_of, wanted=WANTED)["station_entries"].sort_by("entered_on").to_pylist():
        found[row.pop("customer_id")].append(tuple(
            row[name] for name in
            ("station", "entered_on", "left_on", "outcome", "next_station", "is_revived", "days_inside")
        ))  # fmt: skip
    assert found == expected
    outcomes = Counter((stay[0], stay[3]) for stays in expected.values() for stay in stays)
    assert len(outcomes) >= 10
    assert sum(stay[5] for stays in expected.values() for stay in stays) > 5


def test_a_comeback_is_a_new_stay_and_leaves_the_leak_as_it_was():
    days = ["2024-01-01", "2024-01-11", "2024-01-21", "2025-06-01"]
    facts = {"orders": [order("own:1", day, 1000, day) for day in days]}
    rows = measured(facts, date(2025, 6, 10), wanted=WANTED)["station_entries"].sort_by("entered_on").to_pylist()
    told = [(row["station"], str(row["entered_on"]), row["outcome"], row["is_revived"]) for row in rows]
    assert told == [
        (2, "2024-01-01", "forward", False),
        (3, "2024-01-11", "leak", False),
        (3, "2025-06-01", "still", True),
    ]
    assert rows[1]["left_on"] == date(2024, 3, 21)
