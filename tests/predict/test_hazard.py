"""The hazard of leaving against scikit-learn, planted coefficients and awkward data."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats
from sklearn.linear_model import LogisticRegression

from okaeri.predict.calibration import calibration_table, expected_calibration_error, wilson
from okaeri.predict.hazard import Hazard, fit, left_within, main_reasons
from okaeri.schema.errors import NotConverged

NAMES = ("deliveries", "skips", "price")


def periods(seed: int, rows: int, most: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariates, exposures and leavings of made-up customers whose log-odds are -2 - .2 d + .8 s + .0005 (p - 3000)."""
    chance = np.random.default_rng(seed)
    x = np.column_stack(
        [chance.integers(1, 12, rows), chance.poisson(0.5, rows), chance.choice([1980, 2980, 4980], rows)]
    )
    odds = -2 - 0.2 * x[:, 0] + 0.8 * x[:, 1] + 0.0005 * (x[:, 2] - 3000)
    exposures = chance.integers(1, most, rows)
    return x.astype(float), exposures, chance.binomial(exposures, special.expit(odds))


@pytest.mark.parametrize("prior", [0.3, 2.5, 100.0])
def test_coefficients_are_scikit_learns_on_the_periods_written_out(prior):
    x, exposures, leavings = periods(1, 800)
    found = fit(NAMES, x, exposures, leavings, prior=prior)
    whole = np.repeat((x - found.means) / found.scales, exposures, axis=0)
    left = np.concatenate([[1] * y + [0] * (n - y) for n, y in zip(exposures, leavings, strict=True)])
    peer = LogisticRegression(C=prior**2, tol=1e-10, max_iter=1000).fit(whole, left)
    assert found.coefficients == pytest.approx(peer.coef_[0], abs=1e-6)
    assert found.intercept == pytest.approx(peer.intercept_[0], abs=1e-6)
    assert found.chance(x[:50]) == pytest.approx(peer.predict_proba((x[:50] - found.means) / found.scales)[:, 1])
    assert (found.exposures, found.leavings) == (len(left), left.sum())


def test_errors_are_the_curvature_of_the_penalised_likelihood():
    x, exposures, leavings = periods(2, 300)
    found = fit(NAMES, x, exposures, leavings)
    rows = np.column_stack([np.ones(300), (x - found.means) / found.scales])

    def height(at: np.ndarray) -> float:
        chances = special.expit(rows @ at)
        return stats.binom.logpmf(leavings, exposures, chances).sum() + stats.norm.logpdf(at[1:], scale=2.5).sum()

    at = np.array([found.intercept, *found.coefficients])
    assert optimize.approx_fprime(at, height, 1e-6) == pytest.approx(0, abs=2e-2)
    steps = np.eye(4) * 1e-3
    bend = [
        [height(at + a + b) - height(at + a - b) - height(at - a + b) + height(at - a - b) for a in steps]
        for b in steps
    ]
    expected = np.sqrt(np.diag(np.linalg.inv(-np.array(bend) / 4e-6)))
    assert list(found.standard_errors.values()) == pytest.approx(expected, rel=1e-3)


def test_planted_effects_are_found_and_the_intervals_hold():
    inside, within = [], []
    for seed in range(60):
        found = fit(NAMES, *periods(seed, 1500))
        slopes = np.log(list(found.odds_ratios.values())) - [-0.2, 0.8, 0.0005]
        inside.append(np.abs(slopes * found.scales) < 1.96 * np.array(list(found.standard_errors.values())[1:]))
        low, high = found.chance_interval([3.0, 1.0, 4980.0], level=0.8)
        within.append(low <= special.expit(-2 - 0.6 + 0.8 + 0.99) <= high)
    assert np.mean(inside) >= 0.9
    assert 0.65 <= np.mean(within) <= 0.95


def test_the_chance_over_several_periods_is_counted_out():
    found = fit(NAMES, *periods(3, 500))
    path = np.array([[[n, 1.0, 2980.0] for n in (3, 4, 5)], [[n, 0.0, 1980.0] for n in (1, 2, 3)]])
    chances = found.chance(path)
    for row, left in zip(chances, found.chance_within(path), strict=True):
        assert left == pytest.approx([row[0], 1 - (1 - row[0]) * (1 - row[1]), 1 - np.prod(1 - row)])
    assert left_within([0.0, 1.0, 0.5]).tolist() == [0.0, 1.0, 1.0]


def test_reasons_are_what_lifts_a_customer_above_the_average():
    found = fit(NAMES, *periods(4, 3000))
    average = np.array(found.means)
    assert found.contributions(average) == pytest.approx([0, 0, 0])
    skipper = found.contributions([average[0], 4.0, average[2]])
    loyal = found.contributions([11.0, average[1], average[2] + 100])
    places, values = main_reasons([skipper, loyal], most=2)
    assert [NAMES[place] for place in places[:, 0]] == ["skips", "deliveries"]
    assert values[0, 0] > 0 > values[1, 0]
    assert np.abs(values[1, 0]) > np.abs(values[1, 1])
    log_odds = special.logit(found.chance([11.0, average[1], average[2] + 100]))
    assert loyal.sum() + found.intercept == pytest.approx(log_odds)


def test_what_is_not_known_of_a_customer_is_average():
    x, exposures, leavings = periods(5, 2000)
    holes = x.copy()
    holes[np.random.default_rng(5).random(2000) < 0.5, 1] = np.nan
    found = fit(NAMES, holes, exposures, leavings)
    assert found.contributions([5.0, np.nan, 1980.0])[1] == 0
    assert found.odds_ratios["skips"] == pytest.approx(np.exp(0.8), rel=0.25)


def test_a_covariate_that_separates_perfectly_or_never_varies_is_bearable():
    leavings = np.array([0, 0, 0, 1, 1, 1])
    x = np.column_stack([np.arange(6.0), np.full(6, 7.0), np.full(6, np.nan)])
    found = fit(NAMES, x, np.ones(6), leavings)
    assert 0 < found.coefficients[0] < 10
    assert found.coefficients[1:] == pytest.approx([0, 0])
    assert (found.chance(x)[:3] < 0.5).all()
    assert (found.chance(x)[3:] > 0.5).all()


@pytest.mark.parametrize(
    ("exposures", "leavings", "words"),
    [
        ([0, 0], [0, 0], "no periods"),
        ([3, 2], [0, 0], "Nobody has left yet"),
        ([3, 2], [3, 2], "Everybody left"),
    ],
)
def test_where_there_is_nothing_to_learn_it_says_why(exposures, leavings, words):
    with pytest.raises(NotConverged, match=words):
        fit(["one"], [[1.0], [2.0]], exposures, leavings)


def test_impossible_rows_are_refused():
    with pytest.raises(ValueError, match="between none and all"):
        fit(["one"], [[1.0], [2.0]], [1, 1], [2, 0])
    with pytest.raises(ValueError, match="finite"):
        fit(["one"], [[1.0], [np.inf]], [1, 1], [1, 0])


def test_a_model_is_its_plain_json():
    found = fit(NAMES, *periods(6, 200))
    saved = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert Hazard.from_json(saved) == found
    with pytest.raises(ValueError, match="no 'hazard'"):
        Hazard.from_json(saved | {"model": "sbg"})


def test_forecast_chances_of_other_customers_come_true():
    found = fit(NAMES, *periods(7, 20_000))
    x, exposures, leavings = periods(8, 20_000)
    table = calibration_table(found.chance(x), exposures, leavings)
    assert len(table) == 10
    assert sum(row.trials for row in table) == exposures.sum()
    assert sum(row.trials * row.observed_rate for row in table) == pytest.approx(leavings.sum())
    assert np.mean([row.low <= row.expected_rate <= row.high for row in table]) >= 0.8
    assert [row.expected_rate for row in table] == sorted(row.expected_rate for row in table)
    assert expected_calibration_error(table) < 0.01
    shouted = calibration_table(np.minimum(2 * found.chance(x), 1.0), exposures, leavings)
    assert expected_calibration_error(shouted) > 0.03


def test_one_chance_for_all_is_one_group():
    (row,) = calibration_table(np.full(50, 0.3), np.full(50, 2), np.tile([0, 1], 25))
    assert (row.trials, row.expected_rate, row.observed_rate) == (100, pytest.approx(0.3), 0.25)
    assert (row.low, row.high) == pytest.approx(stats.binomtest(25, 100).proportion_ci(method="wilson"))
    assert wilson(0.0, 10)[0] == 0
    assert calibration_table([], [], []) == []


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**31), st.floats(-12, 12), st.floats(-6, 6), st.integers(2, 60))
def test_every_shop_is_fitted_or_told_why_not(seed, slope, size, rows):
    chance = np.random.default_rng(seed)
    x = chance.standard_t(2, (rows, 3)) * 10.0**size
    exposures = chance.integers(0, 5, rows)
    leavings = chance.binomial(exposures, special.expit(slope * x[:, 0] / 10.0**size - 1))
    try:
        found = fit(NAMES, x, exposures, leavings)
    except NotConverged as refused:
        # refused only where there is nothing to learn: a step limit would be a fault
        if "steps" in str(refused):
            raise
        return
    chances = found.chance_within(np.concatenate([x, 1e6 * x])[:, None, :].repeat(3, axis=1))
    assert np.isfinite(chances).all()
    assert ((chances >= 0) & (chances <= 1)).all()
    assert np.isfinite([*found.coefficients, *found.standard_errors.values(), *found.odds_ratios.values()]).all()
