"""Who left and when: against a plain-Python reading of the rules, on a made-up shop."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from statistics import median

import pyarrow as pa
import pytest

from okaeri.schema.rules import DEFAULT_RULES
from okaeri.simulate import ShopPlan, shop_tables
from tests.measure.shops import line, measured, order
from tests.simulate.arrow import as_arrow

PLAN = ShopPlan(customers=700, seed=12)
WANTED = ("purchases", "purchase_lines", "deliveries", "order_outcomes", "leaving_counts", "leaving_curve",
          "delivery_delays", "situations_now")  # fmt: skip


@cache
def shop() -> dict[str, pa.Table]:
    return as_arrow(shop_tables(PLAN))


@cache
def tables() -> dict[str, list[dict]]:
    return {name: rows.to_pylist() for name, rows in measured(shop(), PLAN.end, wanted=WANTED).items()}


@cache
def person() -> dict[str, str]:
    return {row["customer_id"]: row["person_id"] for row in shop()["links"].to_pylist()}


def day_of(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def events_of(kind: str) -> dict[tuple[str, str], list[int]]:
    """Days of an event by person and product."""
    found = defaultdict(list)
    for row in shop()["events"].to_pylist():
        if row["kind"] == kind and row["customer_id"] and row["event_date"] < PLAN.end:
            who = person().get(row["customer_id"], row["customer_id"])
            found[who, row["product_id"]].append(day_of(row["event_date"]))
    return found


def by_subscription() -> dict[str, list[dict]]:
    found = defaultdict(list)
    for row in tables()["deliveries"]:
        found[row["subscription_id"]].append(row)
    return {key: sorted(rows, key=lambda row: (row["order_day"], row["order_id"])) for key, rows in found.items()}


def test_every_order_of_a_subscription_is_a_delivery_and_every_other_order_is_not():
    bought = [row for row in tables()["purchases"] if row["is_purchase"]]
    assert {row["order_id"] for row in bought if row["subscription_id"]} == {
        row["order_id"] for row in tables()["deliveries"]
    }
    assert {row["order_id"] for row in bought if not row["subscription_id"]} == {
        row["order_id"] for row in tables()["order_outcomes"]
    }


def test_a_subscription_goes_on_was_left_or_is_open_by_the_rules_as_written():
    cancels, skips, end = events_of("cancel"), events_of("skip"), day_of(PLAN.end)
    outcomes = defaultdict(int)
    product_gaps = defaultdict(list)
    for rows in by_subscription().values():
        for before, row in pairwise(rows):
            product_gaps[row["product_id"]].append(row["order_day"] - before["order_day"])
    for rows in by_subscription().values():
        gaps = [after["order_day"] - row["order_day"] for row, after in pairwise(rows)]
        usual = int(median(gaps or product_gaps[rows[0]["product_id"]] or [30]) + 0.5)
        for place, row in enumerate(rows):
            key = row["customer_id"], row["product_id"]
            next_day = rows[place + 1]["order_day"] if place + 1 < len(rows) else 10**9
            skipped = min(2, sum(row["order_day"] <= day < next_day for day in skips[key]))
            patience = (skipped + DEFAULT_RULES.subscription_grace) * usual
            mature = end - row["order_day"] > patience
            cancelled = any(row["order_day"] <= day < next_day for day in cancels[key])
            outcome = "followed" if next_day < 10**9 else "left" if cancelled or mature else "open"
            assert (row["usual_days"], row["skips"], row["is_mature"]) == (usual, skipped, mature), row
            assert row["outcome"] == outcome, row
            outcomes[outcome] += 1
    assert min(outcomes.values()) > 10
    assert len(outcomes) == 3


def test_an_order_was_followed_if_another_came_within_the_window():
    days = defaultdict(list)
    for row in tables()["purchases"]:
        if row["is_purchase"]:
            days[row["customer_id"]].append((row["order_no"], row["order_day"]))
    end, window = day_of(PLAN.end), DEFAULT_RULES.conversion_window
    for row in tables()["order_outcomes"]:
        later = [day for number, day in days[row["customer_id"]] if number == row["order_no"] + 1]
        followed = bool(later) and later[0] - row["order_day"] <= window
        young = end - row["order_day"] <= window
        assert row["outcome"] == ("open" if young else "followed" if followed else "left")


def test_ratings_complaints_and_blocks_are_those_around_the_order():
    voices = defaultdict(list)
    for row in shop()["voices"].to_pylist():
        if row["customer_id"] and row["voice_date"] < PLAN.end:
            voices[person().get(row["customer_id"], row["customer_id"])].append(row)
    seen = 0
    for row in tables()["order_outcomes"]:
        last = 30 if row["days_to_next"] is None else min(30, row["days_to_next"] - 1)
        near = [(day_of(v["voice_date"]) - row["order_day"], v) for v in voices[row["customer_id"]]]
        rated = [(since, v["voice_id"], v["rating"]) for since, v in near
                 if v["rating"] is not None and -90 <= since <= last]  # fmt: skip
        complained = any(0 <= since <= last and v["source"] in ("inquiry", "return") for since, v in near)
        assert row["rating_step"] == (int(max(rated)[2] * 4) if rated else -1)
        assert row["complained"] == complained
        seen += bool(rated) + complained
    assert seen > 300


def test_counts_and_curves_add_up_to_the_known_outcomes():
    known = [row for row in tables()["deliveries"] if row["is_mature"]]
    known += [row for row in tables()["order_outcomes"] if row["outcome"] != "open"]
    left = sum(row["outcome"] == "left" for row in known)
    assert sum(row["n"] for row in tables()["leaving_counts"]) == len(known)
    assert sum(row["left_count"] for row in tables()["leaving_counts"]) == left
    recent = sum(row["n"] for row in tables()["leaving_counts"] if row["is_recent"])
    assert recent / len(known) == pytest.approx(0.25, abs=0.02)


def test_the_curve_is_the_product_of_staying_rates_counted_by_hand():
    known = [row for row in tables()["deliveries"] if row["is_mature"]]
    products = {row["product_id"] for row in known}
    checked = 0
    for segment in ("all", *products):
        stays = 1.0
        rows = [row for row in known if segment in ("all", row["product_id"])]
        for number in range(1, 30):
            here = [row["outcome"] == "left" for row in rows if row["delivery_no"] == number]
            if len(here) < DEFAULT_RULES.min_support:
                break
            stays *= 1 - sum(here) / len(here)
            found = next(row for row in tables()["leaving_curve"]
                         if (row["kind"], row["segment"], row["number"]) == ("subscription", segment, number))  # fmt: skip
            assert (found["n"], found["left_count"]) == (len(here), sum(here))
            assert found["staying_rate"] == pytest.approx(stays)
            checked += 1
    assert checked > 10


def test_a_product_planted_to_lose_subscribers_early_shows_it_on_its_curve():
    """Of product A everybody stays three deliveries; of product B half leave after the first."""
    start, orders, lines = date(2025, 1, 1), [], []
    for customer in range(40):
        product = "AB"[customer % 2]
        deliveries = 1 if product == "B" and customer % 4 == 1 else 3
        for number in range(1, deliveries + 1):
            day = (start + timedelta(days=30 * (number - 1))).isoformat()
            name = f"own:{customer}-{number}"
            orders.append(order(f"own:{customer}", day, 3000, name, subscription_id=f"S{customer}", delivery_no=number))
            lines.append(line(name, 1, product, 1, 3000, day))
    found = measured({"orders": orders, "order_lines": lines}, date(2026, 1, 1), wanted=["leaving_curve"])
    curve = {(row["segment"], row["number"]): row for row in found["leaving_curve"].to_pylist()}
    assert curve["A", 1]["leaving_rate"] == 0
    assert curve["B", 1]["leaving_rate"] == 0.5
    assert curve["B", 1]["n"] == 20
    assert curve["B", 2]["n"] == 10
    assert curve["all", 1]["staying_rate"] == 0.75
    assert (curve["A", 1]["usual_days"], curve["B", 1]["usual_days"]) == (30, 30)
    assert curve["all", 3]["staying_rate"] == 0


def test_delays_are_shares_of_the_followed_deliveries():
    followed = [row for row in tables()["deliveries"] if row["is_mature"] and row["outcome"] == "followed"]
    steps = [max(0, min(30, (row["days_to_next"] - row["skips"] * row["usual_days"]) * 10 // row["usual_days"]))
             for row in followed]  # fmt: skip
    for row in tables()["delivery_delays"]:
        assert row["n"] == steps.count(row["delay_step"])
        assert row["later_rate"] == pytest.approx(sum(step >= row["delay_step"] for step in steps) / len(steps))


def test_every_customer_and_running_subscription_is_in_one_situation_now():
    latest = sum(row["is_latest"] for row in tables()["order_outcomes"])
    running = sum(row["outcome"] == "open" for row in tables()["deliveries"])
    now = tables()["situations_now"]
    assert sum(row["n"] for row in now if row["kind"] == "one_off") == latest
    assert sum(row["n"] for row in now if row["kind"] == "subscription") == running
    steps = [(row["days_to_next"] - row["skips"] * row["usual_days"]) * 10 // row["usual_days"]
             for row in tables()["deliveries"] if row["is_mature"] and row["outcome"] == "followed"]  # fmt: skip
    overdue = 0
    for row in now:
        waited = row["days_since"] - row["skips"] * row["usual_days"]
        late = waited > row["usual_days"] and row["kind"] == "subscription"
        step = min(30, waited * 10 // row["usual_days"]) if late else 0
        share = sum(min(30, max(0, one)) > step for one in steps) / len(steps) if late else 1.0
        assert row["later_rate"] == pytest.approx(share), row
        overdue += late
    assert overdue > 0
