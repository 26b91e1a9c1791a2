"""New products get as many places as cost next to nothing, and never more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from okaeri.predict.next_basket import explore_bonus, recall
from okaeri.predict.next_basket.exploring import BONUSES, PRIOR_CUSTOMERS

LISTS = st.tuples(st.integers(0, 10**6), st.integers(1, 40), st.integers(2, 15), st.integers(1, 5))


def drawn(seed: int, customers: int, candidates: int):
    chance = np.random.default_rng(seed)
    person = np.repeat(np.arange(customers), candidates)
    count = len(person)
    return chance.normal(size=count), chance.random(count) < 0.5, person, chance.random(count) < 0.2


@given(LISTS)
def test_the_bonus_never_costs_more_recall_than_allowed(drawing):
    seed, customers, candidates, most = drawing
    score, own, person, bought = drawn(seed, customers, candidates)
    bonus = explore_bonus(score, own, person, bought, most, loss=0.05)
    assert 0 <= bonus <= max(BONUSES)
    whole = bonus * (len(set(person[bought])) + PRIOR_CUSTOMERS) / max(len(set(person[bought])), 1)
    assert recall(score + whole * ~own, person, bought, most) >= 0.95 * recall(score, person, bought, most)


def best(score: np.ndarray, person: np.ndarray, most: int) -> np.ndarray:
    order = np.lexsort((-score, person))
    place = np.arange(len(order)) - np.searchsorted(person[order], person[order])
    return order[place < most]


@given(LISTS)
def test_a_list_with_a_bonus_holds_no_fewer_new_products_of_any_customer(drawing):
    seed, customers, candidates, most = drawing
    score, own, person, bought = drawn(seed, customers, candidates)
    bonus = explore_bonus(score, own, person, bought, most)
    before, after = (best(values, person, most) for values in (score, score + bonus * ~own))
    new = [np.bincount(person[part], ~own[part], minlength=customers) for part in (before, after)]
    assert (new[1] >= new[0]).all()


def test_recall_is_the_mean_share_of_what_each_bought():
    person = np.array([0, 0, 0, 1, 1])
    bought = np.array([True, True, False, False, True])
    score = np.array([3.0, 1.0, 2.0, 5.0, 4.0])
    assert recall(score, person, bought, 1) == (0.5 + 0.0) / 2
    assert recall(score, person, bought, 2) == (0.5 + 1.0) / 2


def test_useless_own_products_give_way_and_sure_ones_do_not():
    customers = 3000
    person = np.repeat(np.arange(customers), 2)
    own = np.tile([True, False], customers)
    score = np.tile([1.0, 0.0], customers)
    new_bought, own_bought = np.tile([False, True], customers), np.tile([True, False], customers)
    assert explore_bonus(score, own, person, new_bought, 1) > 1.5
    assert explore_bonus(score, own, person, own_bought, 1) <= 1.0


def test_few_customers_are_not_trusted():
    person, own = np.repeat(np.arange(4), 2), np.tile([True, False], 4)
    score, bought = np.tile([1.0, 0.0], 4), np.tile([False, True], 4)
    assert explore_bonus(score, own, person, bought, 1) < 0.1


def test_nothing_bought_leaves_no_room_to_gain():
    assert explore_bonus([1.0, 0.0], [True, False], [0, 0], [False, False], 1) == 0.0
