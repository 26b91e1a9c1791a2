"""LTV knowing what was felt: which way is said to foretell better, on shops whose customers are known."""

from __future__ import annotations

from functools import cache

import ibis
import numpy as np
import pyarrow as pa
import pytest

from okaeri.loop.predictions.emotion_backtest import foretold
from okaeri.loop.predictions.emotion_histories import OrderRows
from okaeri.loop.predictions.emotion_ltv import emotion_ltv
from okaeri.loop.predictions.emotion_purchases import Purchases
from okaeri.schema.measured import MEASURED
from okaeri.schema.rules import DEFAULT_RULES
from okaeri.schema.types import ibis_schema

DAYS = 1000


@cache
def shop(seed: int, effect: float, people: int = 700, bad: float = 0.0) -> pa.Table:
    """Customers who leave after an order with odds that fall by ``effect`` per standard deviation of what they felt of it,
    and rise by ``bad`` where that was below -0.5; six in ten say what they felt."""
    chance = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        day, number, gap = int(chance.integers(0, 700)), 1, None
        usual = chance.gamma(4, 8)
        while day < DAYS:
            felt, says = chance.normal(), chance.random() < 0.6
            odds = np.exp(0.1 - 0.2 * min(number, 6) - effect * felt + bad * (felt < -0.5))
            leaves = chance.random() < odds / (1 + odds)
            to_next = None if leaves else 1 + int(chance.gamma(3, usual / 3))
            if to_next is not None and day + to_next >= DAYS:
                to_next = None
            rows.append({
                "order_id": f"{who}-{number}", "customer_id": f"c{who:04}", "persona": ("a", "b")[who % 2],
                "order_no": number, "order_day": day, "days_since_previous": gap, "is_delivery": False, "revenue": 1000.0,
                "days_to_next": to_next, "days_seen": DAYS - day, "feeling": felt if says else None,
                "feeling_count": int(says), "is_followed": to_next is not None and to_next <= 180,
                "is_open": (to_next is None or to_next > 180) and DAYS - day <= 180,
            })  # fmt: skip
            if to_next is None:
                break
            day, number, gap = day + to_next, number + 1, to_next
    schema = ibis.schema(ibis_schema(MEASURED["emotion_orders"])).to_pyarrow()
    return pa.Table.from_pylist(rows, schema=schema)


@cache
def told(seed: int, effect: float) -> dict[str, dict]:
    return {row["persona"]: row for row in emotion_ltv(shop(seed, effect), rules=DEFAULT_RULES).to_pylist()}


def test_where_feelings_move_customers_it_is_said_so_and_where_not_never():
    matter, idle = ([told(seed, effect)["all"]["better"] for seed in range(4)] for effect in (0.6, 0.0))
    assert matter.count("emotion") == 4
    assert idle.count("emotion") == 0


def test_every_customer_is_foretold_and_by_others_only():
    """Taking one customer's outcomes away changes what is foretold of others, and nothing of what is foretold of that one."""
    table = shop(1, 0.6)
    before = foretold(OrderRows.of(table), DEFAULT_RULES)
    rows = table.to_pylist()
    for row in rows:
        if row["customer_id"] == "c0007":
            row |= {"is_followed": False, "days_to_next": None, "is_open": False, "days_seen": row["days_seen"] + 300}
    after = foretold(OrderRows.of(pa.Table.from_pylist(rows, schema=table.schema)), DEFAULT_RULES)
    own = np.array([row["customer_id"] == "c0007" for row in rows])
    for way in ("emotional", "recent", "purchases"):
        assert getattr(before, way)[own].tolist() == getattr(after, way)[own].tolist()
    others = ~own & (OrderRows.of(table).orders.customer % 3 != 7 % 3)
    assert (before.emotional[others] != after.emotional[others]).all()
    assert (before.purchases[others] != after.purchases[others]).all()
    assert (before.emotional > 0).all()
    assert (before.purchases > 0).all()


def test_orders_judged_are_all_whose_end_is_known_of_customers_who_spoke():
    rows = shop(1, 0.6).to_pylist()
    spoke: set[str] = set()
    count = 0
    for row in rows:
        if row["feeling_count"]:
            spoke.add(row["customer_id"])
        count += row["customer_id"] in spoke and not row["is_open"]
    assert told(1, 0.6)["all"]["held_back"] == count


def test_both_models_find_that_bad_orders_drive_customers_away():
    for seed in range(3):
        row = {r["persona"]: r for r in emotion_ltv(shop(seed, 0.0, bad=1.5), rules=DEFAULT_RULES).to_pylist()}["all"]
        assert row["emotion_odds"] < row["odds_high_90"] < 1.0
        # two in ten of those who say nothing are struck too
        assert 1.5 < row["bad_odds_low_90"] < row["bad_odds"] < np.exp(1.5) * 1.5
    assert told(2, 0.0)["all"]["bad_odds_low_90"] < 1.2


def test_the_better_model_is_said_with_its_lead():
    row = told(1, 0.6)["all"]
    by_interval = "hazard" if row["lead_low_90"] > 0 else "purchases" if row["lead_high_90"] < 0 else "alike"
    assert row["better_model"] == by_interval
    assert row["lead_low_90"] < row["lead"] < row["lead_high_90"]
    assert told(1, 0.6)["a"]["better_model"] == by_interval
    assert told(1, 0.6)["a"]["lead"] is None


def test_the_values_of_all_ways_are_of_one_size():
    row = told(3, 0.6)["all"]
    assert row["ltv_purchases"] == pytest.approx(row["ltv_survival"], rel=0.25)
    assert row["ltv_recency"] == pytest.approx(row["ltv_survival"], rel=0.1)
    assert min(row["ltv_purchases"], row["ltv_survival"]) > row["past_revenue"]


def test_bad_orders_are_counted_customer_by_customer():
    rows = OrderRows.of(shop(2, 0.0))
    found = Purchases.of(rows)
    table = shop(2, 0.0).to_pylist()
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for at, row in enumerate(table):
        who = row["customer_id"]
        is_bad = row["feeling"] is not None and row["feeling"] < -0.5
        counts[who] = counts.get(who, 0) + is_bad
        first.setdefault(who, row["order_day"])
        assert (found.bad[at], found.is_bad[at], found.repeats[at]) == (counts[who], is_bad, row["order_no"] - 1)
        assert found.age[at] == pytest.approx((row["order_day"] - first[who]) / 7)
        assert found.today[at] == pytest.approx((DAYS - first[who]) / 7)


def test_a_shop_where_nobody_came_back_has_a_reason_instead_of_figures():
    once = shop(1, 0.6).filter(pa.array([row["order_no"] == 1 for row in shop(1, 0.6).to_pylist()]))
    rows = [row | {"is_followed": False, "days_to_next": None, "is_open": False} for row in once.to_pylist()]
    found = emotion_ltv(pa.Table.from_pylist(rows, schema=once.schema), rules=DEFAULT_RULES).to_pylist()
    assert {(row["better"], row["better_model"]) for row in found} == {("unknown", "unknown")}
    assert all(row["note"] for row in found)
