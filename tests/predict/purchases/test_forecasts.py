"""Forecasts agree with one another, stay finite everywhere, and keep their order."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okaeri.predict.purchases import (
    MODELS,
    Calendar,
    Histories,
    discounted_orders,
    order_chances,
    order_quantile,
)
from tests.predict.purchases.models import (
    DISCRETE_MODELS,
    EVERY_KIND,
    WEEKLY_MODELS,
    beta_bernoulli,
    beta_geometric,
    histories,
    opportunities,
)

ROWS = Histories.of([0, 0, 1, 4, 15, 2], [0, 0, 9.5, 30, 25, 1], [0, 38, 10, 31, 38, 38])

#: A daily habit of five stages and hardly a chance to leave: the hardest of its chances to tell from none.
SURE_TO_STAY = beta_geometric(1.0, 17.725424121461643, np.exp(-6), 1.0, modified=False, k=5)


def _sound(values: np.ndarray, high: float = np.inf) -> None:
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (values <= high).all()


@settings(max_examples=250, deadline=None)
@given(WEEKLY_MODELS, histories(), st.floats(0.01, 520), st.integers(1, 40))
def test_no_forecast_is_ever_negative_infinite_or_missing(model, rows, weeks, count):
    _sound(model.p_alive(rows), 1.0)
    _sound(model.order_tail(rows, weeks, count), 1.0)
    _sound(model.next_order_weeks(rows), 5218.0001)
    _sound(order_quantile(model, rows, weeks, 0.9))
    chances = order_chances(model, rows, weeks, 5)
    _sound(chances, 1.0)
    assert (chances.sum(axis=1) <= 1 + 1e-9).all()


@settings(max_examples=250, deadline=None)
@given(WEEKLY_MODELS, histories(), st.floats(0.01, 260), st.floats(1.0, 3.0))
@example(SURE_TO_STAY, Histories.of([287, 0], [1096.633, 0], [1096.633, 0]), 0.03125, 2.0)
def test_more_weeks_never_bring_fewer_orders(model, rows, weeks, longer):
    soon, late = model.expected_orders(rows, weeks), model.expected_orders(rows, weeks * longer)
    _sound(soon)
    # roots of unity for regular timing are right to 1e-10 of the orders of a customer who stays
    assert (late >= soon * (1 - 1e-8) - 1e-8).all()
    assert model.expected_orders(rows, 0.0) == pytest.approx(np.zeros(len(rows)), abs=1e-8)


@settings(max_examples=150, deadline=None)
@given(DISCRETE_MODELS, opportunities(), st.integers(0, 12), st.integers(0, 14))
def test_bg_bb_is_sound_everywhere(model, rows, horizon, count):
    _sound(model.p_alive(rows), 1.0)
    _sound(model.order_tail(rows, horizon, count), 1.0)
    _sound(model.next_order_weeks(rows), 1000)
    _sound(model.expected_orders(rows, horizon), horizon)
    assert order_chances(model, rows, horizon, horizon).sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-9)


@pytest.mark.parametrize("model", EVERY_KIND, ids=lambda model: f"{model.label}, {model.parameters}")
def test_the_chances_of_each_number_of_orders_add_up_to_the_expected_orders(model):
    tails = sum(model.order_tail(ROWS, 20.0, count) for count in range(1, 400))
    assert model.expected_orders(ROWS, 20.0) == pytest.approx(tails, rel=1e-6)


def test_bg_bb_chances_add_up_to_the_expected_orders():
    model = beta_bernoulli(1.2, 0.75, 0.66, 2.78)
    rows = Histories.of([0, 1, 3, 6], [0, 2, 6, 6], [6, 6, 6, 6])
    tails = sum(model.order_tail(rows, 9, count) for count in range(1, 10))
    assert model.expected_orders(rows, 9) == pytest.approx(tails, rel=1e-10)


@pytest.mark.parametrize("model", EVERY_KIND, ids=lambda model: f"{model.label}, {model.parameters}")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.975])
def test_a_quantile_is_the_least_number_of_orders_with_that_chance_below(model, share):
    found = order_quantile(model, ROWS, 30.0, share)
    chances = np.cumsum(order_chances(model, ROWS, 30.0, 150), axis=1)
    assert found.tolist() == np.argmax(chances >= share, axis=1).tolist()


@pytest.mark.parametrize("model", EVERY_KIND[:5], ids=lambda model: f"{model.label}, {model.parameters}")
def test_by_the_median_wait_half_of_those_still_there_have_ordered(model):
    for chance in (0.1, 0.5, 0.9):
        weeks = model.next_order_weeks(ROWS, chance)
        within = model.order_tail(ROWS, weeks, 1) / model.p_alive(ROWS)
        capped = weeks > 5217
        assert within[~capped] == pytest.approx(np.full((~capped).sum(), chance), rel=1e-6)
        assert (within[capped] <= chance).all()
    assert not capped.all()


def test_a_calendar_of_one_undiscounted_period_gives_the_expected_orders():
    model = EVERY_KIND[0]
    flat = Calendar((10.0, 26.0, 52.0), (1.0, 1.0, 1.0))
    assert discounted_orders(model, ROWS, flat) == pytest.approx(model.expected_orders(ROWS, 52.0))
    late = Calendar((26.0, 52.0), (0.0, 1.0))
    rest = model.expected_orders(ROWS, 52.0) - model.expected_orders(ROWS, 26.0)
    assert discounted_orders(model, ROWS, late) == pytest.approx(rest)


def test_discounting_by_the_year_is_that_of_a_fine_sum_over_days():
    model = EVERY_KIND[3]
    days = np.arange(365) / 7
    steps = np.diff([model.expected_orders(ROWS, day) for day in days], axis=0)
    fine = (steps * (1.12 ** -((days[:-1] + 0.5 / 7) * 7 / 365.25))[:, None]).sum(axis=0)
    monthly = discounted_orders(model, ROWS, Calendar.discounted(days[-1], 0.12, periods=12))
    assert monthly == pytest.approx(fine, rel=3e-4)


@pytest.mark.parametrize(
    ("ends", "factors"), [((), ()), ((4.0, 4.0), (1, 1)), ((0.0, 4.0), (1, 1)), ((4.0,), (1, 1)), ((4.0, 2.0), (1, 1))]
)
def test_periods_that_do_not_follow_one_another_are_no_calendar(ends, factors):
    with pytest.raises(ValueError, match="calendar"):
        Calendar(ends, factors)


def test_the_horizon_can_differ_from_row_to_row():
    weeks = np.array([1.0, 52, 4, 8, 13, 26])
    for model in EVERY_KIND:
        alone = [model.expected_orders(ROWS, week)[row] for row, week in enumerate(weeks)]
        assert model.expected_orders(ROWS, weeks) == pytest.approx(alone, rel=1e-12)
        tails = [model.order_tail(ROWS, week, row)[row] for row, week in enumerate(weeks)]
        assert model.order_tail(ROWS, weeks, np.arange(6)) == pytest.approx(tails, rel=1e-12)


def test_without_a_chance_to_leave_bg_nbd_counts_as_the_negative_binomial():
    model = beta_geometric(2.0, 10.0, 1e-9, 1.0, modified=False)
    someone = Histories.of(3, 20.0, 30.0)
    assert model.p_alive(someone) == pytest.approx([1.0], abs=1e-6)
    assert model.expected_orders(someone, 8.0) == pytest.approx([(2 + 3) / (10 + 30) * 8], rel=1e-6)


def test_a_customer_overdue_by_a_regular_rhythm_is_more_surely_gone():
    late = Histories.of([12], [48.0], [60.0])
    plain, regular = beta_geometric(2.0, 8.0, 0.8, 3.0), beta_geometric(2.0, 8.0 / 4, 0.8, 3.0, k=4)
    assert regular.p_alive(late)[0] < plain.p_alive(late)[0] / 2
    just_ordered = Histories.of([12], [48.0], [49.0])
    assert regular.p_alive(just_ordered)[0] > plain.p_alive(just_ordered)[0]


@pytest.mark.parametrize("model", [*EVERY_KIND, beta_bernoulli(1.2, 0.75, 0.66, 2.78)], ids=lambda model: model.label)
def test_a_model_is_its_numbers_and_comes_back_from_json(model):
    saved = json.loads(json.dumps(model.to_json()))
    assert MODELS[saved["model"]].from_json(saved) == model
