"""Histories are checked, and rows with weights stand for customers."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.purchases import Histories, fit_beta_geometric, fit_pareto, refit
from tests.predict.purchases.simulated import beta_geometric_shop, reduced


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((-1, 0, 5), "whole numbers"),
        ((1.5, 1, 5), "whole numbers"),
        ((1, 6, 5), "must not lie after the end"),
        ((0, 1, 5), "last_order_age must be 0"),
        ((2, 0, 5), "orders of one day count as one"),
        ((1, -1, 5), "must not be negative"),
        ((1, 1, 5, -1), "weight must not be negative"),
        ((1, np.nan, 5), "finite"),
        ((1, 1, np.inf), "finite"),
    ],
)
def test_what_cannot_be_a_purchase_history_is_refused_in_words(row, sentence):
    with pytest.raises(ValueError, match=sentence):
        Histories.of(*row)


def test_the_first_broken_row_is_named():
    with pytest.raises(ValueError, match=r"2 rows break this, first row 1 \(x=1, t_x=9, T=5, weight=1\)"):
        Histories.of([0, 1, 1], [0, 9, 8], [5, 5, 5])


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        Histories.of([0, 1], [0, 1, 2], [5, 5])


def _weekly(seed: int) -> Histories:
    chance = np.random.default_rng(seed)
    shop = beta_geometric_shop(0.6, 6, 0.9, 2.0, chance.integers(20, 60, 800).astype(float), chance, modified=True)
    seen = shop.histories
    return Histories.of(seen.repeat_orders, np.minimum(np.ceil(seen.last_order_age), seen.age), seen.age)


@pytest.mark.parametrize("fit", [fit_beta_geometric, fit_pareto])
def test_distinct_rows_with_weights_give_the_fit_of_all_customers(fit):
    everyone = _weekly(1)
    rows = reduced(everyone)
    assert len(rows) < len(everyone)
    one, other = fit(everyone), fit(rows)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-7)
    assert list(other.parameters.values()) == pytest.approx(list(one.parameters.values()), rel=1e-5)
    assert other.customers == one.customers == 800


def test_a_resample_by_weights_is_the_same_customers_written_out():
    chance = np.random.default_rng(2)
    seen = beta_geometric_shop(0.6, 6, 0.9, 2.0, np.full(400, 40.0), chance, modified=True).histories
    assert seen.ages.values.tolist() == [40.0]
    weight = chance.poisson(1.0, 400)
    resampled = fit_beta_geometric(seen.weighted(weight), k=2)
    again = np.repeat(np.arange(400), weight)
    written = Histories.of(
        seen.repeat_orders[again], seen.last_order_age[again], seen.age[again], log_gaps=seen.log_gaps[again]
    )
    assert resampled.log_likelihood == pytest.approx(fit_beta_geometric(written, k=2).log_likelihood, abs=1e-7)


def test_a_start_near_the_end_changes_nothing_but_the_time_it_takes():
    rows = reduced(_weekly(3))
    first = fit_beta_geometric(rows)
    again = fit_beta_geometric(rows, start=first)
    assert list(again.parameters.values()) == pytest.approx(list(first.parameters.values()), rel=1e-6)


def test_regular_timing_without_the_gaps_cannot_be_compared():
    with pytest.raises(ValueError, match="without log_gaps"):
        _ = _weekly(4).log_gaps_total


@pytest.mark.parametrize(("modified", "k"), [(True, 1), (False, 1), (True, 2)])
def test_a_resample_fitted_in_few_steps_has_the_parameters_of_a_full_fit(modified, k):
    chance = np.random.default_rng(6)
    seen = beta_geometric_shop(0.6, 6 / k, 0.9, 2.0, np.full(2000, 60.0), chance, modified=modified, k=k).histories
    model = fit_beta_geometric(seen, modified=modified, k=k)
    for _ in range(5):
        again = seen.weighted(chance.poisson(1.0, 2000))
        quick, full = refit(model, again), fit_beta_geometric(again, modified=modified, k=k)
        assert quick.log_likelihood == pytest.approx(full.log_likelihood, abs=1e-5)
        assert list(quick.parameters.values()) == pytest.approx(list(full.parameters.values()), rel=1e-3)
        assert quick.customers == full.customers


def test_a_resample_too_far_away_is_fitted_in_full():
    chance = np.random.default_rng(8)
    model = fit_beta_geometric(
        beta_geometric_shop(0.6, 6, 0.9, 2.0, np.full(500, 60.0), chance, modified=True).histories
    )
    other = beta_geometric_shop(2.0, 0.5, 0.1, 4.0, np.full(500, 60.0), chance, modified=True).histories
    full = fit_beta_geometric(other)
    assert list(refit(model, other).parameters.values()) == pytest.approx(list(full.parameters.values()), rel=1e-3)
