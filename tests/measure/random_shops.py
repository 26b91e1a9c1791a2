"""Shops drawn at random with every fact table filled, oddities included; and the same shops with another future."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from okaeri.schema.facts import ACQUIRED_VIA, EVENT_KINDS, LINE_KINDS, ORDER_STATUS, VOICE_SOURCES
from okaeri.simulate import ShopPlan, shop_tables
from okaeri.simulate.plan import Happening, Voicing
from tests.measure.shops import fact_table
from tests.simulate.arrow import as_arrow

Rows = list[dict]
TALKATIVE = Voicing(survey_after=0.8, review=0.4, social=0.2)
LATE = (Happening("late_delivery", 0.25, -1.5, stay=-0.3), Happening("kind_reply", 0.05, 1.0))
START = date(2024, 1, 1)
#: The day each fact is known from. Lines go with their order.
DATED = {"customers": "first_seen_date", "orders": "order_date", "events": "event_date", "voices": "voice_date",
         "costs": "spent_on"}  # fmt: skip
INSTANTS = {"customers": "first_seen_at", "orders": "ordered_at", "events": "at", "voices": "at"}
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "events": "event_id",
    "voices": "voice_id",
    "costs": "cost_id",
}


def simulated_shop(customers: int = 150, seed: int = 8) -> dict[str, Rows]:
    """The simulator's shop, which has everything, as plain rows; many speak, of deliveries that are often late."""
    plan = ShopPlan(customers=customers, seed=seed, years=2, start=START, voicing=TALKATIVE, happenings=LATE)
    tables = as_arrow(shop_tables(plan))
    return {name: _with_dicts(table.to_pylist()) for name, table in tables.items()}


def _with_dicts(rows: Rows) -> Rows:
    """Maps come out of Arrow as lists of pairs."""
    for row in rows:
        for name in {"attributes", "features"} & set(row):
            row[name] = None if row[name] is None else dict(row[name])
    return rows


def random_shop(seed: int, days: int = 700) -> dict[str, Rows]:
    """Up to forty customers over ``days`` days from :data:`START`: every status, kind, hole and duplicate day."""
    chance = np.random.default_rng(seed)
    people = [f"{chance.choice(['own', 'rakuten'])}:{n}" for n in range(int(chance.integers(1, 40)))]
    shop: dict[str, Rows] = {"products": _products(chance), "orders": [], "order_lines": [], "links": []}
    for person in people:
        for number in range(int(chance.geometric(0.3))):
            _add_order(shop, chance, person, f"{person}-{number}", _day(chance, days))
    shop["customers"] = [_customer(chance, person, _day(chance, days)) for person in people]
    shop["events"] = [_event(chance, people, n, _day(chance, days)) for n in range(60)]
    shop["voices"] = [_voice(chance, people, n, _day(chance, days)) for n in range(20)]
    shop["costs"] = [_cost(chance, people, n, _day(chance, days)) for n in range(10)]
    shop["links"] = [{"customer_id": person, "person_id": people[0]} for person in people[:2]]
    return shop


def _day(chance: np.random.Generator, days: int) -> date:
    return START + timedelta(days=int(chance.integers(days)))


def _instant(chance: np.random.Generator, day: date) -> datetime:
    """Some time of the shop's ``day`` (Asia/Tokyo) in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(seconds=int(chance.integers(86400)) - 9 * 3600)


def _maybe(chance: np.random.Generator, value: object, share: float = 0.8) -> object:
    return value if chance.random() < share else None


def _products(chance: np.random.Generator) -> Rows:
    return [
        {
            "product_id": f"P{n}", "category": _maybe(chance, f"c{n % 3}"), "price": _maybe(chance, 900 * (n + 1)),
            "unit_cost": _maybe(chance, 300), "features": _maybe(chance, {"scent": f"s{n % 2}"}),
            "days_of_supply": _maybe(chance, float(10 * n), 0.5), "tier": _maybe(chance, ["trial", "core", "premium"][n % 3]),
            "kind": _maybe(chance, "single"),
        }
        for n in range(6)
    ]  # fmt: skip


def _add_order(shop: dict[str, Rows], chance: np.random.Generator, person: str, number: str, day: date) -> None:
    goods = int(chance.integers(1, 4))
    prices = [int(chance.choice([500, 980, 3500, 12000])) for _ in range(goods)]
    sign = -1 if chance.random() < 0.08 else 1
    at = _instant(chance, day)
    shop["orders"].append({
        "order_id": number, "customer_id": _maybe(chance, person, 0.97), "ordered_at": at, "order_date": day,
        "order_month": day.strftime("%Y-%m"), "status": str(chance.choice(ORDER_STATUS, p=[0.1, 0.3, 0.5, 0.05, 0.05])),
        "store": person.split(":")[0], "subtotal": sign * sum(prices), "discount": _maybe(chance, 100, 0.2),
        "shipping": _maybe(chance, 500, 0.5), "tax": _maybe(chance, sum(prices) // 11, 0.7),
        "points_used": _maybe(chance, 50, 0.2), "refunded": _maybe(chance, 200, 0.1), "currency": "JPY",
        "coupon_code": _maybe(chance, "C", 0.2), "subscription_id": _maybe(chance, f"T{person}", 0.2),
        "delivered_at": _maybe(chance, at + timedelta(days=int(chance.integers(1, 30)))),
        "carrier": _maybe(chance, str(chance.choice(["east", "west"]))),
    })  # fmt: skip
    for place, price in enumerate(prices, 1):
        shop["order_lines"].append({
            "order_id": number, "line_no": place, "order_month": day.strftime("%Y-%m"),
            "product_id": _maybe(chance, f"P{chance.integers(7)}", 0.95),
            "kind": str(chance.choice(LINE_KINDS, p=[0.8, 0.05, 0.05, 0.05, 0.05])),
            "quantity": sign * int(chance.integers(1, 4)), "unit_price": price, "discount": _maybe(chance, 10, 0.2),
            "unit_cost": _maybe(chance, price // 3, 0.5), "lot": _maybe(chance, f"L{chance.integers(3)}", 0.5),
        })  # fmt: skip


def _customer(chance: np.random.Generator, person: str, day: date) -> dict:
    known = chance.random() < 0.8
    return {
        "customer_id": person, "first_seen_at": _instant(chance, day) if known else None,
        "first_seen_date": day if known else None, "acquired_via": _maybe(chance, str(chance.choice(ACQUIRED_VIA))),
        "acquired_campaign": _maybe(chance, "k", 0.3), "acquisition_cost": _maybe(chance, 1200, 0.6),
        "gender": _maybe(chance, "female"), "birth_year": _maybe(chance, 1950 + int(chance.integers(60))),
        "region": _maybe(chance, "東京都"), "country": "JP", "is_member": _maybe(chance, True),
        "attributes": _maybe(chance, {"skin": str(chance.choice(["dry", "oily"]))}),
    }  # fmt: skip


def _event(chance: np.random.Generator, people: list[str], number: int, day: date) -> dict:
    kind = str(chance.choice(EVENT_KINDS)) if chance.random() < 0.4 else str(chance.choice(["cart_add", "checkout"]))
    return {
        "event_id": f"e{number}", "at": _instant(chance, day), "event_date": day, "kind": kind,
        "visitor_id": _maybe(chance, f"v{chance.integers(9)}"), "customer_id": _maybe(chance, str(chance.choice(people))),
        "product_id": _maybe(chance, f"P{chance.integers(7)}"), "session_id": _maybe(chance, f"s{chance.integers(15)}"),
    }  # fmt: skip


def _voice(chance: np.random.Generator, people: list[str], number: int, day: date) -> dict:
    return {
        "voice_id": f"w{number}", "at": _instant(chance, day), "voice_date": day, "text": "よい",
        "customer_id": _maybe(chance, str(chance.choice(people))), "source": str(chance.choice(VOICE_SOURCES)),
        "product_id": _maybe(chance, "P1"), "rating": _maybe(chance, float(chance.random())),
    }  # fmt: skip


def _cost(chance: np.random.Generator, people: list[str], number: int, day: date) -> dict:
    return {
        "cost_id": f"k{number}", "spent_on": day, "acquired_via": _maybe(chance, "ad"), "campaign": _maybe(chance, "k"),
        "customer_id": _maybe(chance, str(chance.choice(people)), 0.5), "amount": int(chance.integers(1, 9)) * 1000,
    }  # fmt: skip


def another_future(shop: Mapping[str, Rows], as_of: date, seed: int) -> dict[str, Rows]:
    """``shop`` with whatever is dated at or after ``as_of`` dropped, shuffled or replaced at random, and more made up."""
    chance = np.random.default_rng(seed)
    changed = {name: list(rows) for name, rows in shop.items()}
    for name, day in DATED.items():
        known = [row for row in shop[name] if row[day] is None or row[day] < as_of]
        later = [row for row in shop[name] if row[day] is not None and row[day] >= as_of]
        kept = [row for row in _shuffled(chance, later) if chance.random() < chance.choice([0.0, 0.5, 1.0])]
        changed[name] = known + kept + _made_up(chance, name, shop[name], as_of)
    changed["order_lines"] = _lines_of(chance, shop, changed["orders"], as_of)
    changed["orders"] = [_delivered_otherwise(chance, row, as_of) for row in changed["orders"]]
    return changed


def _shuffled(chance: np.random.Generator, rows: Rows) -> Rows:
    """The same rows with each column but the id's and the day's dealt anew."""
    if not rows:
        return []
    fixed = {*KEYS.values(), *DATED.values(), *INSTANTS.values(), "order_month", "customer_id"}
    columns = {name: [row.get(name) for row in rows] for name in rows[0] if name not in fixed}
    dealt = {name: [values[n] for n in chance.permutation(len(rows))] for name, values in columns.items()}
    return [row | {name: values[n] for name, values in dealt.items()} for n, row in enumerate(rows)]


def _made_up(chance: np.random.Generator, name: str, rows: Rows, as_of: date) -> Rows:
    """Copies of any rows, past ones too, under new ids and on later days."""
    made = []
    for number, row in enumerate(row for row in rows if chance.random() < 0.3):
        day = as_of + timedelta(days=int(chance.integers(0, 400)))
        new = row | {KEYS[name]: f"later-{name}-{number}", DATED[name]: day}
        if name in INSTANTS:
            new[INSTANTS[name]] = _instant(chance, day)
        if name == "orders":
            new |= {"order_month": day.strftime("%Y-%m"), "copied": row["order_id"]}
        made.append(new)
    return made


def _lines_of(chance: np.random.Generator, shop: Mapping[str, Rows], orders: Rows, as_of: date) -> Rows:
    """The lines of past orders as they were; those of later orders with other goods, pieces and prices."""
    own: dict[str, Rows] = {}
    for row in shop["order_lines"]:
        own.setdefault(row["order_id"], []).append(row)
    lines = []
    for order in orders:
        copied = own.get(order.get("copied", order["order_id"]), [])
        new = {"order_id": order["order_id"], "order_month": order["order_month"]}
        if order["order_date"] >= as_of:
            new |= {"quantity": int(chance.integers(1, 50)), "unit_price": int(chance.integers(1, 90000))}
        lines += [row | new for row in copied]
    return lines


def _delivered_otherwise(chance: np.random.Generator, order: dict, as_of: date) -> dict:
    """A delivery still to come may come at any later time, or never."""
    midnight = datetime.combine(as_of, time(), UTC)
    delivered = order["delivered_at"]
    if delivered is None or delivered < midnight:
        return order
    return order | {"delivered_at": _maybe(chance, midnight + timedelta(days=int(chance.integers(1, 90))), 0.5)}


def as_tables(shop: Mapping[str, Rows]) -> dict[str, pa.Table]:
    """The shop's rows as Arrow tables of the fact schemas."""
    return {name: fact_table(name, rows) for name, rows in shop.items()}
