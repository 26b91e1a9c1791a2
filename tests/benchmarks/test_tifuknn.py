"""TIFUKNN by hand, from its definition, and the measures of lists by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.basket_metrics import Truth, difference, judged
from benchmarks.tifuknn import Setting, basket_weights, recommended, vectors

EXAMPLE = Setting(neighbours=1, within_decay=0.9, group_decay=0.7, alpha=0.6, groups=2)


def test_three_baskets_in_two_groups_weigh_as_worked_by_hand():
    # groups (first), (second, third); within 0.9^2, 0.9, 1; over sizes 1, 2, 2; group 0.7, 1, 1; over 2 groups
    expected = [0.81 * 0.7 / 1 / 2, 0.9 / 2 / 2, 1.0 / 2 / 2]
    assert basket_weights(3, EXAMPLE) == pytest.approx(expected)


def test_fewer_baskets_than_groups_are_a_group_each():
    setting = Setting(within_decay=0.9, group_decay=0.7, groups=3)
    # the decay of groups still counts to three, the mean runs over the one there is
    assert basket_weights(1, setting) == pytest.approx([0.7**2])
    assert basket_weights(2, setting) == pytest.approx([0.9 * 0.7**2 / 2, 0.7 / 2])


def test_without_decay_a_vector_is_the_mean_of_the_baskets():
    plain = Setting(within_decay=1.0, group_decay=1.0, groups=1)
    assert basket_weights(4, plain) == pytest.approx([0.25] * 4)


def test_the_prediction_mixes_own_history_with_the_nearest_customer():
    # customers 0 and 1 bought product 0 last; 1 also product 1; customer 2 bought product 2 alone
    customer, visit = np.array([0, 1, 1, 2]), np.array([1, 1, 1, 1])
    rows = vectors(customer, visit, np.array([0, 0, 1, 2]), (3, 8), EXAMPLE)
    assert rows.toarray()[0, 0] == pytest.approx(0.7)
    lists = recommended(rows, np.array([0, 2]), EXAMPLE, 3)
    # the nearest of 0 is 1 (distance 0.7, customer 2 is at 0.7 x root 2): own first, then the neighbour's product
    assert lists[0].tolist() == [0, 1, -1]
    # of 2 it is 0 (0.7 x root 2, customer 1 at 0.7 x root 3)
    assert lists[1].tolist() == [2, 0, -1]


def test_measures_of_lists_are_those_worked_by_hand():
    bought = (np.array([0, 0, 0, 1]), np.array([1, 2, 3, 4]))
    before = (np.array([0, 0, 1]), np.array([1, 5, 0]))
    truth = Truth.of(2, 10, bought, before)
    lists = np.full((2, 20), -1)
    lists[0, :3] = [5, 1, 2]
    told = judged(lists, truth)
    ideal = 1 + 1 / np.log2(3) + 0.5
    assert told["recall_10"].tolist() == pytest.approx([2 / 3, 0.0])
    assert told["ndcg_10"].tolist() == pytest.approx([(1 / np.log2(3) + 0.5) / ideal, 0.0])
    assert told["phr_10"].tolist() == [1.0, 0.0]
    assert told["repeat_recall_10"][0] == 1.0
    assert np.isnan(told["repeat_recall_10"][1])
    assert told["explore_recall_10"].tolist() == [0.5, 0.0]


def test_the_interval_of_a_gain_holds_the_gain():
    chance = np.random.default_rng(1)
    worse = chance.random(500)
    found = difference(worse * 1.1, worse)
    assert found["gain"] == pytest.approx(0.1)
    assert found["low"] == pytest.approx(0.1)
    noisy = difference(worse + chance.normal(0, 0.3, 500), worse)
    assert noisy["low"] < noisy["gain"] < noisy["high"]
