"""sBG and BdW against their papers, brute force, planted subscribers and odd cohorts."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from okaeri.predict.subscription import (
    SBG,
    BdW,
    Renewals,
    best,
    discounted_renewals,
    retention,
    survival,
    survival_interval,
)
from okaeri.predict.subscription import bdw as bdw_module
from okaeri.predict.subscription import sbg as sbg_module
from okaeri.schema.errors import NotConverged

#: Share of the customers of Berry and Linoff still there after years 8 to 12, as Fader and Hardie (2007) print it.
LATER = {"regular": [0.223, 0.207, 0.194, 0.183, 0.173], "high_end": [0.468, 0.445, 0.427, 0.409, 0.394]}


def seven_years(segment: str) -> Renewals:
    """The published survivors of 1,000 customers over seven years."""
    path = Path(os.environ["OKAERI_REFERENCE_DATA"]) / "subscription" / "sbg_survival_years_0_7.csv"
    with path.open() as file:
        return Renewals.of_cohorts([1000 * float(row[segment]) for row in csv.DictReader(file)])


def sbg(alpha: float, beta: float) -> SBG:
    """A model with given parameters, errors of a tenth."""
    covariance = ((0.01, 0.0), (0.0, 0.01))
    return SBG(alpha=alpha, beta=beta, log_covariance=covariance, log_likelihood=-1.0, customers=9.0, renewals=9)


def bdw(alpha: float, beta: float, c: float) -> BdW:
    """A model with given parameters, errors of a tenth."""
    covariance = tuple(tuple(row) for row in (np.eye(3) * 0.01).tolist())
    return BdW(alpha=alpha, beta=beta, c=c, log_covariance=covariance, log_likelihood=-1.0, customers=9.0, renewals=9)


def lifetimes(seed: int, subscribers: int, alpha: float, beta: float, c: float = 1.0) -> np.ndarray:
    """At which renewal each of some made-up subscribers leaves: discrete Weibull with an own theta from a beta law."""
    chance = np.random.default_rng(seed)
    theta, left = chance.beta(alpha, beta, subscribers), 1 - chance.random(subscribers)
    return np.floor((np.log(left) / np.log1p(-theta)) ** (1 / c)) + 1


def seen(lasted: np.ndarray, watched: np.ndarray) -> Renewals:
    """What is known of subscribers each watched for some renewals."""
    left = lasted <= watched
    return Renewals.of_histories(np.where(left, lasted - 1, watched).astype(int), left)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("segment", "parameters", "likelihood", "share", "error"),
    [("regular", [0.704, 1.182], -1680.3, 0.170, 1.49), ("high_end", [0.668, 3.806], -1611.2, 0.378, 2.83)],
)
def test_sbg_of_fader_and_hardie_2007(segment, parameters, likelihood, share, error):
    found = SBG.fit(seven_years(segment))
    ahead = survival(found, np.arange(8, 13))
    assert [round(value, 3) for value in found.parameters.values()] == parameters
    assert round(found.log_likelihood, 1) == likelihood
    assert round(ahead[-1], 3) == share
    assert round(np.mean(np.abs(ahead / LATER[segment] - 1)) * 100, 2) == error
    assert found.note == ""


@pytest.mark.reference
@pytest.mark.parametrize(
    ("segment", "parameters", "likelihood", "error"),
    [("regular", [0.456, 0.779, 1.283], -1679.6, 1.38), ("high_end", [0.214, 1.427, 1.724], -1605.3, 1.27)],
)
def test_bdw_of_fader_and_others_2018_on_the_same_customers(segment, parameters, likelihood, error):
    found = BdW.fit(seven_years(segment))
    ahead = survival(found, np.arange(8, 13))
    assert [round(value, 3) for value in found.parameters.values()] == parameters
    assert round(found.log_likelihood, 1) == likelihood
    assert round(np.mean(np.abs(ahead / LATER[segment] - 1)) * 100, 2) == error


@pytest.mark.reference
def test_the_third_parameter_is_taken_where_it_pays():
    assert isinstance(best(seven_years("regular")), SBG)
    assert isinstance(best(seven_years("high_end")), BdW)


def test_survival_is_the_mean_over_subscribers_with_their_own_chance():
    """S(t) = E[(1 - theta)^(t^c)], theta beta: by quadrature."""
    for model, c in ((sbg(0.7, 1.2), 1.0), (bdw(0.7, 1.2, 1.6), 1.6)):
        for t in (1, 3, 12):
            mean = integrate.quad(lambda x, power=t**c: (1 - x) ** power * stats.beta.pdf(x, 0.7, 1.2), 0, 1)[0]
            assert survival(model, t) == pytest.approx(mean, rel=1e-6)
    assert retention(sbg(0.7, 1.2), 4) == pytest.approx((1.2 + 3) / (0.7 + 1.2 + 3))


@pytest.mark.parametrize("at", [(0.3, -0.5, 0.4), (-2.0, 3.0, -1.0), (4.0, 1.0, 0.0)])
def test_the_gradients_are_the_slopes_of_the_likelihoods(at):
    renewals = Renewals.of_cohorts([500, 300, 220, 190, 180], [400, 250, 200])
    t = np.append(0.0, renewals.numbers)

    def by_sbg(point):
        return renewals.log_likelihood(*sbg_module._retention(point, renewals.numbers))

    def by_bdw(point):
        values, slopes = bdw_module._survival(point, t)
        return renewals.log_likelihood(np.diff(values), np.diff(slopes, axis=1))

    for function, point in ((by_sbg, np.array(at[:2])), (by_bdw, np.array(at))):
        slope = optimize.approx_fprime(point, lambda x, f=function: f(x)[0], 1e-6)
        assert function(point)[1] == pytest.approx(slope, rel=1e-3, abs=1e-2)


def test_bdw_with_c_of_one_is_sbg():
    t = np.arange(0, 40)
    assert bdw(0.7, 1.2, 1.0).log_survival(t) == pytest.approx(sbg(0.7, 1.2).log_survival(t), abs=1e-12)


def test_cohorts_and_histories_are_two_ways_to_write_the_same():
    cohorts = Renewals.of_cohorts([10, 7, 4], [5, 5, 3, 2])
    histories = Renewals.of_histories(
        renewed=[0, 1, 2, 1, 2, 3], left=[True, True, False, True, True, False], weights=[3, 3, 4, 2, 1, 2]
    )
    for found in (cohorts, histories):
        assert found.at_risk.tolist() == [15, 12, 3]
        assert found.lost.tolist() == [3, 5, 1]
        assert found.subscribers == 15
    assert cohorts.observed_survival == pytest.approx([12 / 15, 12 / 15 * 7 / 12, 12 / 15 * 7 / 12 * 2 / 3])


def test_subscribers_from_before_the_records_count_from_where_they_are_seen():
    found = Renewals.of_histories(renewed=[5, 3], left=[False, True], weights=[10, 4], entered=[3, 0])
    assert found.at_risk.tolist() == [4, 4, 4, 14, 10]
    assert found.lost.tolist() == [0, 0, 0, 4, 0]


def test_more_leaving_than_there_are_is_no_count():
    with pytest.raises(ValueError, match="between none and all"):
        Renewals.of_cohorts([10, 12])


def test_planted_parameters_lie_within_their_intervals():
    """60 shops of 3,000 subscribers who began at different times: scores of log alpha and log beta are standard."""
    scores = []
    for seed in range(60):
        watched = np.random.default_rng(seed).integers(1, 13, 3000)
        found = SBG.fit(seen(lifetimes(seed, 3000, 0.8, 2.5), watched))
        away = found.log_parameters - np.log([0.8, 2.5])
        scores.append(away / np.sqrt(np.diag(found.log_covariance)))
    assert np.mean(np.abs(scores) < 1.96) >= 0.9
    assert 0.75 < np.std(scores) < 1.25


def test_survival_of_200_small_shops_is_forecast_within_two_points():
    """600 subscribers seen for 4 to 8 renewals, forecast after 12: two points on average, without bias.

    To count those 600 after 12 renewals would itself err by 1.4 points on average.
    """
    truth = survival(sbg(0.8, 2.5), 12)
    ahead, held = [], []
    for seed in range(200):
        watched = np.random.default_rng(seed).integers(4, 9, 600)
        found = SBG.fit(seen(lifetimes(1000 + seed, 600, 0.8, 2.5), watched))
        low, high = survival_interval(found.draws(100, np.random.default_rng(seed)), 12, level=0.8)
        ahead.append(survival(found, 12))
        held.append(low <= truth <= high)
    errors = np.array(ahead) - truth
    assert abs(errors.mean()) < 0.005
    assert np.abs(errors).mean() < 0.02
    assert 0.72 <= np.mean(held) <= 0.88


def test_survival_of_200_shops_of_3000_subscribers_is_within_two_points_in_each_but_a_few():
    truth, errors = survival(sbg(0.8, 2.5), 12), []
    for seed in range(200):
        watched = np.random.default_rng(seed).integers(4, 9, 3000)
        errors.append(survival(SBG.fit(seen(lifetimes(1000 + seed, 3000, 0.8, 2.5), watched)), 12) - truth)
    assert np.mean(np.abs(errors) < 0.02) >= 0.93
    assert np.abs(errors).max() < 0.035


def test_planted_duration_dependence_is_found():
    watched = np.full(20_000, 10)
    found = BdW.fit(seen(lifetimes(5, 20_000, 0.5, 3.0, c=1.5), watched))
    away = found.log_parameters - np.log([0.5, 3.0, 1.5])
    assert np.abs(away / np.sqrt(np.diag(found.log_covariance))).max() < 2.6
    assert isinstance(best(seen(lifetimes(5, 20_000, 0.5, 3.0, c=1.5), watched)), BdW)
    assert isinstance(best(seen(lifetimes(6, 5000, 0.5, 3.0), watched[:5000])), SBG)


def test_subscribers_who_are_all_alike_are_fitted_and_the_note_says_what_is_open():
    lasted = np.random.default_rng(7).geometric(0.2, 5000)
    found = SBG.fit(seen(lasted, np.full(5000, 9)))
    assert retention(found, [1, 5, 9]) == pytest.approx(0.8, abs=0.03)
    assert survival(found, 20) == pytest.approx(0.8**20, abs=0.02)
    few = SBG.fit(Renewals.of_cohorts([5, 4, 4]))
    assert "do not determine" in few.note
    assert "{" not in few.note


@pytest.mark.parametrize(
    ("cohort", "words"),
    [
        ([0, 0, 0], "no subscribers"),
        ([100, 100, 100], "None of the 100 subscribers has left"),
        ([100, 0], "All of the 100 subscribers left at their first renewal"),
        ([100, 80], "come to 1 renewals so far; 2 are needed"),
    ],
)
def test_where_there_is_nothing_to_learn_it_says_why(cohort, words):
    with pytest.raises(NotConverged, match=words):
        best(Renewals.of_cohorts(cohort))


def test_two_renewals_are_enough_for_sbg_only():
    renewals = Renewals.of_cohorts([1000, 700, 550])
    assert isinstance(best(renewals), SBG)
    with pytest.raises(NotConverged, match="2 renewals so far; 3 are needed"):
        BdW.fit(renewals)


def test_discounted_renewals_are_the_formula_of_fader_and_hardie_2010():
    """DERL = (beta + n - 1) / (alpha + beta + n - 1) 2F1(1, beta + n; alpha + beta + n; 1 / (1 + d)) at their n."""
    alpha, beta, rate = 0.704, 1.182, 0.1
    n = np.arange(1, 30)
    derl = (beta + n - 1) / (alpha + beta + n - 1) * special.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + rate))
    assert discounted_renewals(sbg(alpha, beta), n - 1, rate) == pytest.approx(derl / (1 + rate), rel=1e-9)


def test_discounted_renewals_within_a_horizon_are_the_plain_sum():
    model, n, k = bdw(0.5, 2.0, 1.4), np.array([0, 2, 9, 2]), np.arange(1, 7)
    plain = [(survival(model, k, now) / 1.02**k).sum() for now in n]
    assert discounted_renewals(model, n, 0.02, horizon=6) == pytest.approx(plain, rel=1e-12)
    assert discounted_renewals(model, n, 0.0, horizon=6) == pytest.approx(
        [survival(model, k, now).sum() for now in n], rel=1e-12
    )


def test_an_endless_sum_without_discount_is_refused():
    with pytest.raises(ValueError, match="needs a discount rate"):
        discounted_renewals(sbg(0.5, 1.0), [0], 0.0)


def test_a_model_is_its_plain_json():
    for model in (SBG, BdW):
        found = model.fit(Renewals.of_cohorts([500, 300, 220, 190, 180]))
        saved = json.loads(json.dumps(found.to_json(), allow_nan=False))
        assert model.from_json(saved) == found


@settings(deadline=None, max_examples=200)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-2.5, 2.5), st.integers(0, 400), st.floats(1e-3, 1.0))
def test_no_subscriber_of_any_model_lives_a_nonsense_life(log_alpha, log_beta, log_c, survived, rate):
    t = np.arange(0, 60)
    for model in (sbg(np.exp(log_alpha), np.exp(log_beta)), bdw(*np.exp([log_alpha, log_beta, log_c]))):
        curve = survival(model, t, survived)
        assert np.isfinite(curve).all()
        assert curve[0] == 1
        assert (np.diff(curve) <= 1e-12).all()
        assert curve.min() >= 0
        left = discounted_renewals(model, [survived], rate)
        assert 0 <= left[0] <= 1 / rate * (1 + 1e-9)
        assert discounted_renewals(model, [survived], rate, horizon=5)[0] <= left[0] * (1 + 1e-9)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=12), st.integers(1, 3))
def test_every_cohort_is_fitted_or_told_why_not(losses, size):
    left = np.maximum(150 * size - np.cumsum([0, *losses]), 0)
    renewals = Renewals.of_cohorts(left)
    try:
        found = best(renewals)
    except NotConverged as refused:
        event(str(refused)[:20])
        return
    numbers = [*found.parameters.values(), *found.standard_errors.values()]
    assert np.isfinite(numbers).all()
    assert min(numbers) > 0
    assert np.isfinite(found.log_likelihood)
    curve = survival(found, np.arange(30))
    assert ((curve >= 0) & (curve <= 1)).all()
