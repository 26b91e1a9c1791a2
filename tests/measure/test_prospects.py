"""What purchase models are told, against plain loops; and what becomes of their answers, by sums that must agree."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pyarrow as pa
import pytest

import okaeri
from okaeri.schema.rules import Rules
from tests.measure.random_shops import as_tables, simulated_shop
from tests.measure.shops import measured, order

AS_OF = date(2025, 12, 1)
RULES = Rules(forecast_weeks=26)
TABLES = (
    "purchases", "order_days", "value_histories", "rolling_outcomes", "value_predictions", "customer_value",
    "value_by_cohort", "value_by_source", "forecast", "order_forecast", "delivery_forecast", "report_card", "forecast_level", "customer_history", "fit_changes", "same_again",
    "subscriber_value",
)  # fmt: skip


@cache
def tables() -> dict[str, pa.Table]:
    return measured(as_tables(simulated_shop(customers=500)), AS_OF, rules=RULES, wanted=TABLES)


def days_by_customer() -> dict[str, dict[date, float]]:
    """Revenue of each day with an order that is no delivery of a subscription."""
    days: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in tables()["purchases"].to_pylist():
        if row["is_purchase"] and row["subscription_id"] is None:
            days[row["customer_id"]][row["order_date"]] += row["revenue"]
    return days


def history(days: dict[date, float], origin: date) -> tuple[int, int, int, int]:
    """x, t_x, T in days, and the bin of the spend, of days before the origin."""
    past = sorted(day for day in days if day < origin)
    spend = round(sum(days[day] for day in past) + 1e-9, 2)
    step = math.floor(math.log(max(spend, 1.0)) / math.log1p(0.001) + 0.5)
    return len(past) - 1, (past[-1] - past[0]).days, (origin - past[0]).days - 1, step


def key(row: dict) -> tuple[int, int, int, int]:
    return row["repeat_orders"], row["last_order_days"], row["age_days"], row["spend_bin"]


def test_histories_are_those_a_plain_loop_counts():
    plain = Counter(history(days, AS_OF) for days in days_by_customer().values())
    rows = tables()["value_histories"].to_pylist()
    assert {key(row): row["customer_count"] for row in rows} == plain
    spent = sum(sum(days.values()) for days in days_by_customer().values())
    assert sum(row["spend"] for row in rows) == pytest.approx(spent)


def test_gaps_add_up_to_those_a_plain_loop_sums():
    total = 0.0
    for days in days_by_customer().values():
        dated = sorted(days)
        total += sum(math.log((b - a).days / 7) for a, b in pairwise(dated))
    assert sum(tables()["value_histories"]["log_gap_sum"].to_pylist()) == pytest.approx(total)


def test_outcomes_are_those_of_the_weeks_after_each_origin():
    reach = timedelta(weeks=RULES.forecast_weeks)
    plain = {}
    for end in (AS_OF, AS_OF - reach):
        origin = end - reach
        for customer, days in days_by_customer().items():
            if min(days) < origin:
                before = [days[day] for day in days if origin - reach <= day < origin]
                after = [days[day] for day in days if origin <= day < end]
                sums = (len(before), sum(before), len(after), sum(after))
                plain[origin, customer] = (*history(days, origin), *sums)
    rows = tables()["rolling_outcomes"].to_pylist()
    assert len(rows) == len(plain) > 300
    for row in rows:
        found = (*key(row), *(row[f"{what}_{when}"] for when in ("before", "after") for what in ("orders", "revenue")))
        assert found == pytest.approx(plain[row["origin_on"], row["customer_id"]])
    assert {row["customer_weight"] for row in rows} == {1}


def way(target: str) -> dict:
    return next(row for row in tables()["forecast_level"].to_pylist() if row["target"] == target)


def before(customer: str) -> tuple[int, float]:
    """Orders one by one in the forecast horizon before AS_OF, and their revenue."""
    first = AS_OF - timedelta(weeks=RULES.forecast_weeks)
    days = [revenue for day, revenue in days_by_customer()[customer].items() if first <= day < AS_OF]
    return len(days), sum(days)


def test_every_customer_has_the_prediction_of_his_history_weighed_with_the_same_again():
    predictions = {key(row): row for row in tables()["value_predictions"].to_pylist()}
    rows = {row["customer_id"]: row for row in tables()["customer_value"].to_pylist()}
    subscribers = set(tables()["subscriber_value"]["customer_id"].to_pylist())
    orders, revenue = way("orders"), way("revenue")
    assert orders["method"] == "combined"
    assert 0 < orders["model_share"] < 1
    assert orders["value_slope"] != 0
    assert set(days_by_customer()) <= set(rows)
    alone = set(days_by_customer()) - subscribers
    assert len(alone) > 100
    for customer in alone:
        row, said = rows[customer], predictions[history(days_by_customer()[customer], AS_OF)]
        worth = said["expected_orders"] * said["expected_order_value"]
        weighed = [
            one["model_share"] * one["level"] * said["relative_value"] ** one["value_slope"] * model
            + (1 - one["model_share"]) * did
            for one, model, did in zip(
                (orders, revenue), (said["expected_orders"], worth), before(customer), strict=True
            )
        ]
        assert row["p_alive"] == said["p_alive"]
        assert row["method"] == revenue["method"]
        assert row["expected_orders"] == pytest.approx(weighed[0])
        assert row["expected_orders"] * row["expected_order_value"] == pytest.approx(weighed[1])
        for name in ("residual_value", "high_80", "residual_sd"):
            assert row[name] == pytest.approx(said[name] * weighed[1] / worth)


def test_the_same_again_is_what_a_plain_loop_counts():
    plain: dict[int, list[float]] = defaultdict(lambda: [0, 0.0])
    for customer, days in days_by_customer().items():
        orders, revenue = before(customer)
        plain[min(days).year][0] += orders
        plain[min(days).year][1] += revenue
    rows = {row["cohort_year"]: [row["orders"], row["revenue"]] for row in tables()["same_again"].to_pylist()}
    assert rows == {year: pytest.approx(sums) for year, sums in plain.items()}


@pytest.mark.parametrize("table", ["value_by_cohort", "value_by_source"])
def test_groups_add_up_to_all_customers(table):
    customers, groups = tables()["customer_value"].to_pylist(), tables()[table].to_pylist()
    for name in ("past_value", "expected_orders", "residual_value", "lifetime_value"):
        assert sum(row[name] for row in groups) == pytest.approx(sum(row[name] for row in customers))
    assert sum(row["customer_count"] for row in groups) == len(customers)
    for row in groups:
        assert row["low_95"] <= row["low_80"] <= row["residual_value"] <= row["high_80"] <= row["high_95"]


def bought_one_by_one() -> dict[str, tuple[float, float]]:
    """Orders and revenue expected of each customer with a history, without the deliveries of subscriptions."""
    delivered = {row["customer_id"]: row for row in tables()["subscriber_value"].to_pylist()}
    found = {}
    for row in tables()["customer_value"].to_pylist():
        if row["customer_id"] in days_by_customer():
            orders, revenue = row["expected_orders"], row["expected_orders"] * row["expected_order_value"]
            own = delivered.get(row["customer_id"], {"expected_deliveries": 0.0, "expected_revenue": 0.0})
            found[row["customer_id"]] = orders - own["expected_deliveries"], revenue - own["expected_revenue"]
    return found


def test_the_periods_of_the_forecast_add_up_to_the_orders_expected():
    customers = bought_one_by_one()
    periods = tables()["order_forecast"].to_pylist()
    assert sum(row["expected_orders"] for row in periods) == pytest.approx(
        sum(orders for orders, _ in customers.values()), rel=0.09
    )  # 26 weeks are 6.5 periods, of which six are whole


def test_a_yen_a_year_away_is_worth_less():
    facts = as_tables(simulated_shop(customers=120))
    now, later = (
        measured(facts, AS_OF, rules=Rules(discount_rate=rate), wanted=["value_predictions"])["value_predictions"]
        for rate in (0.0, 0.5)
    )
    plain = [row["expected_orders"] * row["expected_order_value"] for row in now.to_pylist()]
    assert now["residual_value"].to_pylist() == pytest.approx(plain)
    assert 0.75 * sum(plain) < sum(later["residual_value"].to_pylist()) < 0.9 * sum(plain)


def test_a_shop_without_a_second_order_has_values_but_no_predictions():
    facts = {"orders": [order(f"own:{n}", "2025-05-01", 1000 + n, f"{n}") for n in range(40)]}
    found = measured(facts, AS_OF, wanted=["customer_value", "model_fits", "forecast"])
    assert found["forecast"].num_rows == 0
    assert {row["residual_value"] for row in found["customer_value"].to_pylist()} == {None}
    assert [row["past_value"] for row in found["customer_value"].to_pylist()].count(None) == 0
    notes = [row["note"] for row in found["model_fits"].to_pylist() if row["role"] == "purchases"]
    assert "second time" in notes[0]


def test_the_report_card_sets_the_model_beside_naive_forecasts():
    rows = [row for row in tables()["report_card"].to_pylist() if row["target"] == "revenue"]
    origins = {row["origin_on"] for row in rows}
    assert origins == set(tables()["rolling_outcomes"]["origin_on"].to_pylist())
    for origin in origins:
        mine = {row["model"]: row for row in rows if row["origin_on"] == origin}
        assert {"same_again", "mean", "zero"} < set(mine)
        model = next(row for row in mine.values() if row["is_model"])
        assert model["gini"] > mine["mean"]["gini"] == pytest.approx(0, abs=1e-9)
        assert model["rmse"] < mine["zero"]["rmse"]
        assert mine["zero"]["bias"] == -1
        outcomes = [row for row in tables()["rolling_outcomes"].to_pylist() if row["origin_on"] == origin]
        assert model["actual_total"] == pytest.approx(sum(row["revenue_after"] for row in outcomes))


def test_refits_are_set_beside_those_of_earlier_dates():
    fits = {row["role"]: row for row in tables()["model_fits"].to_pylist() if row["is_used"]}
    card = [row for row in tables()["report_card"].to_pylist() if row["is_model"]]
    rows = tables()["fit_changes"].to_pylist()
    assert {row["role"] for row in rows} == {"purchases", "spend"}
    assert {row["earlier_on"] for row in rows} == {row["origin_on"] for row in card}
    for row in rows:
        target = {"purchases": "orders", "spend": "revenue"}[row["role"]]
        then = next(one for one in card if (one["origin_on"], one["target"]) == (row["earlier_on"], target))
        for numbers, name in ((fits[row["role"]], "value"), (then, "earlier_value")):
            saved = json.loads(numbers["parameters"])
            first = row["parameter"].startswith("first_")
            part = saved.get("first" if first else "later", saved)
            assert part[row["parameter"].removeprefix("first_")] == row[name]
        moved = row["value"] - row["earlier_value"]
        assert row["change_in_errors"] == pytest.approx(moved / row["earlier_standard_error"])


def test_a_fit_tells_what_it_rests_on():
    first = min(min(days) for days in days_by_customer().values())
    for row in tables()["model_fits"].to_pylist():
        assert (row["first_on"], row["last_on"]) == (first, AS_OF - timedelta(days=1))
        assert row["version"] == okaeri.__version__


def level() -> float:
    """How far revenue totals were off at the origins, drawn to 15 % as to one more."""
    errors = [
        row["bias"]
        for row in tables()["report_card"].to_pylist()
        if row["model"] == "combined" and row["target"] == "revenue"
    ]
    assert len(errors) == 2
    assert way("revenue")["method"] == "combined"
    return math.sqrt((sum(error**2 for error in errors) + 0.15**2) / 3)


def test_a_total_is_as_unsure_as_its_customers_and_the_shops_level_together():
    found = {row["target"]: row["level_error"] for row in tables()["forecast_level"].to_pylist()}
    assert found["revenue"] == pytest.approx(level())
    customers = tables()["customer_value"].to_pylist()
    for row in tables()["value_by_source"].to_pylist():
        own = [each for each in customers if each["acquired_via"] == row["acquired_via"]]
        sd = math.sqrt(sum(each["residual_sd"] ** 2 for each in own) + (level() * row["residual_value"]) ** 2)
        for share, z in ((80, 1.2815515655446004), (95, 1.959963984540054)):
            bounds = (max(row["residual_value"] - z * sd, 0.0), row["residual_value"] + z * sd)
            assert (row[f"low_{share}"], row[f"high_{share}"]) == pytest.approx(bounds)


def test_a_source_may_cost_the_gross_profit_its_customers_bring():
    customers = tables()["customer_value"].to_pylist()
    for row in tables()["value_by_source"].to_pylist():
        own = [each for each in customers if each["acquired_via"] == row["acquired_via"]]
        brought = [each["past_gross_profit"] + each["residual_gross_profit"] for each in own]
        assert row["limit_cpa"] == pytest.approx(sum(brought) / len(brought))
    for each in customers:
        margin = each["past_gross_profit"] / each["past_value"]
        assert each["residual_gross_profit"] == pytest.approx(each["residual_value"] * margin)


def test_the_next_order_is_due_on_the_day_its_history_says():
    predictions = {key(row): row["next_order_days"] for row in tables()["value_predictions"].to_pylist()}
    days = days_by_customer()
    subscribers = set(tables()["subscriber_value"]["customer_id"].to_pylist())
    for row in tables()["customer_value"].to_pylist():
        if row["customer_id"] not in days or row["customer_id"] in subscribers:
            continue
        wait = predictions[history(days[row["customer_id"]], AS_OF)]
        due = AS_OF + timedelta(days=wait) if wait <= RULES.forecast_weeks * 7 else None
        assert row["next_order_on"] == due


def test_the_forecast_of_a_period_is_that_of_its_cohorts_customers():
    wanted: dict[int, float] = defaultdict(float)
    for customer, (_, revenue) in bought_one_by_one().items():
        wanted[min(days_by_customer()[customer]).year] += revenue
    found: dict[int, float] = defaultdict(float)
    for row in tables()["order_forecast"].to_pylist():
        found[row["cohort_year"]] += row["expected_revenue"]
    assert set(found) == set(wanted)
    for year, revenue in found.items():
        assert revenue == pytest.approx(wanted[year] * 24 / 26, rel=0.03)


def test_the_forecast_is_orders_one_by_one_and_deliveries_together():
    parts = {"orders": defaultdict(float), "revenue": defaultdict(float), "variance": defaultdict(float)}
    for name in ("order_forecast", "delivery_forecast"):
        for row in tables()[name].to_pylist():
            place = row["cohort_year"], row["period_no"]
            parts["orders"][place] += row["expected_orders"]
            parts["revenue"][place] += row["expected_revenue"]
            parts["variance"][place] += row["revenue_sd"] ** 2
    periods = tables()["forecast"].to_pylist()
    assert {(row["cohort_year"], row["period_no"]) for row in periods} == set(parts["orders"])
    for row in periods:
        place = row["cohort_year"], row["period_no"]
        assert row["expected_orders"] == pytest.approx(parts["orders"][place])
        assert row["expected_revenue"] == pytest.approx(parts["revenue"][place])
        assert row["high_95"] - row["expected_revenue"] == pytest.approx(1.959964 * parts["variance"][place] ** 0.5)
        assert row["low_95"] <= row["low_80"] <= row["expected_revenue"] <= row["high_80"] <= row["high_95"]
        assert row["first_on"] == AS_OF + timedelta(days=28 * (row["period_no"] - 1))
        assert (row["last_on"] - row["first_on"]).days == 27
    customers = tables()["customer_history"].num_rows
    assert sum(row["customer_count"] for row in periods if row["period_no"] == 1) == customers
