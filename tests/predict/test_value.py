"""Value put together from orders and renewals, against sums written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from okaeri.predict.discount import WEEKS_PER_YEAR, discount_factor
from okaeri.predict.value import (
    SourceValue,
    delivery_value,
    due_weeks,
    order_value,
    value,
    value_by_source,
)


def test_a_yen_in_a_year_is_worth_what_the_rate_says():
    assert discount_factor(WEEKS_PER_YEAR, 0.15) == pytest.approx(1 / 1.15)
    assert discount_factor([0, 2 * WEEKS_PER_YEAR], 0.15) == pytest.approx([1, 1.15**-2])
    assert discount_factor(1000, 0.0) == 1


def test_orders_are_discounted_week_by_week():
    expected = np.array([[0.2, 0.5, 0.6], [0.0, 0.0, 1.0]])
    plain = [
        0.2 / 1.1 ** (0.5 / WEEKS_PER_YEAR) + 0.3 / 1.1 ** (1.5 / WEEKS_PER_YEAR) + 0.1 / 1.1 ** (2.5 / WEEKS_PER_YEAR),
        1.0 / 1.1 ** (2.5 / WEEKS_PER_YEAR),
    ]
    assert order_value(expected, 1.0) == pytest.approx([0.6, 1.0])
    assert order_value(expected, [3000, 500], 0.1) == pytest.approx([3000 * plain[0], 500 * plain[1]])


def test_a_steady_buyer_is_worth_an_annuity():
    """One order a week of 1,000 for a year at continuous rate log(1.1): the integral, met within a thousandth."""
    weeks = np.arange(1.0, 53)
    rate = np.log(1.1) / WEEKS_PER_YEAR
    assert order_value(weeks[None], 1000.0, 0.1) == pytest.approx([1000 * (1 - np.exp(-rate * 52)) / rate], rel=1e-3)


def test_deliveries_count_while_they_fall_within_the_horizon():
    due = due_weeks([1.0, 4.0], [4.0, 8.0], horizon=12)
    assert due[0, :4].tolist() == [1, 5, 9, 13]
    assert due[1, :3].tolist() == [4, 12, 20]
    staying = np.full(due.shape, 0.9) ** (1 + np.arange(due.shape[1]))
    first = sum(3000 * 0.9**k / 1.2 ** (t / WEEKS_PER_YEAR) for k, t in ((1, 1), (2, 5), (3, 9)))
    second = sum(1000 * 0.9**k / 1.2 ** (t / WEEKS_PER_YEAR) for k, t in ((1, 4), (2, 12)))
    found = delivery_value(staying, due, np.array([[3000.0], [1000.0]]), horizon=12, yearly=0.2)
    assert found == pytest.approx([first, second])


def test_amounts_may_differ_by_delivery():
    due = np.array([[1.0, 2.0]])
    assert delivery_value([[1.0, 0.5]], due, [[100.0, 80.0]], horizon=5) == pytest.approx([140])


def test_subscribers_and_one_off_buyers_add_up():
    found = value([1000.0, 0.0, 300.0], from_orders=[500.0, 20.0, 0.0], from_deliveries=[0.0, 40.0, 7.0])
    assert found.residual_value.tolist() == [500, 60, 7]
    assert found.lifetime_value.tolist() == [1500, 60, 307]
    assert value([1.0, 2.0]).lifetime_value.tolist() == [1, 2]


def test_the_limit_of_a_source_is_its_mean_value_less_the_profit_aimed_at():
    sources = ["ad", "ad", "ad", "organic", "store"]
    found = value_by_source(
        sources, [4000, 6000, 5000, 900, 70], costs=[3000, 5000, np.nan, np.nan, 0], target_profit=500
    )
    assert list(found) == ["ad", "organic", "store"]
    ad = found["ad"]
    assert (ad.customers, ad.mean_value, ad.limit_cpa, ad.mean_cost, ad.pays) == (3, 5000, 4500, 4000, True)
    assert (ad.low, ad.high) == pytest.approx(stats.t.interval(0.95, 2, 5000, 1000 / np.sqrt(3)))
    assert found["organic"] == SourceValue(1, 900, None, None, 400, None)
    assert found["organic"].pays is None
    assert (found["store"].limit_cpa, found["store"].pays) == (0, True)


def test_rows_with_weights_are_customers_written_out():
    values, weights = np.array([10.0, 30.0, 50.0]), np.array([2.0, 1.0, 4.0])
    once = value_by_source(["ad"] * 3, values, weights, costs=values / 2)["ad"]
    whole = np.repeat(values, weights.astype(int))
    often = value_by_source(["ad"] * 7, whole, costs=whole / 2)["ad"]
    assert vars(once) == pytest.approx(vars(often))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=60), st.floats(0, 1e8), st.floats(0, 5), st.floats(0.1, 60),
    st.floats(0, 200),
)  # fmt: skip
def test_no_value_is_nonsense_and_discounting_only_takes_away(steps, amount, rate, interval, first):
    expected = np.cumsum(steps)[None]
    plain, less = order_value(expected, amount), order_value(expected, amount, rate)
    assert np.isfinite(less).all()
    assert 0 <= less[0] <= plain[0] * (1 + 1e-9)
    due = due_weeks(first, interval, horizon=52)
    found = delivery_value(np.ones(due.shape), due, amount, 52, rate)
    counted = sum(1 for k in range(600) if first + k * interval <= 52)
    assert 0 <= found[0] <= counted * amount * (1 + 1e-9)
    assert delivery_value(np.ones(due.shape), due, 1.0, 52)[0] == pytest.approx(counted, abs=1)
