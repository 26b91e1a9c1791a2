"""The rank correlation of order count and order value, against SciPy's and planted dependence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from okaeri.predict.ranks import rank_correlation, ranks
from okaeri.predict.spend import independence
from okaeri.schema.errors import NotConverged


def customers(seed: int, size: int, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Orders and spend of customers whose order value grows with the ``slope``-th power of their order count."""
    chance = np.random.default_rng(seed)
    orders = 1.0 + chance.poisson(3, size)
    return orders, orders * orders**slope * chance.lognormal(3, 0.5, size)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(1, 4)), min_size=2, max_size=30))
def test_weighted_rank_correlation_is_scipys_of_the_rows_written_out(rows):
    first, second, weights = np.array(rows).T
    whole, other = np.repeat(first, weights), np.repeat(second, weights)
    assert ranks(first, weights) == pytest.approx(
        [stats.rankdata(whole)[np.flatnonzero(whole == value)[0]] for value in first]
    )
    with np.errstate(all="ignore"):
        expected = 0.0 if min(np.ptp(whole), np.ptp(other)) == 0 else stats.spearmanr(whole, other).statistic
    assert rank_correlation(first, second, weights) == pytest.approx(expected, abs=1e-9)


def test_independent_customers_pass_and_the_interval_holds_zero_as_often_as_it_says():
    found = [independence(*customers(seed, 200, 0.0)) for seed in range(300)]
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.035)
    assert all(one.holds for one in found)


@pytest.mark.parametrize(("slope", "words"), [(1.0, "more per order"), (-1.0, "less per order")])
def test_planted_dependence_is_found_and_said(slope, words):
    found = independence(*customers(1, 1000, slope))
    assert not found.holds
    assert np.sign(found.correlation) == np.sign(slope)
    assert f"{found.correlation:.2f}" in str(found)
    assert words in str(found)


def test_customers_who_never_bought_do_not_count():
    orders, spend = customers(2, 100, 0.0)
    padded = independence(np.append(orders, np.zeros(50)), np.append(spend, np.zeros(50)))
    assert padded == independence(orders, spend)


def test_one_order_each_correlates_with_nothing():
    found = independence(np.ones(50), np.arange(1.0, 51))
    assert found.correlation == 0
    assert found.holds


def test_too_few_customers_are_told_so():
    with pytest.raises(NotConverged, match="Only 3 customers"):
        independence([1, 2, 3], [10.0, 20.0, 30.0])
