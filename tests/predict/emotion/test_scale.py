"""The scale from values to the chance of coming back: by hand, by scikit-learn, and by planted odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from okaeri.predict.emotion.scale import chance_of, fit, pava, spread_beyond_chance, usual_chances

FLOATS = st.floats(-50, 50, allow_nan=False)


@given(st.lists(st.tuples(FLOATS, st.floats(0.1, 20)), min_size=1, max_size=30))
def test_pooled_values_are_those_of_isotonic_regression(pairs):
    values, weights = np.array(pairs).T
    expected = IsotonicRegression().fit_transform(np.arange(len(values)), values, sample_weight=weights)
    found, blocks = pava(values, weights)
    assert found == pytest.approx(expected, abs=1e-9)
    assert (np.diff(found) >= -1e-12).all()
    assert blocks.max() <= weights.sum() + 1e-9


def test_emotion_is_yules_q_and_goes_back_to_the_chance_it_came_from():
    odds_ratio = 3.0
    q = (odds_ratio - 1) / (odds_ratio + 1)
    assert np.tanh(np.log(odds_ratio) / 2) == pytest.approx(q)
    usual = 0.4
    odds = odds_ratio * usual / (1 - usual)
    assert chance_of(q, usual) == pytest.approx(odds / (1 + odds))
    assert chance_of([-1.0, 0.0, 1.0], usual).tolist() == pytest.approx([0.0, usual, 1.0])


def test_a_cells_ratio_is_petos_by_hand():
    """Ten signals expected to be followed with a chance of 0.5, eight are: (8 - 5) / 2.5."""
    followed = np.r_[np.ones(8), np.zeros(2), np.ones(5), np.zeros(5)]
    found = fit(np.repeat([1, 0], 10), [0, 0], followed, np.full(20, 0.5))
    assert found.raw.tolist() == pytest.approx([0.0, 1.2])
    assert found.followed.tolist() == [5, 8]


def planted(seed: int, slope: float, n: int = 20_000):
    chance = np.random.default_rng(seed)
    value = chance.integers(0, 5, n)
    followed = chance.random(n) < 1 / (1 + np.exp(-slope * (value - 2)))
    return value, followed


def test_planted_odds_are_found_and_emotion_rises_with_the_stars():
    value, followed = planted(1, 0.4)
    found = fit(value, np.zeros(5, int), followed, np.full(len(value), followed.mean()))
    assert found.log_odds == pytest.approx(0.4 * np.arange(-2, 3), abs=0.12)
    assert (np.diff(found.emotion) > 0).all()
    ratio = np.exp(found.log_odds)
    assert found.emotion == pytest.approx((ratio - 1) / (ratio + 1))
    odds = ratio * found.usual / (1 - found.usual)
    assert found.chance == pytest.approx(odds / (1 + odds))


def test_where_values_tell_nothing_all_are_as_usual():
    value, followed = planted(2, 0.0)
    found = fit(value, np.zeros(5, int), followed, np.full(len(value), followed.mean()))
    assert np.abs(found.emotion).max() < 0.03


def test_a_thin_value_is_drawn_to_its_channel_and_never_passes_its_neighbour():
    cell = np.r_[np.repeat([0, 1, 2], 400), [3, 3, 3]]
    followed = np.r_[np.arange(1200) % 400 < np.repeat([120, 200, 280], 400), [True] * 3]
    found = fit(cell, np.zeros(5, int), followed, np.full(1203, 0.5))
    assert found.raw[3] == pytest.approx(2.0)
    assert found.log_odds[3] < 1.5
    assert (np.diff(found.log_odds) >= 0).all()
    # the last value was never heard: it means what the one before it means
    assert found.n[4] == 0
    assert found.log_odds[4] == found.log_odds[3]


def test_values_pooled_into_two_levels_keep_the_difference_of_the_two():
    seen = [28, 28, 27, 27, 26, 26, 34, 34, 33, 33, 32, 32]  # of 60 each: falling twice, so two levels of .45 and .55
    cell, followed = np.repeat(np.arange(12), 60), np.concatenate([np.arange(60) < count for count in seen])
    found = fit(cell, np.zeros(12, int), followed, np.full(720, 0.5))
    assert len(np.unique(found.log_odds)) == 2
    # 6 x 15 x .2 squared each, less the one that chance brings two levels, by DerSimonian and Laird
    spread = (2 * 90 * 0.2**2 - 1) / (180 - 2 * 90**2 / 180)
    assert found.log_odds[-1] - found.log_odds[0] == pytest.approx(0.4 * spread * 90 / (1 + spread * 90))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60))
def test_any_signals_give_emotions_between_minus_1_and_1_that_never_fall(signals):
    cell, followed = np.array(signals).T
    expected = usual_chances(np.ones(len(cell)), followed)
    found = fit(cell, np.zeros(21, int), followed, expected)
    assert np.isfinite(found.emotion).all()
    assert (np.abs(found.emotion) < 1).all()
    assert (np.diff(found.emotion) >= -1e-12).all()


def test_usual_chances_are_those_of_customers_with_as_many_orders():
    order_no = np.repeat([1, 2, 7, 9], 1000)
    followed = np.r_[np.arange(1000) < 200, np.arange(1000) < 500, np.arange(2000) < 1600]
    found = usual_chances(order_no, followed)
    assert found[[0, 1000, 2000, 3000]] == pytest.approx([0.2, 0.5, 0.8, 0.8], abs=0.002)


def test_spread_beyond_chance_is_counted_within_groups():
    chance = np.random.default_rng(4)
    group = np.arange(4000) % 2
    seen = 10.0 * group + chance.normal(0, 0.5, 4000) + chance.normal(0, 1, 4000)
    assert spread_beyond_chance(seen, np.ones(4000), group) == pytest.approx(0.25, abs=0.08)
    assert spread_beyond_chance(seen[:2], np.ones(2), [0, 1]) == 0.0


def test_spread_beyond_chance_is_nought_for_equal_values_and_the_variance_for_exact_ones():
    assert spread_beyond_chance([1.0, 1.0, 1.0], [5.0, 5.0, 5.0]) == 0.0
    chance = np.random.default_rng(3)
    true = chance.normal(0, 0.5, 4000)
    seen = true + chance.normal(0, 1, 4000)
    assert spread_beyond_chance(seen, np.ones(4000)) == pytest.approx(0.25, abs=0.08)
