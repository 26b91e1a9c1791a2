"""Shops made up with known parameters: found again within their errors, and foretold within the stated chances."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from okaeri.predict.purchases import (
    Histories,
    PurchaseModel,
    fit_beta_bernoulli,
    fit_beta_geometric,
    fit_pareto,
    order_chances,
    order_quantile,
)
from tests.predict.purchases.simulated import Shop, beta_bernoulli_shop, beta_geometric_shop, pareto_shop

CUSTOMERS = 4000
TRUTHS: dict[str, dict[str, float]] = {
    "BG/NBD": {"r": 0.8, "alpha": 3.0, "a": 0.8, "b": 3.0},
    "MBG/NBD": {"r": 1.2, "alpha": 3.0, "a": 0.9, "b": 2.4},
    "BG/CNBD-2": {"r": 0.9, "alpha": 1.5, "a": 0.8, "b": 3.0},
    "MBG/CNBD-3": {"r": 1.5, "alpha": 1.2, "a": 0.9, "b": 2.4},
    "Pareto/NBD": {"r": 1.1, "alpha": 4.0, "s": 0.8, "beta": 15.0},
    "BG/BB": {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
}
#: Labels of the models whose ages are weeks.
WEEKLY = [label for label in TRUTHS if label != "BG/BB"]


def _kind(label: str) -> dict[str, bool | int]:
    return {"modified": label.startswith("M"), "k": int(label[-1]) if label[-1].isdigit() else 1}


@cache
def shop(label: str, seed: int = 7) -> Shop:
    chance = np.random.default_rng(seed)
    ages = chance.uniform(10, 78, CUSTOMERS)
    if label == "BG/BB":
        return beta_bernoulli_shop(**TRUTHS[label], opportunities=6, customers=CUSTOMERS, chance=chance)
    if label == "Pareto/NBD":
        return pareto_shop(**TRUTHS[label], ages=ages, chance=chance)
    return beta_geometric_shop(**TRUTHS[label], ages=ages, chance=chance, **_kind(label))


@cache
def fitted(label: str) -> PurchaseModel:
    seen = shop(label).histories
    if label == "BG/BB":
        return fit_beta_bernoulli(seen)
    return fit_pareto(seen) if label == "Pareto/NBD" else fit_beta_geometric(seen, **_kind(label))


def horizon(label: str) -> float:
    return 5 if label == "BG/BB" else 52.0


@pytest.mark.parametrize("label", TRUTHS)
def test_planted_parameters_are_found_within_their_errors(label):
    model = fitted(label)
    assert model.note == ""
    away = (model.log_parameters - np.log(list(TRUTHS[label].values()))).astype(float)
    # all four at once: squared distance in units of the covariance is chi-square of 4, below 18.5 in 999 of 1000
    assert away @ np.linalg.solve(np.array(model.log_covariance), away) < 18.5
    assert np.sqrt(np.diag(model.log_covariance)).max() < 0.4


@pytest.mark.parametrize("label", TRUTHS)
def test_customers_are_still_there_as_often_as_p_alive_says(label):
    told, alive = fitted(label).p_alive(shop(label).histories), shop(label).alive
    for tenth in np.array_split(np.argsort(told), 10):
        error = np.sqrt((told[tenth] * (1 - told[tenth])).sum()) / len(tenth)
        assert alive[tenth].mean() == pytest.approx(told[tenth].mean(), abs=3.5 * error + 0.02)


@pytest.mark.parametrize("label", TRUTHS)
def test_each_tenth_of_customers_orders_as_expected(label):
    told, came = fitted(label).expected_orders(shop(label).histories, horizon(label)), shop(label).orders_after
    for tenth in np.array_split(np.argsort(told), 10):
        error = np.sqrt(max(came[tenth].var(), told[tenth].mean()) / len(tenth))
        assert came[tenth].mean() == pytest.approx(told[tenth].mean(), abs=3.5 * error + 0.05 * told[tenth].mean())


@pytest.mark.parametrize("label", TRUTHS)
def test_each_number_of_orders_is_as_frequent_as_foretold(label):
    chances = order_chances(fitted(label), shop(label).histories, horizon(label), 12)
    for count in range(13):
        seen, told = (shop(label).orders_after == count).sum(), chances[:, count]
        error = np.sqrt((told * (1 - told)).sum())
        assert seen == pytest.approx(told.sum(), abs=3.5 * error + 0.06 * told.sum() + 1)


@pytest.mark.parametrize("label", WEEKLY)
def test_80_percent_intervals_of_buyers_hold_80_percent_of_them(label):
    """Of those surely there: among the others the number 0 alone holds more than 80%."""
    model, made = fitted(label), shop(label)
    busy = (made.histories.repeat_orders >= 5) & (model.p_alive(made.histories) > 0.85)
    assert busy.sum() > 200
    rows = Histories.of(
        made.histories.repeat_orders[busy], made.histories.last_order_age[busy], made.histories.age[busy]
    )
    low, high = (order_quantile(model, rows, 52.0, share) for share in (0.1, 0.9))
    came = made.orders_after[busy]
    assert 0.75 <= ((came >= low) & (came <= high)).mean() <= 0.88


@pytest.mark.parametrize("label", WEEKLY)
def test_intervals_hold_as_many_customers_as_the_model_itself_says(label):
    model, made = fitted(label), shop(label)
    low, high = (order_quantile(model, made.histories, 52.0, share) for share in (0.1, 0.9))
    says = model.order_tail(made.histories, 52.0, low) - model.order_tail(made.histories, 52.0, high + 1)
    holds = (made.orders_after >= low) & (made.orders_after <= high)
    assert says.mean() >= 0.8
    assert holds.mean() == pytest.approx(says.mean(), abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("label", ["MBG/NBD", "Pareto/NBD"])
def test_errors_are_as_large_as_the_spread_of_estimates_over_many_shops(label):
    """95% intervals of each log parameter hold the truth in 90 to 99% of 100 shops."""
    truth = np.log(list(TRUTHS[label].values()))
    inside = []
    for seed in range(100):
        seen = shop.__wrapped__(label, seed).histories
        model = fit_pareto(seen) if label == "Pareto/NBD" else fit_beta_geometric(seen, **_kind(label))
        errors = np.sqrt(np.diag(model.log_covariance))
        inside.append(np.abs(model.log_parameters - truth) < 1.96 * errors)
    shares = np.mean(inside, axis=0)
    assert ((shares >= 0.89) & (shares <= 1.0)).all(), shares
