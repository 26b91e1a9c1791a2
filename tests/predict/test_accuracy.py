"""Figures of accuracy against SciPy, sums over pairs, and customers written out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from okaeri.predict.accuracy import Accuracy, accuracy, interval_coverage, normalised_gini

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(1, 3)), min_size=1, max_size=25)


def pair_gini(actual: np.ndarray, ranked_by: np.ndarray) -> float:
    """Over all pairs of customers: how much more those ranked higher bring."""
    return float((np.sign(ranked_by[:, None] - ranked_by) * (actual[:, None] - actual)).sum())


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_the_gini_is_the_gain_over_all_pairs_of_customers(rows):
    actual, predicted, weights = np.array(rows, float).T
    whole, said = np.repeat(actual, weights.astype(int)), np.repeat(predicted, weights.astype(int))
    found = normalised_gini(actual, predicted, weights)
    if pair_gini(whole, whole) == 0:
        assert found is None
    else:
        assert found == pytest.approx(pair_gini(whole, said) / pair_gini(whole, whole), abs=1e-9)


def test_the_gini_of_the_gain_curve_as_the_paper_draws_it():
    """No ties: trapezoids under the curve of customers sorted by forecast."""
    chance = np.random.default_rng(1)
    actual, predicted = chance.gamma(1, 1, 500), chance.random(500)

    def area(order: np.ndarray) -> float:
        curve = np.concatenate([[0], np.cumsum(actual[order]) / actual.sum()])
        return sum((one + other) / 2 for one, other in pairwise(curve)) / 500 - 0.5

    expected = area(np.argsort(-predicted)) / area(np.argsort(-actual))
    assert accuracy(actual, predicted).gini == pytest.approx(expected)


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_a_row_with_a_weight_is_that_many_customers(rows):
    actual, predicted, weights = np.array(rows, float).T
    once = accuracy(actual, predicted, weights)
    often = accuracy(np.repeat(actual, weights.astype(int)), np.repeat(predicted, weights.astype(int)))
    for name, value in vars(once).items():
        assert value == pytest.approx(getattr(often, name), abs=1e-9), name


def test_plain_figures():
    chance = np.random.default_rng(2)
    actual, predicted = chance.poisson(2, 300).astype(float), chance.gamma(2, 1, 300)
    found = accuracy(actual, predicted)
    assert found.total_bias == pytest.approx(predicted.sum() / actual.sum() - 1)
    assert found.mae == pytest.approx(np.abs(actual - predicted).mean())
    assert found.rmse == pytest.approx(np.sqrt(((actual - predicted) ** 2).mean()))
    assert found.spearman == pytest.approx(stats.spearmanr(actual, predicted).statistic)
    groups = np.array_split(np.argsort(predicted), 10)
    gaps = [abs(predicted[group].mean() - actual[group].mean()) for group in groups]
    assert found.decile_error == pytest.approx(np.mean(gaps) / actual.mean())


def test_a_perfect_forecast_and_its_opposite():
    actual = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert accuracy(actual, actual) == Accuracy(0.0, 0.0, 0.0, 0.0, pytest.approx(1.0), pytest.approx(1.0))
    turned = accuracy(actual, 9 - actual)
    assert (turned.gini, turned.spearman) == (pytest.approx(-1), pytest.approx(-1))


def test_one_forecast_for_all_ranks_by_chance():
    found = accuracy([0.0, 5.0, 1.0], [2.0, 2.0, 2.0])
    assert (found.gini, found.spearman, found.decile_error) == (0, 0, pytest.approx(0))


def test_where_nothing_was_bought_there_is_no_share_of_it():
    found = accuracy([0.0, 0.0], [1.0, 2.0])
    assert (found.total_bias, found.decile_error, found.gini) == (None, None, None)
    assert (found.mae, found.spearman) == (1.5, 0)


def test_coverage_counts_customers_within_their_bounds():
    assert interval_coverage([1, 2, 3, 4], [1, 3, 2, 0], [2, 4, 3, 3.9]) == 0.5
    assert interval_coverage([1, 2], [1, 3], [2, 4], weights=[9, 1]) == 0.9


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.floats(0.01, 1e6)), min_size=1, max_size=30))
def test_no_figure_is_nonsense_even_with_returns(rows):
    found = accuracy(*np.array(rows).T)
    assert np.isfinite([value for value in vars(found).values() if value is not None]).all()
    assert -1 <= found.spearman <= 1
    assert min(found.mae, found.rmse) >= 0
