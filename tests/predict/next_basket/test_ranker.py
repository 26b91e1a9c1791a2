"""The ranker finds weights that were planted, and is what its formula says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import special

from okaeri.predict.next_basket import Ranker, fit, untrained
from okaeri.predict.next_basket.choices import PENALTY, Choices, _bend, _height
from okaeri.schema.errors import NotConverged

NAMES = ("habit", "fashion", "person")


def shop(customers: int = 600, candidates: int = 20, seed: int = 3):
    """Candidates of customers who each pick one by a conditional logit with known weights."""
    chance = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), candidates)
    own = np.tile(np.arange(candidates) < candidates // 3, customers)
    x = chance.normal(size=(len(customer), 3))
    x[:, 0] *= own
    x[:, 2] = chance.normal(size=customers)[customer]
    truth = np.where(own, 1.5 * x[:, 0] + 0.5 * x[:, 1] + 1.0, 1.2 * x[:, 1])
    share = special.softmax(truth.reshape(customers, candidates), axis=1)
    picked = (chance.random((customers, 1)) < share.cumsum(axis=1)).argmax(axis=1)
    bought = np.zeros((customers, candidates), bool)
    bought[np.arange(customers), picked] = True
    return x, own, customer, bought.reshape(-1), truth


def test_planted_weights_are_found():
    x, own, customer, bought, truth = shop(4000)
    ranker = fit(NAMES, x, own, customer, bought)
    assert ranker.own_weights[:2] == pytest.approx((1.5, 0.5), abs=0.12)
    assert ranker.new_weights[1] == pytest.approx(1.2, abs=0.08)
    assert ranker.own_intercept == pytest.approx(1.0, abs=0.12)
    assert ranker.new_weights[0] == 0.0
    assert np.corrcoef(ranker.score(x, own), truth)[0, 1] > 0.995


def test_what_is_the_same_for_all_candidates_does_not_move_the_ranking():
    x, own, customer, bought, _ = shop()
    ranker = fit(NAMES, x, own, customer, bought, ("person",))
    moved = x.copy()
    moved[:, 2] += 1.0
    shift = ranker.score(moved, own) - ranker.score(x, own)
    assert np.ptp(shift) < 0.6  # own and new differ by what chance planted, and no more
    assert set(ranker.chance_names) == {"person"}


def test_slope_and_curvature_are_those_of_the_likelihood():
    x, own, customer, bought, _ = shop(60)
    choices = Choices.of(x.astype(np.float32), own, customer, bought, np.arange(x.shape[1]) == 1)
    at = np.linspace(-0.5, 0.5, sum(choices.shape) + 1)
    slope, curve = _bend(at, _height(at, choices)[1], choices)
    for place in range(len(at)):
        aside = 1e-3 * (np.arange(len(at)) == place)
        rise = _height(at + aside, choices)[0] - _height(at - aside, choices)[0]
        assert slope[place] == pytest.approx(rise / 2e-3, abs=0.05)
        further = at + 10 * aside
        change = slope - _bend(further, _height(further, choices)[1], choices)[0]
        assert curve[place] == pytest.approx(change / 1e-2, abs=0.3, rel=0.02)


def test_the_likelihood_is_the_mean_log_share_of_what_was_bought():
    x, own, customer, bought, _ = shop(200)
    ranker = fit(NAMES, x, own, customer, bought)
    score = ranker.score(x, own).reshape(200, -1)
    shares = special.log_softmax(score, axis=1).reshape(-1)[bought]
    assert ranker.log_likelihood == pytest.approx(shares.mean(), abs=1e-4)


def test_customers_who_bought_two_count_as_one():
    x, own, customer, bought, _ = shop(300)
    several = bought.copy()
    several[np.random.default_rng(0).choice(len(bought), 200, replace=False)] = True
    ranker = fit(NAMES, x, own, customer, several)
    logs = special.log_softmax(ranker.score(x, own).reshape(300, -1), axis=1).reshape(-1)
    means = [logs[(customer == one) & several].mean() for one in range(300)]
    assert ranker.log_likelihood == pytest.approx(np.mean(means), abs=1e-4)


def test_chances_come_true_on_the_whole_and_among_own_products():
    x, own, customer, bought, _ = shop(2000)
    ranker = fit(NAMES, x, own, customer, bought, ("person",))
    chance = ranker.chance(x, own)
    assert chance.mean() == pytest.approx(bought.mean(), rel=0.01)
    assert chance[own].mean() == pytest.approx(bought[own].mean(), rel=0.02)
    assert ((chance > 0) & (chance < 1)).all()


def test_separable_choices_have_finite_weights_and_the_right_order():
    customer = np.repeat(np.arange(50), 4)
    x = np.tile([[0.0], [1.0], [2.0], [3.0]], (50, 1))
    bought = np.tile([False, False, False, True], 50)
    ranker = fit(("one",), x, np.ones(200, bool), customer, bought)
    assert 0 < ranker.own_weights[0] < 50
    assert np.isfinite(ranker.chance(x, np.ones(200, bool))).all()


def test_a_larger_penalty_than_evidence_leaves_weights_small():
    # one customer who bought one of two: the prior has the weight of twenty customers
    ranker = fit(("one",), [[0.0], [1.0]], [True, True], [1, 1], [False, True])
    assert 0 < ranker.own_weights[0] < 4 / PENALTY


def test_nothing_bought_is_refused_in_a_sentence():
    with pytest.raises(NotConverged, match="nothing to learn"):
        fit(("one",), [[0.0], [1.0]], [True, True], [1, 1], [False, False])


def test_saved_numbers_give_the_same_ranker():
    x, own, customer, bought, _ = shop(100)
    ranker = fit(NAMES, x, own, customer, bought, ("person",))
    again = Ranker.from_json(json.loads(json.dumps(ranker.to_json())))
    assert again == ranker
    with pytest.raises(ValueError, match="no 'next basket'"):
        Ranker.from_json(ranker.to_json() | {"model": "hazard"})


def test_without_a_fit_own_products_come_first_and_then_the_popular():
    ranker = untrained(("decayed_85", "recent", "next_sum"))
    x = [[0.2, 1.0, 0.0], [0.7, 1.0, 0.0], [0.0, 5.0, 0.0], [0.0, 3.0, 0.1]]
    score = ranker.score(x, [True, True, False, False])
    assert np.argsort(-score).tolist() == [1, 0, 2, 3]


@pytest.mark.parametrize("customers", [10, 2000, 50_000])
def test_covariates_that_are_doubted_are_held_the_tighter_the_fewer_customers_there_are(customers):
    picks = np.tile([True, False], customers)
    x = np.random.default_rng(1).normal(size=(2 * customers, 2)).astype(np.float32)
    made = Choices.of(x, picks.copy(), np.repeat(np.arange(customers), 2), picks, np.array([False, True]))
    doubted = PENALTY * (1 + 2000 / customers)
    assert made.prior() == pytest.approx([PENALTY, doubted, PENALTY, doubted, 0.0])
