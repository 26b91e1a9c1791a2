"""Means along stages: planted effects, bands that hold, brute force."""

import numpy as np
import pytest

from okaeri.predict.emotion.stages import band, fit

STAGE_EFFECTS, CHANNEL_EFFECTS = np.array([0.2, -0.1, 0.3, 0.0]), np.array([0.0, -0.8, 0.4])


def signals(seed: int, people: int = 400, spread: float = 0.5, mixed: bool = True):
    """Each customer has a level of their own and six signals; the channels' shares differ by stage."""
    chance = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), 6)
    stage = chance.integers(0, 4, len(who))
    heights = np.array([[0.6, 0.2, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.4, 0.3, 0.3]]).cumsum(axis=1)
    channel = (chance.random(len(who))[:, None] > heights[stage]).sum(axis=1) if mixed else np.zeros(len(who), int)
    level = chance.normal(0, spread, people)[who]
    y = STAGE_EFFECTS[stage] + CHANNEL_EFFECTS[channel] * mixed + level + chance.normal(0, 0.3, len(who))
    return y, stage, channel, who


def test_the_channel_mix_is_taken_out_of_the_stages():
    y, stage, channel, who = signals(1, people=3000)
    found = fit(y, stage, channel, who, 4)
    gaps = found.means - found.means[3]
    assert gaps == pytest.approx(STAGE_EFFECTS, abs=0.04)
    # plain means have it in them: stage 1 is mostly told through the channel that complains
    assert found.raw[1] - found.raw[3] < -0.25


def test_with_one_channel_means_are_plain_and_errors_those_of_clusters_by_hand():
    y, stage, channel, who = signals(2, mixed=False)
    found = fit(y, stage, channel, who, 4)
    assert found.means == pytest.approx([y[stage == s].mean() for s in range(4)], abs=2e-3)
    own = stage == 2
    sums = np.bincount(who[own], y[own] - y[own].mean(), 400)
    by_hand = np.sqrt((sums**2).sum() * 400 / 399) / own.sum()
    assert found.errors[2] == pytest.approx(by_hand, rel=0.02)


def test_bands_hold_the_truth_as_often_as_they_say_where_customers_repeat_themselves():
    hits = []
    for seed in range(150):
        y, stage, channel, who = signals(seed, people=60, spread=1.0, mixed=False)
        found = fit(y, stage, channel, who, 4)
        low, high = band(found.means, found.errors, found.customers, 0.8)
        hits.append((low < STAGE_EFFECTS) & (high > STAGE_EFFECTS))
    assert 0.74 <= np.mean(hits) <= 0.86


def test_thin_stages_lean_on_the_others_and_thick_ones_do_not():
    chance = np.random.default_rng(5)
    stage = np.r_[np.repeat([0, 1, 2], 500), np.repeat(3, 35)]
    y = np.array([0.1, 0.0, -0.1, 1.0])[stage] + chance.normal(0, 1, len(stage))
    found = fit(y, stage, np.zeros(len(stage)), np.arange(len(stage)), 4)
    means, errors = found.shrunk()
    assert means[:3] == pytest.approx(found.means[:3])
    assert means[:3].mean() < means[3] < found.means[3]
    assert errors[3] <= found.errors[3]


def test_a_channel_heard_at_one_stage_only_leaves_its_mean_to_the_stage():
    stage, channel = np.repeat([0, 1, 2], 200), np.repeat([0, 0, 1], 200)
    y = np.repeat([0.5, -0.5, 0.9], 200) + np.tile([0.01, -0.01], 300)
    found = fit(y, stage, channel, np.arange(600), 3)
    assert found.means == pytest.approx([0.5, -0.5, 0.9], abs=0.02)


def test_a_stage_nobody_speaks_of_has_no_figure():
    found = fit([0.1, 0.2], [0, 2], [0, 0], [1, 2], 4)
    assert np.isnan(found.means[[1, 3]]).all()
    assert found.n.tolist() == [1, 0, 1, 0]
    assert found.customers.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("pair", [(1, 0), (3, 2)])
def test_a_contrast_is_the_difference_with_the_error_of_both(pair):
    y, stage, channel, who = signals(7)
    found = fit(y, stage, channel, who, 4)
    weights = np.zeros(4)
    weights[pair[0]], weights[pair[1]] = 1, -1
    gap, error = found.contrast(weights)
    assert gap == pytest.approx(found.means[pair[0]] - found.means[pair[1]])
    covariance = found.covariance
    assert error**2 == pytest.approx(
        covariance[pair[0], pair[0]] + covariance[pair[1], pair[1]] - 2 * covariance[pair[0], pair[1]]
    )
