"""Customers who were there before the records began are told from new ones; where there is no difference, one model."""

from __future__ import annotations

import json

import numpy as np
import pytest

from okaeri.predict.purchases import (
    MODELS,
    Calendar,
    Histories,
    TwoCohorts,
    choose,
    discounted_orders,
    fit_again,
    fit_beta_geometric,
    order_chances,
    order_quantile,
)
from tests.predict.purchases.simulated import beta_geometric_shop

NAMES = ("MBG/NBD", "BG/NBD")


def _together(*parts: Histories) -> Histories:
    columns = ("repeat_orders", "last_order_age", "age", "weight")
    return Histories.of(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def truncated(seed: int = 1) -> tuple[Histories, np.ndarray]:
    """A shop of 160 weeks of which the last 60 are on record, and each customer's orders in the year after.

    Customers are won evenly; whoever orders on record counts from the first order there.
    """
    chance = np.random.default_rng(seed)
    rows, after = [], []
    for born in chance.uniform(0, 160, 9000):
        rate, leave = chance.gamma(0.8, 1 / 4.0), chance.beta(0.9, 2.4)
        time, times = born, [born]
        while chance.random() >= leave:
            time += chance.exponential(1 / rate)
            if time > 212:
                break
            times.append(time)
        seen = [one for one in times if 100 <= one <= 160]
        if seen:
            rows.append((len(seen) - 1, seen[-1] - seen[0], 160 - seen[0]))
            after.append(sum(one > 160 for one in times))
    return Histories.of(*np.array(rows).T), np.array(after)


def test_customers_from_before_the_records_are_told_apart_and_foretold_better():
    seen, after = truncated()
    one, two = (choose(seen, NAMES, cohorts=apart).model for apart in (False, True))
    assert isinstance(two, TwoCohorts)
    assert two.label == f"{two.later.label}, two cohorts"
    # old customers have passed more chances to leave than are on record
    old = seen.age >= two.since
    misses = {}
    for name, model in (("one", one), ("two", two)):
        said = model.expected_orders(seen, 52)
        misses[name] = [abs(said[part].mean() / after[part].mean() - 1) for part in (old, ~old)]
    assert max(misses["two"]) < max(misses["one"])
    assert max(misses["two"]) < 0.12


@pytest.mark.parametrize("seed", range(4))
def test_customers_of_one_kind_get_one_model(seed):
    chance = np.random.default_rng(seed)
    made = beta_geometric_shop(0.8, 4.0, 0.9, 2.4, chance.uniform(0, 60, 3000), chance, modified=True, horizon=0)
    assert not isinstance(choose(made.histories, NAMES).model, TwoCohorts)


def test_too_few_customers_are_not_told_apart():
    chance = np.random.default_rng(3)
    many = beta_geometric_shop(3.0, 4.0, 0.2, 2.4, np.full(90, 60.0), chance, modified=True, horizon=0).histories
    few = beta_geometric_shop(0.2, 4.0, 2.0, 2.4, np.full(900, 20.0), chance, modified=True, horizon=0).histories
    assert not isinstance(choose(_together(many, few), NAMES).model, TwoCohorts)


def both() -> tuple[Histories, TwoCohorts]:
    seen, _ = truncated(5)
    two = choose(seen, NAMES).model
    assert isinstance(two, TwoCohorts)
    return seen, two


def test_every_answer_is_that_of_the_customers_own_model():
    seen, two = both()
    weeks = np.linspace(1, 80, len(seen))
    old = seen.age >= two.since
    assert 0 < old.sum() < len(seen)
    for model, kept in ((two.first, old), (two.later, ~old)):
        rows = seen.only(kept)
        assert two.p_alive(seen)[kept] == pytest.approx(model.p_alive(rows))
        assert two.expected_orders(seen, weeks)[kept] == pytest.approx(model.expected_orders(rows, weeks[kept]))
        assert two.p_alive_after(seen, weeks)[kept] == pytest.approx(model.p_alive_after(rows, weeks[kept]))
        assert two.next_order_weeks(seen, 0.3)[kept] == pytest.approx(model.next_order_weeks(rows, 0.3))
        assert order_chances(two, seen, 20, 5)[kept] == pytest.approx(order_chances(model, rows, 20, 5))
        assert order_quantile(two, seen, 20, 0.9)[kept].tolist() == order_quantile(model, rows, 20, 0.9).tolist()
        calendar = Calendar.discounted(52, 0.1, 4)
        assert discounted_orders(two, seen, calendar)[kept] == pytest.approx(discounted_orders(model, rows, calendar))


def test_a_customer_just_won_is_one_of_the_later_ones():
    _, two = both()
    newcomer = Histories.of(0, 0, 0)
    assert two.expected_orders(newcomer, 52) == pytest.approx(two.later.expected_orders(newcomer, 52))


def test_saved_as_json_it_is_the_same_model():
    seen, two = both()
    again = MODELS["two_cohorts"].from_json(json.loads(json.dumps(two.to_json())))
    assert again == two
    assert again.expected_orders(seen, 26).tolist() == two.expected_orders(seen, 26).tolist()
    assert set(two.parameters) == set(two.standard_errors)
    assert two.parameters["first_r"] == two.first.parameters["r"]


def test_draws_scatter_as_the_errors_say():
    _, two = both()
    drawn = np.log([model.parameters["first_r"] for model in two.draws(400, np.random.default_rng(1))])
    assert drawn.std() == pytest.approx(two.standard_errors["first_r"] / two.parameters["first_r"], rel=0.15)


def test_the_same_kind_of_model_is_fitted_to_other_histories():
    seen, two = both()
    assert fit_again(two, seen) == two
    few = seen.only(np.arange(len(seen)) < 150)
    alone = fit_again(two, few)
    plain = fit_beta_geometric(few, modified=two.later.modified, k=two.later.k)
    assert alone.parameters == plain.parameters
