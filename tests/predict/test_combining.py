"""Weights and levels of combined forecasts, against least squares written out and shops that grow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from okaeri.predict.combining import SAME_AGAIN, Combination, Lesson, combination, lesson


def test_the_share_is_that_of_least_squares():
    chance = np.random.default_rng(1)
    model, before, weights = chance.gamma(2, 1, 500), chance.poisson(2, 500), chance.integers(1, 5, 500)
    came = 0.7 * model + 0.3 * before + chance.normal(0, 0.5, 500)
    root = np.sqrt(weights)
    fitted = np.linalg.lstsq((root * (model - before))[:, None], root * (came - before), rcond=None)[0][0]
    found = lesson(came, model, before, weights)
    assert found.share == pytest.approx(fitted)
    assert found.log_ratio == pytest.approx(np.log((weights * came).sum() / (weights * model).sum()))


def test_the_combined_forecast_is_nearer_than_either_where_both_are_noisy():
    """Rates gamma; one year before and one after are Poisson; the model shrinks too little and to the wrong mean."""
    chance = np.random.default_rng(2)
    errors = []
    for _ in range(20):
        rates = chance.gamma(1.0, 2.0, 4000)
        before, after = chance.poisson(rates), chance.poisson(rates)
        model = np.exp(np.log(rates) + chance.normal(0, 0.6, 4000)) * 0.8
        way = combination([lesson(after, model, before)])
        later = chance.poisson(rates)
        errors.append([np.mean((said - later) ** 2) for said in (way.of(model, before), model, before)])
    combined, alone, again = np.mean(errors, axis=0)
    assert combined < 0.95 * min(alone, again)


def test_where_dear_orders_come_more_often_the_forecast_is_tilted_to_them():
    """Planted: orders go with the order value to the power 0.3. Found by a second implementation of the regression, too."""
    chance = np.random.default_rng(3)
    worth, model = np.exp(chance.normal(0, 0.6, 20_000)), chance.gamma(2, 1, 20_000)
    came, same_again = chance.poisson(model * worth**0.3), chance.poisson(model * worth**0.3)
    found = lesson(came, model, same_again, relative_value=worth)
    assert found.slope == pytest.approx(0.3, abs=0.03)
    away = minimize(
        lambda at: (model * worth ** at[1] * np.exp(at[0]) - came * (at[0] + at[1] * np.log(worth))).sum(), [0, 0]
    )
    assert found.slope == pytest.approx(away.x[1], abs=0.002)
    way = combination([found, found])
    tilted, flat = way.of(model, same_again, worth), way.of(model, same_again)
    later = chance.poisson(model * worth**0.3)
    assert ((tilted - later) ** 2).sum() < ((flat - later) ** 2).sum()


def test_few_customers_teach_no_slope():
    chance = np.random.default_rng(4)
    slopes = []
    for _ in range(50):
        worth, model = np.exp(chance.normal(0, 0.6, 50)), chance.gamma(2, 0.5, 50)
        slopes.append(lesson(chance.poisson(model), model, model, relative_value=worth).slope)
    assert np.std(slopes) < 0.12
    assert lesson([1.0, 2.0], [1.0, 1.0], [1.0, 1.0]).slope == 0


@given(st.floats(1, 8))
def test_weights_of_customers_are_so_many_customers(times):
    chance = np.random.default_rng(5)
    worth, model = np.exp(chance.normal(0, 0.6, 300)), chance.gamma(2, 1, 300)
    came, often = chance.poisson(model * worth), chance.integers(1, 4, 300)
    once = lesson(came, model, model, often, worth)
    each = lesson(
        *(np.repeat(values, often) for values in (came, model, model)), relative_value=np.repeat(worth, often)
    )
    assert (once.slope, once.log_ratio) == pytest.approx((each.slope, each.log_ratio))
    dearer = lesson(came * times, model * times, model, often, worth)
    assert dearer.log_ratio == pytest.approx(once.log_ratio, abs=0.05)


def test_over_a_longer_time_the_same_again_counts_as_much_more_as_it_does_there():
    """The model's rates are wrong by a share of their own; what came before and after is Poisson."""
    chance = np.random.default_rng(6)
    rates = chance.gamma(2.0, 1.0, 200_000)
    model = rates * np.exp(chance.normal(-0.125, 0.5, len(rates)))
    short, long = (
        lesson(chance.poisson(rates * weeks), model * weeks, chance.poisson(rates * weeks)) for weeks in (1, 4)
    )
    assert long.share < short.share - 0.2
    assert short.over(4).share == pytest.approx(long.share, abs=0.02)
    assert long.over(1 / 4).share == pytest.approx(short.share, abs=0.02)


def test_without_a_lesson_the_model_speaks_alone():
    assert combination([]) == Combination(share=1.0, level=1.0)
    assert combination([]).of([2.0], [5.0]).tolist() == [2.0]
    assert SAME_AGAIN.of([2.0], [5.0]).tolist() == [5.0]


def test_one_lesson_is_drawn_half_way_and_two_that_agree_count_more():
    once = combination([Lesson(1.0, np.log(1.2))])
    assert (once.share, once.level) == pytest.approx((0.75, 1.2**0.5))
    twice = combination([Lesson(1.0, np.log(1.2))] * 2)
    assert (twice.share, twice.level) == pytest.approx((2.5 / 3, 1.2**0.8))


def test_lessons_that_contradict_each_other_leave_the_level_alone():
    assert combination([Lesson(0.5, 0.3), Lesson(0.5, -0.3)]).level == 1
    apart = combination([Lesson(0.5, 0.5), Lesson(0.5, 0.1)]).level
    assert 1 < apart < combination([Lesson(0.5, 0.3)] * 2).level


def test_a_shop_that_grows_is_forecast_at_its_level():
    """Sales 15% above the model's at each date: after two of them most of that is counted on."""
    way = combination([Lesson(1.0, np.log(1.15))] * 2)
    assert way.level == pytest.approx(1.15, abs=0.04)


def test_where_nothing_came_there_is_no_level():
    found = lesson([0.0, 0.0], [1.0, 2.0], [1.0, 0.0])
    assert found.log_ratio is None
    assert combination([found]).level == 1
    assert lesson([1.0], [2.0], [2.0]).share == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 1), st.none() | st.floats(-5, 5), st.floats(-1, 1)), max_size=6),
    st.floats(0, 1e9),
    st.floats(0, 1e9),
    st.floats(0.1, 10),
)
def test_no_forecast_is_negative_or_nonsense(lessons, model, before, worth):
    way = combination([Lesson(*one) for one in lessons])
    assert 0 <= way.share <= 1
    assert np.exp(-5) <= way.level <= np.exp(5)
    assert 0 <= way.of([model], [before], [worth])[0] <= max(model * way.level * worth**way.slope, before) * (1 + 1e-9)
