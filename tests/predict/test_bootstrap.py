"""Resampled parameters scatter as their errors say, and each is the fit of its draw."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from okaeri.predict.bootstrap import Replicates, bootstrap, discounted
from okaeri.predict.purchases import BetaGeometric, Calendar, Histories, discounted_orders, fit_beta_geometric
from okaeri.predict.spend import GammaGamma
from okaeri.predict.spend import fit as fit_spend
from okaeri.predict.spend.gamma_gamma import Refits
from tests.predict.purchases.simulated import beta_geometric_shop


@cache
def shop() -> tuple[Histories, np.ndarray, np.ndarray]:
    """2,000 customers, a row each: histories, orders so far and their sum."""
    chance = np.random.default_rng(1)
    made = beta_geometric_shop(
        0.8, 4.0, 0.8, 2.5, chance.uniform(20, 70, 2000), chance, modified=True, horizon=0
    ).histories
    orders = made.repeat_orders + 1
    return made, orders, chance.gamma(4.0 * orders, 4.0 * 3000 / chance.gamma(5.0, 4.0, len(orders)) / 4.0)


def fits() -> tuple[BetaGeometric, GammaGamma]:
    histories, orders, spent = shop()
    return fit_beta_geometric(histories), fit_spend(orders, spent)


@cache
def replicates(count: int = 200, seed: int = 3) -> Replicates:
    histories, orders, spent = shop()
    place, weights = np.arange(len(histories)), np.ones(len(histories))
    return bootstrap(
        *fits(), histories, place, orders, spent, weights, weeks=52, yearly=0.1, count=count,
        chance=np.random.default_rng(seed),
    )  # fmt: skip


def test_parameters_scatter_as_their_standard_errors_say():
    purchases, spend = fits()
    for model, drawn in ((purchases, replicates().purchases), (spend, replicates().spend)):
        for place, name in enumerate(model.PARAMETERS):
            said = model.standard_errors[name] / model.parameters[name]
            assert np.log(drawn[:, place]).std() == pytest.approx(said, rel=0.25)


def test_the_first_draw_is_the_fit_of_the_customers_drawn():
    histories, orders, spent = shop()
    drawn = np.random.default_rng(3).multinomial(2000, np.full(2000, 1 / 2000)).astype(float)
    whole = fit_beta_geometric(histories.weighted(drawn))
    worth = fit_spend(orders, spent, drawn)
    found = replicates()
    assert found.purchases[0] == pytest.approx(list(whole.parameters.values()), rel=2e-3)
    assert found.spend[0] == pytest.approx(list(worth.parameters.values()), rel=2e-3)
    calendar = Calendar.discounted(52, 0.1, 364)
    value = discounted_orders(whole, histories, calendar) @ worth.expected_order_value(orders, spent)
    assert found.value[0] == pytest.approx(value, rel=1e-3)


def test_values_scatter_about_that_of_the_shop():
    histories, orders, spent = shop()
    purchases, spend = fits()
    value = discounted(purchases, histories, 52, 0.1) @ spend.expected_order_value(orders, spent)
    assert replicates().value.mean() == pytest.approx(value, rel=0.02)
    assert 0.01 < replicates().value.std() / value < 0.1


def test_rows_that_stand_for_many_customers_are_drawn_as_often():
    histories, orders, spent = shop()
    few = Histories.of(
        histories.repeat_orders[:300], histories.last_order_age[:300], histories.age[:300], np.full(300, 4.0)
    )
    model, worth = fit_beta_geometric(few), fit_spend(orders[:300], spent[:300], np.full(300, 4.0))
    found = bootstrap(
        model, worth, few, np.arange(300), orders[:300], spent[:300], np.full(300, 4.0), weeks=26, yearly=0.0, count=60,
        chance=np.random.default_rng(1),
    )  # fmt: skip
    said = model.standard_errors["r"] / model.parameters["r"]
    assert np.log(found.purchases[:, 0]).std() == pytest.approx(said, rel=0.4)
    value = 4 * model.expected_orders(few, 26) @ worth.expected_order_value(orders[:300], spent[:300])
    assert found.value.mean() == pytest.approx(value, rel=0.05)


@pytest.mark.parametrize(("weeks", "yearly"), [(52, 0.1), (26, 0.5), (104, 0.15)])
def test_discounting_by_parts_is_discounting_by_the_day(weeks, yearly):
    histories, _, _ = shop()
    model = fits()[0]
    by_day = discounted_orders(model, histories, Calendar.discounted(weeks, yearly, weeks * 7))
    assert discounted(model, histories, weeks, yearly) == pytest.approx(by_day, rel=2e-4)
    assert discounted(model, histories, weeks, 0.0) == pytest.approx(model.expected_orders(histories, weeks))


def test_a_draw_far_from_the_model_is_fitted_in_full(monkeypatch):
    _, orders, spent = shop()
    spend = fits()[1]
    drawn = np.random.default_rng(9).multinomial(2000, np.full(2000, 1 / 2000)).astype(float)
    near = Refits(spend, orders, spent).fit(drawn)
    monkeypatch.setattr("okaeri.predict.spend.gamma_gamma.near_maximum", lambda *_: None)
    assert Refits(spend, orders, spent).fit(drawn).p == pytest.approx(near.p, rel=1e-3)
