"""Looks for dips: right levels where nothing is, Holm by statsmodels' published example, changes where they were planted."""

import numpy as np
import pytest

from okaeri.predict.emotion.dips import against_before, against_rest, holm, since_when, until_when, within_channel
from okaeri.predict.emotion.stages import fit


def test_holm_is_the_textbook_example():
    """Holm (1979), four looks: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02."""
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    corrected = holm([0.01, np.nan, 0.03])
    assert corrected[[0, 2]].tolist() == pytest.approx([0.02, 0.03])
    assert np.isnan(corrected[1])


def shop(seed: int, fall: float = 0.0, people: int = 150):
    """Signals of customers with levels of their own over five stages; the third is lower by ``fall``."""
    chance = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), 5)
    stage = chance.integers(0, 5, len(who))
    channel = chance.integers(0, 3, len(who))
    y = chance.normal(0, 0.8, people)[who] + chance.normal(0, 1, len(who)) - fall * (stage == 2)
    return y, stage, channel, who


def test_where_nothing_is_one_look_in_twenty_is_below_five_percent():
    chances = [against_rest(fit(*shop(seed), 5), 2).p for seed in range(400)]
    assert 0.025 <= np.mean(np.array(chances) <= 0.05) <= 0.08
    befores = [against_before(fit(*shop(seed), 5), 3).p for seed in range(400)]
    assert 0.025 <= np.mean(np.array(befores) <= 0.05) <= 0.08


def test_a_planted_dip_is_found_against_the_rest_and_against_the_step_before():
    found = fit(*shop(9, fall=0.6, people=400), 5)
    rest, before = against_rest(found, 2), against_before(found, 2)
    assert rest.fall == pytest.approx(-0.6, abs=3 * rest.error)
    assert before.fall == pytest.approx(-0.6, abs=3 * before.error)
    assert max(rest.p, before.p) < 0.001
    assert against_rest(found, 1).p > 0.5


def test_a_stage_of_less_than_thirty_is_not_looked_at():
    stage = np.r_[np.repeat(0, 100), np.repeat(1, 29)]
    found = fit(np.arange(129.0), stage, np.zeros(129), np.arange(129), 2)
    assert np.isnan(against_rest(found, 1).p)
    assert np.isnan(against_before(found, 1).p)


def test_chosen_signals_are_compared_within_their_channel_only():
    """Those chosen speak mostly through the sour channel, but are no sourer than others there."""
    chance = np.random.default_rng(4)
    channel = chance.integers(0, 2, 4000)
    chosen = chance.random(4000) < np.where(channel == 1, 0.6, 0.1)
    y = -1.5 * channel + chance.normal(0, 1, 4000)
    look = within_channel(y, chosen, channel, np.arange(4000))
    assert abs(look.fall) < 3 * look.error
    assert y[chosen].mean() - y[~chosen].mean() < -0.5
    sour = within_channel(y - 0.4 * chosen, chosen, channel, np.arange(4000))
    assert sour.fall == pytest.approx(-0.4, abs=3 * sour.error)
    assert sour.p < 0.001


def weekly(seed: int, change: int | None, fall: float = 0.8, weeks: int = 60, each: int = 8):
    chance = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), each) + 2800
    y = chance.normal(0, 1, len(week))
    return y - fall * (week >= 2800 + (change if change is not None else weeks)), week


def test_a_change_is_dated_within_two_weeks_of_when_it_was_planted():
    for seed in range(10):
        found, p = since_when(*weekly(seed, 35), np.random.default_rng(seed))
        assert p <= 0.01
        assert abs(found - 2835) <= 2


def test_without_a_change_one_shop_in_a_hundred_has_one():
    found = [since_when(*weekly(seed, None), np.random.default_rng(seed), permutations=199) for seed in range(200)]
    assert np.mean([p <= 0.05 for _, p in found]) <= 0.09
    assert sum(week is not None for week, _ in found) <= 6


def test_a_rise_is_no_fall_and_a_young_shop_says_nothing():
    y, week = weekly(1, 30)
    assert since_when(-y, week, np.random.default_rng(1))[0] is None
    none, p = since_when(y[:80], week[:80], np.random.default_rng(1))
    assert none is None
    assert np.isnan(p)


def dipped(seed: int, begins: int, ends: int, fall: float = 0.8):
    """Values of 100 weeks, lower from one to another."""
    chance = np.random.default_rng(seed)
    week = chance.integers(0, 100, 1500)
    return chance.normal(0, 1, 1500) - fall * ((week >= begins) & (week < ends)), week


@pytest.mark.parametrize(("begins", "ends"), [(0, 60), (30, 75)])
def test_the_end_of_a_dip_is_dated_and_its_beginning_where_there_is_one(begins, ends):
    for seed in range(5):
        began, rise = until_when(*dipped(seed, begins, ends), np.random.default_rng(1), 199)
        assert rise.rises
        assert rise.p <= 0.01
        assert abs(rise.week - ends) <= 4
        assert began is None if begins == 0 else abs(began - begins) <= 4


def test_a_dip_that_lasts_has_no_end_and_where_there_is_none_ends_are_rare():
    lasting = [until_when(*dipped(seed, 50, 100), np.random.default_rng(1), 199)[1] for seed in range(20)]
    assert sum(rise is not None and rise.p <= 0.01 for rise in lasting) <= 1
    calm = [until_when(*dipped(seed, 0, 0), np.random.default_rng(1), 199)[1] for seed in range(60)]
    assert sum(rise is not None and rise.p <= 0.05 for rise in calm) <= 6
    assert until_when([1.0, 2.0], [1, 2], np.random.default_rng(1)) == (None, None)
