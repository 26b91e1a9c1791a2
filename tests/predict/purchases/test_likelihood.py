"""Likelihoods against the models' stories integrated by brute force, and gradients against finite differences."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from okaeri.predict.purchases import Histories, beta_bernoulli, beta_geometric, pareto
from okaeri.predict.purchases.jacobi import jacobi

ROWS = Histories.of(
    [0, 0, 1, 2, 5, 40, 200],
    [0, 0, 3.2, 30.43, 11.0, 35.0, 39.9],
    [39.0, 0.5, 30.0, 38.86, 11.0, 38.0, 40.0],
    [500, 20, 80, 30, 10, 2, 1],
)
OPPORTUNITIES = Histories.of([0, 1, 2, 3, 6], [0, 4, 5, 3, 6], [6, 6, 6, 5, 6], [300, 40, 20, 10, 15])


def _slope(function: Callable, at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    return np.array([(function(at + e)[0] - function(at - e)[0]) / (2 * step) for e in np.eye(4) * step])


LOGS = st.lists(st.floats(-3, 3), min_size=4, max_size=4).map(np.array)


@settings(max_examples=60, deadline=None)
@given(LOGS, st.booleans(), st.integers(1, 5))
def test_the_gradient_of_bg_nbd_and_its_kin_is_that_of_finite_differences(at, modified, k):
    def function(logs):
        return beta_geometric.log_likelihood(logs, ROWS, modified, k, unit=7.0)

    value, slope = function(at)
    assert slope == pytest.approx(_slope(function, at), rel=1e-5, abs=1e-7 * abs(value))


@settings(max_examples=60, deadline=None)
@given(LOGS)
def test_the_gradient_of_pareto_nbd_is_that_of_finite_differences(at):
    value, slope = pareto.log_likelihood(at, ROWS, unit=7.0)
    numeric = _slope(lambda logs: pareto.log_likelihood(logs, ROWS, unit=7.0), at)
    assert slope == pytest.approx(numeric, rel=1e-5, abs=1e-7 * abs(value))


@settings(max_examples=60, deadline=None)
@given(LOGS)
def test_the_gradient_of_bg_bb_is_that_of_finite_differences(at):
    value, slope = beta_bernoulli.log_likelihood(at, OPPORTUNITIES)
    numeric = _slope(lambda logs: beta_bernoulli.log_likelihood(logs, OPPORTUNITIES), at)
    assert slope == pytest.approx(numeric, rel=1e-5, abs=1e-7 * abs(value))


#: Trapezoids over log(rate) and the logit of a chance: exact to ten digits for laws that fall off exponentially there.
ACROSS = np.linspace(-40.0, 12.0, 1500)
RATES = np.exp(ACROSS)[:, None]
CHANCES = special.expit(np.linspace(-40.0, 40.0, 1200))[None, :]
STEP_OF_RATES, STEP_OF_CHANCES = np.diff(ACROSS)[0], 80 / 1199


def _erlang_still_open(rate: np.ndarray, gap: float, k: int) -> np.ndarray:
    return np.exp(-rate * gap) * sum((rate * gap) ** j / math.factorial(j) for j in range(k))


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 9.0), (1, 2.0, 9.0), (3, 8.0, 9.0), (4, 9.0, 9.0)])
def test_a_history_is_as_likely_as_the_story_integrated_over_all_customers(x, last, age, k, modified):
    r, alpha, a, b = 1.3, 4.0, 1.2, 2.1
    chances = x + modified
    orders = RATES ** (k * x) * np.exp(-RATES * last)
    stayed = (1 - CHANCES) ** chances * _erlang_still_open(RATES, age - last, k)
    left = CHANCES * (1 - CHANCES) ** (chances - 1) if chances else 0.0
    # densities by log(rate) and by logit(chance)
    of_rates = stats.gamma(r, scale=1 / alpha).pdf(RATES) * RATES
    of_chances = np.exp(a * np.log(CHANCES) + b * special.log_expit(-special.logit(CHANCES)) - special.betaln(a, b))
    brute = (of_rates * of_chances * orders * (stayed + left)).sum() * STEP_OF_RATES * STEP_OF_CHANCES
    value = beta_geometric.log_likelihood(np.log([r, alpha, a, b]), Histories.of(x, last, age), modified, k)[0]
    assert value == pytest.approx(np.log(brute), abs=1e-7)


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 9.0), (3, 2.0, 9.0), (4, 9.0, 9.0), (30, 8.0, 9.0)])
def test_pareto_nbd_is_as_likely_as_its_story_integrated_over_all_customers(x, last, age):
    r, alpha, s, beta = 1.3, 4.0, 0.8, 6.0
    leaves = RATES.T
    both = RATES + leaves
    left = leaves / both * np.exp(-both * last) * -np.expm1(-both * (age - last))
    of_rates = stats.gamma(r, scale=1 / alpha).pdf(RATES) * RATES
    of_leaving = stats.gamma(s, scale=1 / beta).pdf(leaves) * leaves
    brute = (of_rates * of_leaving * RATES**x * (np.exp(-both * age) + left)).sum() * STEP_OF_RATES**2
    value = pareto.log_likelihood(np.log([r, alpha, s, beta]), Histories.of(x, last, age))[0]
    assert value == pytest.approx(np.log(brute), abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(LOGS, st.integers(0, 900), st.floats(0.1, 500), st.floats(0.01, 1))
def test_the_ages_at_leaving_are_summed_as_adaptive_quadrature_does(at, x, age, part):
    r, alpha, s, beta = np.exp(at)
    last = age * part if x else 0.0

    def function(z: float) -> float:
        y = np.expm1(z)
        fallen = (r + x) * np.log1p(y / (alpha + last)) + (s + 1) * np.log1p(y / (beta + last))
        return float(np.exp(z - fallen))

    # the integrand is told where it has most of its mass
    near = 1 / ((r + x) / (alpha + last) + (s + 1) / (beta + last))
    end = np.log1p(age - last)
    marks = sorted({min(end, np.log1p(near * step)) for step in (0.1, 1, 5, 20, 50)})
    edges = [0.0, *marks, end]
    brute = sum(
        integrate.quad(function, low, high, epsabs=0, epsrel=1e-10, limit=60)[0]
        for low, high in itertools.pairwise(edges)
        if high > low
    )
    found = pareto._leaving(np.array([r + x]), alpha, s, beta, np.array([last]), np.array([age])).log_sum[0]
    found += (r + x) * np.log(alpha + last) + (s + 1) * np.log(beta + last)
    assert np.exp(found) == pytest.approx(brute, rel=1e-7)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 20), st.floats(0.05, 500), st.integers(0, 6))
def test_gauss_jacobi_gives_the_moments_of_a_beta_law(a, b, power):
    points, weights = jacobi(a, b, 32)
    moment = np.exp(special.betaln(a + power, b) - special.betaln(a, b))
    assert (weights * points**power).sum() == pytest.approx(moment, rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (0.3, 0.4), (0.4, 0.6), (0.793, 2.426), (0.267, 193.2)])
@pytest.mark.parametrize(
    ("x", "age", "weeks"),
    [(0, 38.0, 39.0), (2, 38.0, 39.0), (40, 100, 52), (3000, 700, 365), (0, 0, 104), (0, 0, 2000)],
)
def test_gauss_jacobi_agrees_with_adaptive_quadrature_where_2f1_fails(a, b, x, age, weeks):
    r, alpha = 0.243, 4.414
    model = _model(r=r, alpha=alpha, a=a, b=b)

    def function(u: float) -> float:
        # p = u^(1/a) takes the singular end of the density away
        p = u ** (1 / a)
        density = np.exp((b + x - 1) * np.log1p(-p)) if p < 1 else 0.0
        return density * -np.expm1(-(r + x) * np.log1p(p * weeks / (alpha + age))) / p if p > 0 else 0.0

    norm = integrate.quad(lambda u: np.exp((b + x - 1) * np.log1p(-(u ** (1 / a)))), 0, 1, epsrel=1e-11, limit=500)[0]
    brute = integrate.quad(function, 0, 1, epsrel=1e-11, limit=500)[0] / norm
    history = Histories.of(x, age if x else 0, age)
    assert model.expected_orders(history, weeks)[0] == pytest.approx(model.p_alive(history)[0] * brute, rel=1e-8)


def _model(**parameters: float) -> beta_geometric.BetaGeometric:
    return beta_geometric.BetaGeometric(
        **parameters, modified=False, log_covariance=((0.0,) * 4,) * 4,
        log_likelihood=0.0, customers=1.0, repeat_orders=1.0, rows=1,
    )  # fmt: skip
