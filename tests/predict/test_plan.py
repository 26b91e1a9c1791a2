"""Plans: at the present they say what was measured; what fell short is split without rest; a planted change is found."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.predict.plan import (
    AS_NOW,
    PARTS,
    Basis,
    Factors,
    kept_back,
    ltv_of,
    outlook,
    reach_ratios,
    shortfall,
    way_to,
)

#: A shop: 100 newcomers a month; chances and values of the first four orders.
REACH = np.array([1.0, 0.4, 0.2, 0.12])
VALUES = np.array([3000.0, 4000.0, 5000.0, 5000.0])


def basis(**changed: object) -> Basis:
    """A newcomer's second order comes after 2 months, the third after 4, the fourth after 6."""
    orders = np.zeros((13, 4))
    orders[[0, 2, 4, 6], [0, 1, 2, 3]] = REACH
    told = {
        "reach": REACH, "values": VALUES, "ltv_error": 50.0, "ltv_n": 1000, "orders": orders,
        "revenue": orders * VALUES, "notes": np.zeros(13), "newcomers": np.full(12, 100.0), "newcomers_before": 0.0,
        "newcomers_cv": 0.1, "existing_orders": np.full(12, 50.0), "existing_revenue": np.full(12, 200000.0),
        "existing_sd": np.full(12, 10000.0), "level_error": 0.1, "seconds": np.full(12, 10.0), "from_once": 200.0,
        "second_candidates": 900.0, "later_candidates": 400.0,
    }  # fmt: skip
    return Basis(**{**told, **changed})  # type: ignore[arg-type]


def test_at_the_present_ltv_is_the_sum_over_orders_of_reach_times_value():
    assert ltv_of(REACH, VALUES) == pytest.approx(3000 + 0.4 * 4000 + 0.2 * 5000 + 0.12 * 5000)
    seen = outlook(basis())
    assert seen.ltv == pytest.approx(6200.0)
    assert (seen.ltv_low, seen.ltv_high) == pytest.approx((6200 - 1.959964 * 50, 6200 + 1.959964 * 50))


def test_a_year_of_newcomers_brings_what_each_month_followed_by_hand_does():
    seen = outlook(basis(existing_orders=np.zeros(12), existing_revenue=np.zeros(12), from_once=0.0))
    by_hand = np.zeros(12)
    for won in range(12):
        for after, chance, value in zip((0, 2, 4, 6), REACH, VALUES, strict=True):
            if won + after < 12:
                by_hand[won + after] += 100 * chance * value
    assert seen.months.revenue == pytest.approx(by_hand)
    assert seen.total == pytest.approx(by_hand.sum())


def test_newcomers_of_the_days_before_the_first_month_come_again_within_it():
    without, more = outlook(basis()), outlook(basis(newcomers_before=30.0))
    added = more.months.revenue - without.months.revenue
    expected = np.zeros(12)
    expected[[1, 3, 5]] = 30 * REACH[1:] * VALUES[1:]
    assert added == pytest.approx(expected)


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        (Factors(order_value=1.1), 6820.0),
        (Factors(f2_rate=1.5), 3000 + 1.5 * 3200),
        (Factors(repeat_rate=1.2), 3000 + 1600 + 1.2 * 1000 + 1.2**2 * 600),
        (Factors(newcomers=2.0), 6200.0),
        # P(2) cannot exceed 1: 0.4 x 2.5
        (Factors(f2_rate=5.0), 3000 + 2.5 * 3200),
    ],
)
def test_changed_kpis_change_ltv_by_the_identity(factors, expected):
    assert outlook(basis(), factors).ltv == pytest.approx(expected)


def test_a_target_no_chain_can_reach_is_told():
    assert not kept_back(REACH, VALUES, Factors(f2_rate=2.5))
    assert kept_back(REACH, VALUES, Factors(f2_rate=2.6))
    assert kept_back(REACH, VALUES, Factors(repeat_rate=2.1))
    # one in a thousand at the end of the chain, all of whom go on, is not worth a word
    assert not kept_back([*REACH, 0.001, 0.001], [*VALUES, 5000, 5000], Factors(repeat_rate=1.2))
    assert reach_ratios(REACH, Factors(f2_rate=9.0, repeat_rate=9.0)) * REACH == pytest.approx([1.0, 1.0, 1.0, 1.0])
    assert reach_ratios([1.0], Factors(f2_rate=2.0)) == pytest.approx([1.0])


def test_existing_customers_keep_their_forecast_at_the_present_and_follow_the_kpis():
    alone = basis(newcomers=np.zeros(12))
    assert outlook(alone).months.revenue == pytest.approx(np.full(12, 200000.0))
    assert outlook(alone, Factors(order_value=1.2)).total == pytest.approx(1.2 * 2400000)
    more = outlook(alone, Factors(f2_rate=1.5))
    # of 600 orders 200 hang on the second one; the others do not
    assert more.total == pytest.approx((400 + 1.5 * 200) * 4000)
    assert more.months.second_orders.sum() == pytest.approx(1.5 * 120)
    assert outlook(alone, Factors(repeat_rate=1.5)).total == pytest.approx((120 + 1.5 * 480) * 4000)


def test_candidates_are_stocks_that_orders_flow_through():
    seen = outlook(basis(newcomers_before=30.0)).months
    once, again = 930.0, 400.0
    for month in range(12):
        once += seen.newcomers[month]
        again += seen.second_orders[month]
        assert seen.second_candidates[month] == pytest.approx(once)
        assert seen.later_candidates[month] == pytest.approx(again)
        once -= seen.second_orders[month]


def test_the_interval_holds_what_simulated_years_bring_eight_times_in_ten():
    """Newcomers, their worth, the level of the forecast and its chance drawn anew for each of 4,000 years."""
    chance, shop = np.random.default_rng(5), basis(newcomers_cv=0.2, ltv_error=500.0)
    seen, draws = outlook(shop), []
    single = np.zeros((12, 12))
    for won in range(12):
        single[won, won:] = (shop.revenue.sum(1))[: 12 - won]
    people = shop.newcomers.sum()
    # known from 1,000 customers, met by 1,200 others
    error = 500.0 / 6200.0 * np.sqrt(1 + shop.ltv_n / people)
    for _ in range(4000):
        counts = 100 * (1 + 0.2 * chance.standard_normal(12) + 0.2 / np.sqrt(12) * chance.standard_normal())
        new = (counts[:, None] * single).sum() * (1 + error * chance.standard_normal())
        old = (200000 * (1 + 0.1 * chance.standard_normal()) + 10000 * chance.standard_normal(12)).sum()
        draws.append(new + old)
    inside = np.mean([seen.total_low <= draw <= seen.total_high for draw in draws])
    assert inside == pytest.approx(0.8, abs=0.025)


amount = st.floats(0, 1e6).map(lambda value: round(value, 2))
counted = st.integers(0, 500)
MONTH = st.fixed_dictionaries(
    {
        "newcomers": counted, "second_candidates": counted, "second_orders": counted, "later_candidates": counted,
        "later_orders": counted, "first_revenue": amount, "second_revenue": amount, "later_revenue": amount,
        "credit_notes": amount.map(lambda value: -value),
    }
)  # fmt: skip


def possible(month: dict) -> dict:
    """No order from nobody, no revenue without an order."""
    month = dict(month)
    for kind, candidates in (("second", "second_candidates"), ("later", "later_candidates")):
        month[f"{kind}_orders"] = month[f"{kind}_orders"] if month[candidates] else 0
        month[f"{kind}_revenue"] = month[f"{kind}_revenue"] if month[f"{kind}_orders"] else 0.0
    return month | {"first_revenue": month["first_revenue"] if month["newcomers"] else 0.0}


def revenue(month: dict) -> float:
    return month["first_revenue"] + month["second_revenue"] + month["later_revenue"] + month["credit_notes"]


@given(planned=MONTH.map(possible), came=MONTH.map(possible))
def test_the_parts_of_a_shortfall_add_up_whatever_was_planned_and_came(planned, came):
    parts = shortfall(planned, came)
    assert tuple(parts) == PARTS
    assert sum(parts.values()) == pytest.approx(revenue(came) - revenue(planned), abs=1e-3)
    back = shortfall(came, planned)
    assert {name: -value for name, value in back.items()} == pytest.approx(parts, abs=1e-3)


def month(newcomers=100, f2=0.05, repeat=0.2, value=3000.0) -> dict:
    return {
        "newcomers": newcomers, "second_candidates": 1000, "second_orders": 1000 * f2, "later_candidates": 400,
        "later_orders": 400 * repeat, "first_revenue": newcomers * value, "second_revenue": 1000 * f2 * value,
        "later_revenue": 400 * repeat * value, "credit_notes": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("came", "part", "yen"),
    [
        (month(newcomers=90), "newcomers", -10 * 3000),
        (month(f2=0.04), "f2_rate", -10 * 3000),
        (month(repeat=0.1), "repeat_rate", -40 * 3000),
        (month(value=2700.0), "order_value", -300 * 230),
        (month() | {"credit_notes": -5000.0}, "order_value", -5000),
    ],
)
def test_a_single_kpi_that_fell_takes_the_whole_shortfall(came, part, yen):
    parts = shortfall(month(), came)
    assert parts[part] == pytest.approx(yen)
    assert {name: value for name, value in parts.items() if name != part} == pytest.approx(
        {name: 0.0 for name in PARTS if name != part}, abs=1e-6
    )


def test_two_kpis_that_moved_share_what_they_did_together():
    parts = shortfall(month(), month(f2=0.1, value=6000.0))
    moves, split = {"f2": (0.05, 0.1), "value": (3000.0, 6000.0)}, {}
    for name in moves:
        orders = list(permutations(moves))
        split[name] = np.mean([
            1000 * np.prod([moves[m][order.index(m) <= order.index(name)] for m in moves])
            - 1000 * np.prod([moves[m][order.index(m) < order.index(name)] for m in moves]) for order in orders
        ])  # fmt: skip
    assert parts["f2_rate"] == pytest.approx(split["f2"])
    assert parts["order_value"] == pytest.approx(split["value"] + (100 + 80) * 3000)


def test_the_way_to_a_wanted_sum_is_found_or_said_to_be_too_far():
    goal, shop = Factors(f2_rate=1.2, repeat_rate=1.1, order_value=1.05), basis()

    def brings(factors: Factors) -> float:
        return outlook(shop, factors).total

    share = way_to(brings(AS_NOW.toward(goal, 0.37)), brings, goal)
    assert share == pytest.approx(0.37, abs=1e-3)
    assert way_to(brings(AS_NOW) - 1, brings, goal) == 0.0
    assert way_to(brings(AS_NOW) * 100, brings, goal) is None
