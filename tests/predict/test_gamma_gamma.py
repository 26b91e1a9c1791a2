"""Gamma-gamma against its paper, its own integral, made-up customers whose true values are known, and odd shops."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from okaeri.predict.spend import GammaGamma, bin_of, bin_value, fit
from okaeri.predict.spend.gamma_gamma import SpendRows
from okaeri.schema.errors import NotConverged
from tests.predict.cdnow import repeat_spend


def model(p: float, q: float, v: float) -> GammaGamma:
    """A model with given parameters, errors of a tenth."""
    covariance = tuple(tuple(row) for row in (np.eye(3) * 0.01).tolist())
    return GammaGamma(p=p, q=q, v=v, log_covariance=covariance, log_likelihood=-1.0, customers=100.0)


def shop(seed: int, customers: int, p: float = 6.0, q: float = 4.0, v: float = 15.0) -> tuple[np.ndarray, ...]:
    """Orders, total spend and true mean order value of made-up customers."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(q, 1 / v, customers)
    orders = 1 + chance.negative_binomial(1.0, 0.3, customers)
    return orders.astype(float), chance.gamma(p * orders) / rate, p / rate


@pytest.mark.reference
def test_the_table_of_note_025_comes_out_of_the_raw_transactions():
    rows = repeat_spend()
    found = fit(rows.x, rows.z)
    assert (len(rows), found.customers) == (946, 946.0)
    assert round((rows.z / rows.x).mean(), 2) == 35.08
    assert [round(value, 2) for value in found.parameters.values()] == [6.25, 3.74, 15.44]
    assert round(found.log_likelihood, 2) == -4055.92
    assert round(float(found.expected_order_value(2, 2 * 22.35)), 2) == 24.66
    assert round(found.mean, 2) == 35.17


def test_the_likelihood_is_the_integral_over_customers_rates():
    """f(m | x) by quadrature over nu: the mean of x gamma(p, nu) orders is gamma(p x, nu x)."""
    p, q, v = 2.5, 3.5, 12.0

    def density(x: float, m: float) -> float:
        def part(nu: float) -> float:
            return stats.gamma.pdf(m, p * x, scale=1 / (nu * x)) * stats.gamma.pdf(nu, q, scale=1 / v)

        return integrate.quad(part, 0, 5, limit=200)[0]

    orders, means, weights = np.array([1.0, 2.0, 7.0]), np.array([4.0, 20.0, 9.0]), np.array([3.0, 1.0, 2.0])
    rows = SpendRows(orders, orders * means, weights)
    value, _ = rows.log_likelihood(np.log([p, q, p * v / q / rows.unit]))
    expected = sum(w * np.log(density(x, m)) for x, m, w in zip(orders, means, weights, strict=True))
    assert value - rows.customers * np.log(rows.unit) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("at", [(0.5, 0.2, 0.1), (3.0, -2.0, 1.0), (-2.0, 4.0, -1.0)])
def test_the_gradient_is_the_slope_of_the_likelihood(at):
    orders, spend, _ = shop(1, 50)
    rows = SpendRows(orders, spend)
    slope = optimize.approx_fprime(np.array(at), lambda point: rows.log_likelihood(point)[0], 1e-6)
    assert rows.log_likelihood(np.array(at))[1] == pytest.approx(slope, rel=1e-3, abs=1e-3)


def test_planted_parameters_lie_within_their_intervals():
    """Over 40 shops: 95 % intervals hold the truth 95 times of 100, and the errors have the size they claim."""
    truth = {"p": 6.0, "q": 4.0, "v": 15.0}
    found = [fit(*shop(seed, 1500)[:2]) for seed in range(40)]
    for name, value in truth.items():
        logs = [(np.log(getattr(one, name) - (name == "q")) - np.log(value - (name == "q"))) for one in found]
        errors = [one.standard_errors[name] / (getattr(one, name) - (name == "q")) for one in found]
        scores = np.array(logs) / errors
        assert np.mean(np.abs(scores) < 1.96) >= 0.85
        assert 0.7 < scores.std() < 1.35


def test_customers_true_mean_order_values_lie_between_the_quantiles():
    orders, spend, true = shop(3, 5000)
    found = fit(orders, spend)
    low, high = found.quantile(orders, spend, 0.1), found.quantile(orders, spend, 0.9)
    assert np.mean((low < true) & (true < high)) == pytest.approx(0.8, abs=0.02)
    assert found.expected_order_value(orders, spend).mean() == pytest.approx(true.mean(), rel=0.02)


def test_a_row_with_a_weight_is_that_many_customers():
    orders, spend, _ = shop(4, 300)
    weights = 1 + np.arange(300) % 3
    once, often = fit(orders, spend, weights), fit(np.repeat(orders, weights), np.repeat(spend, weights))
    assert once.parameters == pytest.approx(often.parameters, rel=1e-6)
    assert once.log_likelihood == pytest.approx(often.log_likelihood, rel=1e-9)
    assert once.standard_errors == pytest.approx(often.standard_errors, rel=1e-4)


def test_yen_and_dollars_give_the_same_customers():
    orders, spend, _ = shop(5, 500)
    dollars, yen = fit(orders, spend), fit(orders, spend * 150)
    assert (yen.p, yen.q) == pytest.approx((dollars.p, dollars.q), rel=1e-5)
    assert yen.expected_order_value(3, 3000) == pytest.approx(150 * dollars.expected_order_value(3, 20), rel=1e-5)


def test_bins_of_a_tenth_of_a_percent_move_no_parameter_noticeably():
    orders, spend, _ = shop(6, 20_000)
    exact = fit(orders, spend)
    binned = bin_value(bin_of(spend))
    assert np.abs(binned / spend - 1).max() <= 0.0005 + 1e-6
    rows, weights = np.unique(np.stack([orders, binned]), axis=1, return_counts=True)
    coarse = fit(rows[0], rows[1], weights)
    assert len(weights) < 0.6 * len(spend)
    assert coarse.parameters == pytest.approx(exact.parameters, rel=2e-4)
    assert abs(coarse.p - exact.p) < 0.01 * exact.standard_errors["p"]


def test_the_fitted_point_is_the_highest_around():
    rows = SpendRows(*shop(7, 400)[:2])
    found = fit(*shop(7, 400)[:2])
    at = np.log([found.p, found.q, found.p * found.v / found.q / rows.unit])
    top, slope = rows.log_likelihood(at)
    assert np.abs(slope).max() < 1e-4
    assert all(rows.log_likelihood(at + step)[0] < top for step in 0.01 * np.vstack([np.eye(3), -np.eye(3)]))


def test_a_start_near_by_leads_to_the_same_point():
    orders, spend, _ = shop(8, 400)
    first = fit(orders, spend)
    assert fit(orders, spend, start=first).parameters == pytest.approx(first.parameters, rel=1e-6)


def test_draws_have_the_quantiles_of_their_law():
    found, chance = model(6.0, 4.0, 15.0), np.random.default_rng(1)
    draws = found.mean_draws([0, 3], [0.0, 90.0], 40_000, chance)
    assert np.quantile(draws, 0.9, axis=0) == pytest.approx(found.quantile([0, 3], [0.0, 90.0], 0.9), rel=0.02)
    assert draws.mean(axis=0) == pytest.approx(found.expected_order_value([0, 3], [0.0, 90.0]), rel=0.02)
    law = stats.invgamma(6.0 * 3 + 4.0, scale=6.0 * (15.0 + 90.0))
    assert found.quantile(3, 90.0, 0.2) == pytest.approx(law.ppf(0.2), rel=1e-9)


def test_spend_of_several_orders_scatters_as_its_single_orders_do():
    found, chance = model(6.0, 4.0, 15.0), np.random.default_rng(2)
    ordered = np.tile([0, 1, 5], (50_000, 1))
    draws = found.spend_draws(np.full(ordered.shape, 30.0), ordered, chance)
    assert draws.mean(axis=0) == pytest.approx([0, 30, 150], rel=0.01)
    # variance of one order: M^2 / p
    assert draws.var(axis=0) == pytest.approx([0, 30**2 / 6, 5 * 30**2 / 6], rel=0.03)


def test_parameter_draws_spread_as_the_standard_errors_say():
    found = fit(*shop(9, 2000)[:2])
    draws = found.draws(4000, np.random.default_rng(3))
    assert all(one.q > 1 for one in draws)
    for name, error in found.standard_errors.items():
        # a logarithm's normal law has a longer upper tail than the delta method knows
        assert np.std([getattr(one, name) for one in draws]) == pytest.approx(error, rel=0.2)


def test_a_model_is_its_plain_json():
    found = fit(*shop(10, 200)[:2])
    saved = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert GammaGamma.from_json(saved) == found
    with pytest.raises(ValueError, match="'sbg' is no 'gamma_gamma'"):
        GammaGamma.from_json(saved | {"model": "sbg"})


def one_price(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Every customer has one product of an own price."""
    chance = np.random.default_rng(seed)
    orders = 1.0 + chance.poisson(3, 300)
    return orders, orders * chance.choice([10.0, 20.0, 50.0], 300)


def no_own_level(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Order values scatter, but no customer has a level of their own."""
    chance = np.random.default_rng(seed)
    orders = 1.0 + chance.poisson(20, 400)
    return orders, chance.gamma(3.0 * orders) * 10


@pytest.mark.parametrize(
    ("orders", "spend", "words"),
    [
        (np.ones(5), np.arange(1.0, 6), "Only 5 customers have spent anything"),
        (np.zeros(500), np.zeros(500), "Only 0 customers have spent anything"),
        (np.full(100, 2.0), np.full(100, 60.0), r"All customers spend the same per order: .* 30\.00"),
        (*one_price(1), "each customer's own mean order value"),
        (*no_own_level(1), r"use the mean order value of (29|30)[.][0-9]+ for all"),
        (*shop(11, 2000, q=0.6)[:2], "has no mean order value"),
    ],
)
def test_where_the_model_does_not_exist_it_says_why(orders, spend, words):
    with pytest.raises(NotConverged, match=words):
        fit(orders, spend)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**31), st.floats(-3, 4), st.floats(-3, 4), st.floats(-4, 12), st.sampled_from([25, 80, 400]))
def test_every_shop_is_fitted_or_told_why_not(seed, log_p, log_q, log_v, customers):
    orders, spend, _ = shop(seed, customers, np.exp(log_p), np.exp(log_q), np.exp(log_v))
    try:
        found = fit(orders, np.minimum(spend, 1e12))
    except NotConverged as refused:
        event(str(refused)[:30])
        return
    numbers = [*found.parameters.values(), *found.standard_errors.values(), found.mean]
    assert np.isfinite(numbers).all()
    assert min(numbers) > 0
    assert found.q > 1


@settings(deadline=None, max_examples=200)
@given(
    st.floats(-5, 9), st.floats(-5, 9), st.floats(-10, 15), st.integers(0, 3000), st.floats(0, 1e9),
    st.floats(0.001, 0.999),
)  # fmt: skip
def test_no_customer_of_any_model_is_worth_nonsense(log_p, log_q, log_v, orders, spend, share):
    found = model(np.exp(log_p), 1 + np.exp(log_q), np.exp(log_v))
    spent = spend if orders else 0.0
    values = found.expected_order_value(orders, spent), found.quantile(orders, spent, share)
    assert np.isfinite(values).all()
    assert min(values) > 0
    assert found.quantile(orders, spent, share) <= found.quantile(orders, spent, (1 + share) / 2)
