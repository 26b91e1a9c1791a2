"""Personas in the engine: each customer has the nearest, and keeps it from month to month unless something happened."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from okaeri.schema.measured.personas import TRAITS
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.shops import measured
from tests.simulate.arrow import as_arrow

PLAN = ShopPlan(customers=900, seed=21)
WANTED = ("persona_traits", "persona_centres", "personas", "persona_profiles", "customer_history")


@cache
def at(days_ago: int) -> dict[str, list[dict]]:
    shop = as_arrow(shop_tables(PLAN))
    found = measured(shop, PLAN.end - timedelta(days=days_ago), wanted=WANTED)
    return {name: rows.to_pylist() for name, rows in found.items()}


def test_each_customer_has_the_nearest_centre_counted_again_in_numpy():
    tables = at(0)
    rows = sorted(tables["persona_traits"], key=lambda row: row["customer_id"])
    told = {row["customer_id"]: row for row in tables["personas"]}
    centres = sorted(tables["persona_centres"], key=lambda row: row["place"])
    assert len(rows) == len(told) > 700
    for row in rows:
        away = []
        for centre in centres:
            square = 0.0
            for name in TRAITS:
                score = 0.0
                if row[name] is not None:
                    score = np.clip((row[name] - centre[f"mean_{name}"]) / centre[f"scale_{name}"], -3, 3)
                square += (score - centre[f"z_{name}"]) ** 2
            away.append(np.sqrt(square))
        best = int(np.argmin(away))
        assert told[row["customer_id"]]["persona"] == centres[best]["persona"]
        assert told[row["customer_id"]]["distance"] == pytest.approx(away[best], abs=1e-6)


def test_profiles_add_up_to_all_customers_and_their_revenue():
    tables = at(0)
    profiles = tables["persona_profiles"]
    assert sum(row["customer_count"] for row in profiles) == len(tables["customer_history"])
    assert sum(row["customer_share"] for row in profiles) == pytest.approx(1)
    assert sum(row["past_value"] for row in profiles) == pytest.approx(
        sum(row["revenue"] for row in tables["customer_history"])
    )


def test_traits_are_those_of_the_orders():
    history = {row["customer_id"]: row for row in at(0)["customer_history"]}
    for row in at(0)["persona_traits"]:
        past = history[row["customer_id"]]
        assert row["orders"] == pytest.approx(np.log(past["order_count"]))
        assert row["tenure"] == pytest.approx(np.log(past["last_day"] - past["first_day"] + 1))
        assert 0 <= row["bargain"] <= 1
        assert 0 < row["variety"] <= 1


def test_nine_in_ten_who_did_nothing_for_a_month_keep_their_persona():
    before, after = ({row["customer_id"]: row["persona"] for row in at(days)["personas"]} for days in (30, 0))
    orders = [{row["customer_id"]: row["order_count"] for row in at(days)["customer_history"]} for days in (30, 0)]
    quiet = [customer for customer, count in orders[0].items() if orders[1][customer] == count]
    assert len(quiet) > 400
    assert np.mean([before[customer] == after[customer] for customer in quiet]) > 0.9
    assert set(before.values()) == set(after.values())


def test_subscribers_and_bargain_hunters_are_who_they_seem():
    traits = {row["customer_id"]: row for row in at(0)["persona_traits"]}
    by_face: dict[str, list[dict]] = {}
    for row in at(0)["personas"]:
        by_face.setdefault(row["persona"], []).append(traits[row["customer_id"]])
    assert np.mean([row["subscribing"] for row in by_face["subscriber"]]) > 0.6
    assert np.mean([row["bargain"] for row in by_face["bargain_hunter"]]) > 0.3
    assert np.mean([row["silence"] for row in by_face["sleeper"]]) > np.log(150)
