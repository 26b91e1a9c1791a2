"""Revenue to come as a law: against the models' own means and quantiles, and against customers drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.outlook import DRAWS, orders_by_quantile, outlook
from okaeri.predict.purchases import BetaGeometric, Histories, order_quantile
from okaeri.predict.spend import FlatSpend, GammaGamma

NOTHING_UNSURE = ((0.0,) * 4,) * 4
MODEL = BetaGeometric(
    r=0.6, alpha=5.0, a=0.7, b=2.5, modified=True, k=1, log_covariance=NOTHING_UNSURE, log_likelihood=0.0,
    customers=1.0, repeat_orders=1.0, rows=1,
)  # fmt: skip
SPEND = GammaGamma(p=6.0, q=4.0, v=1500.0, log_covariance=((0.0,) * 3,) * 3, log_likelihood=0.0, customers=1.0)
HISTORIES = Histories.of([0, 0, 1, 4, 12, 30], [0, 0, 20, 50, 90, 100], [0, 60, 30, 52, 95, 101])
PLACE = np.arange(len(HISTORIES))
WEEKS = 52.0


def test_orders_at_the_middle_of_each_quantile_are_those_of_the_law():
    orders = orders_by_quantile(MODEL, HISTORIES, WEEKS)
    for place in (0, 13, 64, 115, 127):
        share = (place + 0.5) / DRAWS
        assert orders[place].tolist() == order_quantile(MODEL, HISTORIES, WEEKS, share).tolist()


def test_the_mean_of_the_orders_is_the_expected_number():
    orders = orders_by_quantile(MODEL, HISTORIES, WEEKS, draws=4000)
    assert orders.mean(axis=0) == pytest.approx(MODEL.expected_orders(HISTORIES, WEEKS), rel=0.01)


def test_with_orders_of_one_yen_revenue_is_the_number_of_orders():
    orders = orders_by_quantile(MODEL, HISTORIES, WEEKS)
    found = outlook(orders, PLACE, FlatSpend(1.0), np.ones(6), np.ones(6), np.random.default_rng(1))
    assert found.sd == pytest.approx(orders.std(axis=0))
    ordered = np.sort(orders, axis=0)
    for level, tail in ((80, 0.1), (95, 0.025)):
        low, high, alone = (
            ordered[round(share * (DRAWS - 1))].astype(float) for share in (tail, 1 - tail, 1 - 2 * tail)
        )
        assert found.bounds[f"low_{level}"].tolist() == low.tolist()
        assert found.bounds[f"high_{level}"].tolist() == np.where(low > 0, high, alone).tolist()
    assert (found.bounds["low_80"] > 0).any()
    assert (found.bounds["low_80"] == 0).any()


@pytest.mark.parametrize(("repeats", "last"), [(8, 40), (20, 41), (1, 20), (2, 30)])
def test_intervals_hold_their_share_of_customers_drawn_from_the_same_law(repeats, last):
    chance = np.random.default_rng(7)
    history = Histories.of([repeats], [last], [41])
    orders = orders_by_quantile(MODEL, history, WEEKS, draws=20_000)[:, 0]
    past_orders, past_spend = np.array([repeats + 1.0]), np.array([30_000.0])
    means = SPEND.mean_draws(past_orders, past_spend, 20_000, chance)[:, 0]
    came = SPEND.spend_draws(means, orders, chance)
    many = np.zeros(200, np.intp)  # the same customer 200 times: its interval must not hang on the luck of the draws
    rows = (np.repeat(past_orders, 200), np.repeat(past_spend, 200))
    found = outlook(orders_by_quantile(MODEL, history, WEEKS), many, SPEND, *rows, chance)
    for level, low, high in ((0.8, 0.76, 0.84), (0.95, 0.92, 0.975)):
        name = round(level * 100)
        inside = (found.bounds[f"low_{name}"].mean() <= came) & (came <= found.bounds[f"high_{name}"].mean())
        assert low < inside.mean() < high
    assert found.sd.mean() == pytest.approx(came.std(), rel=0.05)


def test_a_customer_who_is_surely_gone_brings_nothing():
    gone = Histories.of([30], [30], [400])
    orders = orders_by_quantile(MODEL, gone, WEEKS)
    found = outlook(orders, np.array([0]), SPEND, np.array([31.0]), np.array([90_000.0]), np.random.default_rng(1))
    assert found.bounds["high_95"].tolist() == [0.0]
    assert found.sd.tolist() == [0.0]
