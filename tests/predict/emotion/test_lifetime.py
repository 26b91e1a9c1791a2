"""The hazard that knows what was felt: planted odds, sums by hand, and which way foretells better."""

import numpy as np
import pytest

from okaeri.predict.emotion.judging import auc, judge
from okaeri.predict.emotion.lifetime import EMOTION, RECENCY, Lifetime, Orders, States, fit, states_of
from okaeri.predict.hazard import Hazard


def shop(seed: int, effect: float, people: int = 2500, tells: float = 0.6):
    """Customers who leave after each order with odds that fall by ``effect`` per standard deviation of what they feel."""
    chance = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        number, gap = 1, np.nan
        while number <= 12:
            felt = chance.normal()
            left = chance.random() < 1 / (1 + np.exp(-(0.3 - 0.25 * number - effect * felt)))
            says = chance.random() < tells
            next_gap = chance.gamma(3, 15)
            rows.append((who, number, gap, felt if says else 0.0, float(says), left, np.nan if left else next_gap))
            if left:
                break
            number, gap = number + 1, next_gap
    who, number, gap, felt, heard, left, to_next = np.array(rows).T
    orders = Orders(who.astype(int), number, gap, np.zeros(len(who)), felt, heard)
    return orders, left, to_next


def test_the_planted_odds_are_found():
    orders, left, to_next = shop(1, 0.8)
    found = fit(orders, left, np.ones(len(left), bool), to_next, emotional=True)
    odds, low, high = found.odds("now")
    both = odds * np.exp(found.model.coefficients[4] / found.model.scales[4] / 2)
    assert low < odds < high
    # a feeling counts as what is felt now and, by half, in what is remembered
    assert np.log(both) == pytest.approx(-0.8, abs=0.15)


def test_the_state_remembers_feelings_customer_by_customer():
    orders = Orders(np.array([0, 0, 0, 1]), np.array([1.0, 2, 3, 1]), np.array([np.nan, 10, 10, np.nan]), np.zeros(4),
                    np.array([1.0, 0, -2, 4]), np.array([1.0, 0, 1, 1]))  # fmt: skip
    found = states_of(orders, 0.5)
    assert found.emotion.tolist() == pytest.approx([1 / 2, 0.5 / 1.5, (0.25 - 2) / (1 + 1.25), 4 / 2])
    assert found.now.tolist() == [1.0, 0, -2, 4]


def constant(leaving: float, gaps: tuple[float, ...] = (30.0,)) -> Lifetime:
    size = len(EMOTION)
    intercept = float(np.log(leaving / (1 - leaving)))
    zeros = (0.0,) * size
    model = Hazard(EMOTION, intercept, zeros, zeros, (1.0,) * size, tuple((0.0,) * (size + 1) for _ in range(size + 1)),
                   0.0, 1.0, 1.0, 2.5)  # fmt: skip
    return Lifetime(model, 0.5, 30.0, np.array(gaps))


STATE = States(np.array([1.0]), np.array([30.0]), np.zeros(1), np.zeros(1), np.zeros(1))


def test_with_a_constant_chance_orders_to_come_are_the_geometric_sum():
    expected, discounted = constant(0.4).remaining(STATE, days=30 * 12, yearly=0.0)
    assert expected[0] == pytest.approx(sum(0.6**n for n in range(1, 13)))
    assert discounted[0] == pytest.approx(expected[0])
    _, worth = constant(0.4).remaining(STATE, days=30 * 12, yearly=0.1)
    rate = 1.1 ** (-30 / 365.25)
    assert worth[0] == pytest.approx(sum((0.6 * rate) ** n for n in range(1, 13)))


def test_who_is_silent_is_less_likely_there_by_bayes():
    model = constant(0.4, gaps=(10.0, 20.0, 30.0, 40.0))
    expected, _ = model.remaining(STATE, days=30, yearly=0.0, silent=25.0)
    # half of the gaps are longer than 25 days
    assert expected[0] == pytest.approx(0.6 * 0.5 / (0.4 + 0.6 * 0.5))
    gone, _ = model.remaining(STATE, days=30, yearly=0.0, silent=50.0)
    assert gone[0] == 0.0


def test_a_model_comes_back_from_its_numbers():
    orders, left, to_next = shop(3, 0.5, people=300)
    found = fit(orders, left, np.ones(len(left), bool), to_next, emotional=True)
    back = Lifetime.from_json(found.to_json())
    states = states_of(orders, found.memory)
    assert back.leaving(states).tolist() == found.leaving(states).tolist()
    assert back.usual_gap == found.usual_gap


def verdict(seed: int, effect: float):
    orders, left, to_next = shop(seed, effect, people=1500)
    held = orders.customer % 3 == 0
    emotional, recent = (fit(orders, left, ~held, to_next, emotional=flag) for flag in (True, False))
    states = states_of(orders, emotional.memory)
    use = np.flatnonzero(held & (states.emotion != 0))
    assert recent.model.names == RECENCY
    return judge(emotional.leaving(states.take(use)), recent.leaving(states.take(use)), left[use],
                 orders.customer[use], ("emotion", "recency_frequency"))  # fmt: skip


def test_where_feelings_move_customers_emotion_foretells_better():
    found = [verdict(seed, 0.8) for seed in range(6)]
    assert [one.better for one in found] == ["emotion"] * 6
    assert all(one.auc_first > one.auc_second + 0.03 for one in found)


def test_where_feelings_move_nobody_emotion_is_not_called_better():
    found = [verdict(seed, 0.0) for seed in range(12)]
    assert sum(one.better == "emotion" for one in found) <= 1
    assert np.mean([one.gain for one in found]) < 0


def test_gain_and_area_by_hand():
    left = np.tile([1.0, 0, 0, 1], 40)
    first, second = np.tile([0.9, 0.1, 0.2, 0.6], 40), np.full(160, 0.5)
    found = judge(first, second, left, np.arange(160), ("a", "b"))
    by_hand = np.mean(np.log([0.9, 0.9, 0.8, 0.6])) - np.log(0.5)
    assert found.gain == pytest.approx(by_hand)
    assert found.low < by_hand < found.high
    assert (found.better, found.auc_first, found.auc_second) == ("a", 1.0, 0.5)
    assert judge(second, first, left, np.arange(160), ("a", "b")).better == "b"
    assert judge(first[:40], second[:40], left[:40], np.arange(40), ("a", "b")) is None


def test_area_under_the_curve_counts_ties_one_half():
    assert auc(np.array([0.3, 0.3, 0.9]), np.array([1.0, 0, 1])) == pytest.approx(0.75)
