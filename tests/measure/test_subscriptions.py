"""What subscriptions bring: each customer's, the shop's by period, and how likely they are to end."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from okaeri.schema.rules import Rules
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.shops import measured
from tests.simulate.arrow import as_arrow

PLAN = ShopPlan(customers=900, seed=33)
RULES = Rules(forecast_weeks=26)
DAYS = 26 * 7
WANTED = ("purchases", "deliveries", "running_subscriptions", "subscriber_value", "subscriber_predictions",
          "delivery_forecast", "customer_value", "churn_risk", "next_order", "order_outcomes", "customer_history",
          "presence_predictions", "leaving_fits", "reorder_chances")  # fmt: skip


@cache
def shop():
    return as_arrow(shop_tables(PLAN))


@cache
def tables(days_ago: int = 0) -> dict[str, list[dict]]:
    found = measured(shop(), PLAN.end - timedelta(days=days_ago), rules=RULES, wanted=WANTED)
    return {name: rows.to_pylist() for name, rows in found.items()}


def test_running_subscriptions_are_those_whose_latest_delivery_is_open():
    assert sorted(row["order_id"] for row in tables()["running_subscriptions"]) == sorted(
        row["order_id"] for row in tables()["deliveries"] if row["outcome"] == "open"
    )


def test_a_delivery_brings_the_median_of_its_own_from_the_second_on():
    own, of_product, first = defaultdict(list), defaultdict(list), {}
    for row in tables()["deliveries"]:
        first[row["subscription_id"]] = row["revenue"]
        if row["delivery_no"] > 1:
            own[row["subscription_id"]].append(row["revenue"])
            of_product[row["product_id"]].append(row["revenue"])
    for row in tables()["running_subscriptions"]:
        values = own[row["subscription_id"]] or of_product[row["product_id"]]
        assert row["amount"] == pytest.approx(median(values) if values else first[row["subscription_id"]])
        assert row["expected_revenue"] == pytest.approx(row["expected_deliveries"] * row["amount"])
        assert row["low_95"] <= row["low_80"] <= row["high_80"] <= row["high_95"]
        assert row["residual_value"] < row["expected_revenue"]


def test_a_subscribers_value_is_the_sum_over_the_subscriptions():
    sums = defaultdict(lambda: [0, 0.0, 0.0, 0.0])
    for row in tables()["running_subscriptions"]:
        for place, value in enumerate((1, row["expected_revenue"], row["residual_value"], row["sd"] ** 2)):
            sums[row["customer_id"]][place] += value
    for row in tables()["subscriber_value"]:
        count, revenue, residual, variance = sums[row["customer_id"]]
        assert row["subscription_count"] == count
        assert (row["expected_revenue"], row["residual_value"]) == pytest.approx((revenue, residual))
        assert row["sd"] == pytest.approx(variance**0.5)
    assert len(tables()["subscriber_value"]) == len(sums) > 30


def test_a_customers_value_holds_the_subscriptions():
    delivered = {row["customer_id"]: row for row in tables()["subscriber_value"]}
    bought_alone = {
        row["customer_id"] for row in tables()["purchases"] if row["is_purchase"] and not row["subscription_id"]
    }
    only = [row for row in tables()["customer_value"]
            if row["customer_id"] in delivered and row["customer_id"] not in bought_alone]  # fmt: skip
    assert len(only) > 10
    for row in only:
        own = delivered[row["customer_id"]]
        assert row["residual_value"] == pytest.approx(own["residual_value"])
        assert row["expected_orders"] == row["expected_deliveries"] == pytest.approx(own["expected_deliveries"])
        assert (row["low_80"], row["high_80"]) == pytest.approx((own["low_80"], own["high_80"]))
        assert row["p_alive"] == 1
        assert row["next_order_on"] == own["next_delivery_on"]
    ended = [row for row in tables()["customer_value"]
             if row["customer_id"] not in delivered and row["customer_id"] not in bought_alone]  # fmt: skip
    assert ended
    for row in ended:
        assert (row["residual_value"], row["expected_orders"], row["high_95"], row["p_alive"]) == (0, 0, 0, 0)


def test_the_periods_hold_all_deliveries_expected():
    total = sum(row["expected_orders"] for row in tables()["delivery_forecast"])
    ahead = sum(row["expected_deliveries"] for row in tables()["running_subscriptions"])
    assert total == pytest.approx(ahead * 24 / 26, rel=0.08)  # six whole periods of 6.5


def test_deliveries_and_their_revenue_come_as_forecast_half_a_year_before():
    forecast = tables(DAYS)["running_subscriptions"]
    since = (PLAN.end - timedelta(days=DAYS)).toordinal()
    came, revenue = defaultdict(int), defaultdict(float)
    for row in tables()["purchases"]:
        if row["subscription_id"] and row["is_purchase"] and row["order_date"].toordinal() >= since:
            came[row["subscription_id"]] += 1
            revenue[row["subscription_id"]] += row["revenue"]
    expected = sum(row["expected_deliveries"] for row in forecast)
    spread = sum((row["sd"] / row["amount"]) ** 2 for row in forecast) ** 0.5
    actual = sum(came[row["subscription_id"]] for row in forecast)
    assert len(forecast) > 30
    assert abs(actual - expected) < 3 * spread
    inside = [row["low_95"] - 1 <= revenue[row["subscription_id"]] <= row["high_95"] * 1.02 for row in forecast]
    assert np.mean(inside) > 0.85


def test_as_many_subscribers_left_within_90_days_as_the_chances_added_up_to():
    before = tables(90)["running_subscriptions"]
    latest = {}
    for row in sorted(tables()["deliveries"], key=lambda row: row["order_day"]):
        latest[row["subscription_id"]] = row["outcome"]
    left = [latest[row["subscription_id"]] == "left" for row in before]
    chances = np.array([row["leaving_chance_90"] for row in before])
    assert abs(sum(left) - chances.sum()) < 3 * np.sqrt((chances * (1 - chances)).sum())


def test_who_may_leave_is_every_running_subscription_and_every_customer_without_one():
    risks = tables()["churn_risk"]
    running = {row["subscription_id"] for row in tables()["running_subscriptions"]}
    subscribers = {row["customer_id"] for row in tables()["running_subscriptions"]}
    buyers = {row["customer_id"] for row in tables()["order_outcomes"]} - subscribers
    assert {row["subscription_id"] for row in risks if row["kind"] == "subscription"} == running
    assert {row["customer_id"] for row in risks if row["kind"] == "one_off"} == buyers
    worth = {row["customer_id"]: row["residual_value"] for row in tables()["customer_value"]}
    stakes = []
    for row in sorted(risks, key=lambda row: row["risk_rank"]):
        chances = [row[f"leaving_chance_{days}"] for days in (30, 60, 90)]
        assert 0 <= chances[0] <= chances[1] <= chances[2] <= 1
        if row["kind"] == "one_off":
            assert row["yen_at_stake"] == pytest.approx(worth[row["customer_id"]] * chances[2])
        stakes.append(row["yen_at_stake"])
    assert all(before >= after - 0.011 for before, after in pairwise(stakes))  # ranked to a hundredth of a yen


def test_those_with_a_high_chance_to_have_left_did_leave_more_often():
    """Of 90 days ago: who bought again since, by the chance to be gone by then."""
    bought = {row["customer_id"] for row in tables()["purchases"]
              if row["is_purchase"] and row["order_date"] >= PLAN.end - timedelta(days=90)}  # fmt: skip
    rows = [row for row in tables(90)["churn_risk"] if row["kind"] == "one_off"]
    gone = [row["customer_id"] in bought for row in rows if row["leaving_chance_90"] > 0.8]
    there = [row["customer_id"] in bought for row in rows if row["leaving_chance_90"] < 0.3]
    assert min(len(gone), len(there)) > 40
    assert np.mean(gone) < 0.1
    assert np.mean(there) > 0.5


def test_the_next_order_of_a_subscriber_is_the_next_delivery():
    first = {}
    for row in sorted(tables()["running_subscriptions"], key=lambda row: (row["next_day"], row["subscription_id"])):
        first.setdefault(row["customer_id"], row)
    rows = {row["customer_id"]: row for row in tables()["next_order"]}
    assert set(rows) == {row["customer_id"] for row in tables()["customer_history"]}
    for customer, row in rows.items():
        assert (row["kind"] == "subscription") == (customer in first)
        if customer in first:
            assert row["product_id"] == first[customer]["product_id"]
            assert row["next_order_on"].toordinal() - 719163 == first[customer]["next_day"]
            assert row["order_chance_60"] >= first[customer]["order_chance_60"] - 1e-12


def test_the_next_order_of_others_is_by_their_rhythm_and_habits():
    likeliest = {}
    for row in sorted(
        tables()["reorder_chances"], key=lambda row: (-round(row["reorder_chance_30"], 9), row["product_id"])
    ):
        likeliest.setdefault(row["customer_id"], row)
    for row in tables()["next_order"]:
        if row["kind"] == "one_off":
            best = likeliest.get(row["customer_id"], {"product_id": None, "due_on": None})
            assert (row["product_id"], row["product_due_on"]) == (best["product_id"], best["due_on"])
            assert row["order_chance_30"] <= row["order_chance_60"] <= row["order_chance_90"]
            if row["late_on"]:
                assert row["early_on"] <= row["next_order_on"] <= row["late_on"]


def test_as_many_customers_ordered_within_30_days_as_the_chances_added_up_to():
    since = PLAN.end - timedelta(days=90)
    bought = {row["customer_id"] for row in tables()["purchases"]
              if row["is_purchase"] and since <= row["order_date"] < since + timedelta(days=30)}  # fmt: skip
    for kind, tolerance in (("subscription", 0.15), ("one_off", 0.3)):
        rows = [row for row in tables(90)["next_order"] if row["kind"] == kind]
        came = sum(row["customer_id"] in bought for row in rows)
        assert came == pytest.approx(sum(row["order_chance_30"] for row in rows), rel=tolerance), kind
