"""Season and promotions as a clock: read forwards and back, learned again when planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.predict.purchases import (
    Histories,
    OperationalTime,
    fit_beta_geometric,
    fit_pareto,
    learn_seasons,
)

PACES = st.lists(st.floats(0.05, 5), min_size=1, max_size=60).map(tuple)


def test_a_week_of_double_pace_counts_twice():
    clock = OperationalTime(10.0, (1.0, 2.0, 0.5))
    assert clock.at([9.0, 10.0, 11.0, 11.5, 12.0, 13.0, 15.0]).tolist() == [-1.0, 0.0, 1.0, 2.0, 3.0, 3.5, 5.5]
    assert clock.horizon(11.0, 2.0) == 2.5
    assert clock.calendar_weeks(11.0, 2.5) == 2.0


@settings(max_examples=100, deadline=None)
@given(PACES, st.floats(-50, 50), st.floats(-80, 120))
def test_the_clock_can_be_read_back(pace, first, week):
    clock = OperationalTime(first, pace)
    assert clock.week_at(clock.at(week)) == pytest.approx(week, abs=1e-8)


@settings(max_examples=100, deadline=None)
@given(PACES, st.lists(st.tuples(st.integers(1, 9), st.floats(0.1, 1), st.floats(0.2, 60)), min_size=1, max_size=8))
def test_histories_on_another_clock_are_still_histories(pace, rows):
    x, part, age = np.array(rows).T
    plain = Histories.of(x, part * age, age)
    turned = OperationalTime(0.0, pace).histories(plain, 61.3)
    Histories.of(turned.repeat_orders, turned.last_order_age, turned.age, turned.weight)
    assert (turned.age > 0).all()


def test_an_even_clock_changes_nothing():
    plain = Histories.of([0, 2, 3], [0, 4.5, 30], [7, 30, 30])
    even = OperationalTime(0.0, (1.0,) * 40).histories(plain, 35.0)
    assert even.age == pytest.approx(plain.age)
    assert even.last_order_age == pytest.approx(plain.last_order_age)


@pytest.mark.parametrize("pace", [(), (1.0, 0.0), (1.0, -1.0), (np.inf,)])
def test_a_clock_never_stands_still(pace):
    with pytest.raises(ValueError, match="pace above 0"):
        OperationalTime(0.0, pace)


SEASONS = np.tile(np.repeat(np.arange(4), 13), 4)
PLANTED = np.array([0.6, 0.8, 0.9, 1.7])
NOW = 130.0


def _seasonal_shop(customers: int = 4000) -> tuple[Histories, np.ndarray, np.ndarray]:
    """MBG customers whose rate is that of their season: histories, orders per week, orders of each in the next 26."""
    chance = np.random.default_rng(9)
    clock = OperationalTime(0.0, tuple(PLANTED[SEASONS]))
    rows, weekly, after = [], np.zeros(int(NOW)), []
    for start in chance.integers(0, 7 * (NOW - 5), customers) / 7:
        rate, leave = chance.gamma(1.0, 1 / 6.0), chance.beta(0.8, 3.0)
        times, there, passed = [], chance.random() >= leave, float(clock.at(start))
        while there and (not times or times[-1] <= NOW + 26):
            passed += chance.exponential(1 / rate)
            times.append(float(clock.week_at(passed)))
            there = chance.random() >= leave
        past = [time for time in times if time <= NOW]
        np.add.at(weekly, np.array(past, int), 1)
        rows.append((len(past), past[-1] - start if past else 0.0, NOW - start))
        after.append(sum(NOW < time <= NOW + 26 for time in times))
    return Histories.of(*np.array(rows).T), weekly, np.array(after)


SHOP, ORDERS, AFTER = _seasonal_shop()


@pytest.mark.parametrize("fit", [fit_beta_geometric, fit_pareto])
def test_planted_seasons_are_learned_with_the_model(fit):
    learned = learn_seasons(SHOP, NOW, 0.0, ORDERS, SEASONS, fit)
    planted = PLANTED / PLANTED[SEASONS[:130]].mean()
    assert learned.season_pace == pytest.approx(planted, rel=0.05)
    assert learned.clock.pace[: len(ORDERS)] == pytest.approx(np.array(learned.season_pace)[SEASONS[:130]])


def test_seasons_make_the_orders_more_likely_and_the_forecast_better():
    plain = fit_beta_geometric(SHOP)
    learned = learn_seasons(SHOP, NOW, 0.0, ORDERS, SEASONS, fit_beta_geometric)
    assert learned.log_likelihood > plain.log_likelihood + 100
    rows = learned.clock.histories(SHOP, NOW)
    seasonal = learned.model.expected_orders(rows, learned.clock.horizon(NOW, 26.0)).sum()
    assert seasonal == pytest.approx(AFTER.sum(), rel=0.06)
    assert abs(plain.expected_orders(SHOP, 26.0).sum() - AFTER.sum()) > 2 * abs(seasonal - AFTER.sum())


def test_without_seasons_none_are_found():
    chance = np.random.default_rng(2)
    labels = chance.integers(0, 3, 130)
    even = learn_seasons(SHOP, NOW, 0.0, ORDERS, labels, fit_beta_geometric)
    assert even.season_pace == pytest.approx((1.0, 1.0, 1.0), abs=0.12)


def test_every_week_with_orders_needs_its_season():
    with pytest.raises(ValueError, match="all 130 weeks"):
        learn_seasons(SHOP, NOW, 0.0, ORDERS, SEASONS[:52], fit_beta_geometric)
