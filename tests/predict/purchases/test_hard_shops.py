"""Shops that do not determine a model: a sentence, or a weak prior that says so; never a number that is none."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from okaeri.predict.purchases import (
    Histories,
    choose,
    fit_beta_bernoulli,
    fit_beta_geometric,
    fit_pareto,
    order_quantile,
)
from okaeri.schema.errors import NotConverged
from tests.predict.purchases.simulated import beta_geometric_shop

FITS = {
    "BG/NBD": partial(fit_beta_geometric, modified=False),
    "MBG/NBD": partial(fit_beta_geometric, modified=True),
    "MBG/CNBD-3": partial(fit_beta_geometric, modified=True, k=3),
    "Pareto/NBD": fit_pareto,
}


def _to_the_week(seen: Histories) -> Histories:
    last = np.minimum(np.ceil(seen.last_order_age), seen.age)
    return Histories.of(seen.repeat_orders, np.where(seen.repeat_orders > 0, last, 0), seen.age)


def _shop(r: float, alpha: float, a: float, b: float, ages: np.ndarray) -> Histories:
    chance = np.random.default_rng(len(ages))
    return _to_the_week(
        beta_geometric_shop(r, alpha, a, b, ages.astype(float), chance, modified=False, horizon=0.0).histories
    )


def _poisson(rates: np.ndarray) -> Histories:
    """Everybody stays for 52 weeks; the last of x orders falls as the greatest of x uniform times."""
    chance = np.random.default_rng(5)
    x = chance.poisson(rates * 52)
    return Histories.of(x, np.where(x > 0, 52 * chance.beta(np.maximum(x, 1), 1), 0), np.full(len(x), 52.0))


CHANCE = np.random.default_rng(11)
SHOPS = {
    "80 customers": _shop(0.3, 5, 0.7, 2.5, CHANCE.integers(1, 104, 80)),
    "80 other customers": _shop(0.3, 5, 0.7, 2.5, CHANCE.integers(1, 52, 80)),
    "3 percent come back": _shop(0.03, 30, 0.8, 1.2, CHANCE.integers(1, 365, 5000)),
    "a daily habit": _shop(1.2, 2.4, 0.3, 20, np.full(400, 450)),
    "hardly anybody leaves": _shop(0.8, 20, 0.02, 8, CHANCE.integers(1, 730, 3000)),
    "nobody leaves": _poisson(CHANCE.gamma(1.0, 0.1, 2000)),
    "all at one pace": _poisson(np.full(2000, 0.1)),
    "one repeat among 500": Histories.of([0, 1], [0, 3], [20, 20], [499, 1]),
    "all have just ordered": Histories.of([3, 4], [20, 20], [20, 20], [100, 100]),
    "all order every week": Histories.of(52, 52, 52, 500),
    "all came back once and left": Histories.of(1, 1, 100, 1000),
    "one customer": Histories.of(5, 10, 50),
}
UNDETERMINED = {
    "nobody leaves", "all at one pace", "one repeat among 500", "all have just ordered", "all order every week",
    "all came back once and left", "one customer",
}  # fmt: skip


@pytest.mark.parametrize("model", FITS)
@pytest.mark.parametrize("shop", SHOPS)
def test_every_shop_gets_a_fit_with_sound_numbers(shop, model):
    rows = SHOPS[shop]
    fitted = FITS[model](rows)
    numbers = [
        list(fitted.parameters.values()), list(fitted.standard_errors.values()), fitted.p_alive(rows),
        fitted.expected_orders(rows, 52), fitted.next_order_weeks(rows), order_quantile(fitted, rows, 52, 0.9),
    ]  # fmt: skip
    assert all((np.isfinite(values) & (np.asarray(values) >= 0)).all() for values in numbers)
    # no customer is expected to order many times as often as before, or as all do
    own = (rows.repeat_orders + 1) / np.maximum(rows.age, 1)
    pace = np.maximum(own, rows.orders_total / rows.weeks_total)
    assert (numbers[3] <= 52 * 3 * pace + 1).all()


@pytest.mark.parametrize("shop", sorted(UNDETERMINED))
def test_what_a_shop_does_not_determine_is_said_in_a_sentence(shop):
    fitted = FITS["BG/NBD"](SHOPS[shop])
    assert fitted.note.startswith("These customers do not determine ")
    assert fitted.note.endswith("a weak prior holds them near the values usual in other shops.")


@pytest.mark.parametrize("shop", ["3 percent come back", "a daily habit", "hardly anybody leaves"])
def test_unusual_shops_that_determine_a_model_need_no_prior(shop):
    assert FITS["BG/NBD"](SHOPS[shop]).note == ""


def test_where_nobody_leaves_the_pace_is_right_and_everybody_is_still_there():
    rows = SHOPS["nobody leaves"]
    fitted = FITS["MBG/NBD"](rows)
    assert fitted.r / fitted.alpha == pytest.approx(0.1, rel=0.1)
    assert fitted.p_alive(rows).mean() > 0.99


def test_a_weak_prior_hardly_moves_what_the_data_do_say():
    rows = SHOPS["80 customers"]
    fitted = FITS["BG/NBD"](rows)
    told = rows.repeat_orders.mean()
    newcomers = Histories.of(*np.zeros((3, len(rows))))
    assert fitted.expected_orders(newcomers, rows.age).mean() == pytest.approx(told, rel=0.15)


@pytest.mark.parametrize("fit", [*FITS.values(), fit_beta_bernoulli, choose])
def test_a_shop_nobody_has_come_back_to_is_refused_in_words(fit):
    with pytest.raises(NotConverged, match=r"None of the 300 customers has ordered a second time"):
        fit(Histories.of([0, 0], [0, 0], [10, 20], [100, 200]))


@pytest.mark.parametrize("fit", [*FITS.values(), choose])
def test_no_customers_are_refused_in_words(fit):
    with pytest.raises(NotConverged, match="no customers"):
        fit(Histories.of([], [], []))


def test_regularity_is_a_whole_number():
    with pytest.raises(ValueError, match="whole number from 1"):
        fit_beta_geometric(SHOPS["80 customers"], k=0)


def test_bg_bb_wants_opportunities():
    with pytest.raises(ValueError, match="whole numbers"):
        fit_beta_bernoulli(Histories.of(1, 1.5, 3))
    with pytest.raises(ValueError, match="more repeat orders than opportunities"):
        fit_beta_bernoulli(Histories.of(3, 2, 3))


@pytest.mark.parametrize("shop", SHOPS)
def test_the_choice_of_a_model_ends_in_sound_numbers_for_every_shop(shop):
    rows = SHOPS[shop]
    model = choose(rows, ("MBG/NBD", "BG/NBD")).model
    answers = [
        model.p_alive(rows), model.expected_orders(rows, 52), model.next_order_weeks(rows),
        model.order_tail(rows, 52, 1), order_quantile(model, rows, 52, 0.9),
    ]  # fmt: skip
    assert all((np.isfinite(values) & (values >= 0)).all() for values in answers)
    assert max(answers[0].max(), answers[3].max()) <= 1 + 1e-12
