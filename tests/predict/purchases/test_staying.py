"""The chance to be there later: it falls from the chance to be there now, and simulated customers leave as it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.predict.purchases import Histories
from tests.predict.purchases.models import WEEKLY_MODELS, beta_bernoulli, beta_geometric, histories, pareto
from tests.predict.purchases.simulated import beta_bernoulli_shop, beta_geometric_shop, pareto_shop

NEWCOMER = Histories.of([0], [0], [0])
CUSTOMERS = 4000


@settings(max_examples=150, deadline=None)
@given(WEEKLY_MODELS, histories(), st.floats(0.01, 260), st.floats(1.0, 3.0))
def test_the_chance_to_be_there_starts_at_that_of_today_and_only_falls(model, rows, weeks, longer):
    now, soon, late = (model.p_alive_after(rows, time) for time in (0.0, weeks, weeks * longer))
    assert now == pytest.approx(model.p_alive(rows), abs=1e-7)
    assert (soon <= now + 1e-7).all()
    assert (late <= soon + 1e-7).all()
    assert (late >= -1e-9).all()


@pytest.mark.parametrize(("modified", "k"), [(False, 1), (True, 1), (False, 2), (True, 3)])
def test_simulated_customers_of_bg_models_are_still_there_as_often_as_forecast(modified, k):
    model = beta_geometric(1.2, 3.0 / k, 0.8, 2.0, modified=modified, k=k)
    shop = beta_geometric_shop(
        1.2, 3.0 / k, 0.8, 2.0, np.full(CUSTOMERS, 30.0), np.random.default_rng(k), modified=modified, k=k
    )
    share = model.p_alive_after(NEWCOMER, 30.0)[0]
    assert shop.alive.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / CUSTOMERS))


def test_simulated_customers_of_pareto_nbd_are_still_there_as_often_as_forecast():
    model = pareto(0.6, 8.0, 0.6, 12.0)
    shop = pareto_shop(0.6, 8.0, 0.6, 12.0, np.full(CUSTOMERS, 40.0), np.random.default_rng(5))
    share = model.p_alive_after(NEWCOMER, 40.0)[0]
    assert shop.alive.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / CUSTOMERS))


def test_simulated_customers_of_bg_bb_are_still_there_as_often_as_forecast():
    model = beta_bernoulli(1.2, 0.75, 0.66, 2.78)
    shop = beta_bernoulli_shop(1.2, 0.75, 0.66, 2.78, 6, CUSTOMERS, np.random.default_rng(6))
    share = model.p_alive_after(NEWCOMER, 6)[0]
    assert shop.alive.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / CUSTOMERS))
    assert model.p_alive_after(NEWCOMER, 0) == pytest.approx(model.p_alive(NEWCOMER))
