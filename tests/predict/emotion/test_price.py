"""Prices of dips against shops whose losses are known."""

from dataclasses import replace

import numpy as np
import pytest

from okaeri.predict.emotion.alike import traits_of
from okaeri.predict.emotion.price import Spoken, price, worth_of

LOSS, SHARE, ORDERS = 3000.0, 0.06, 10_000
TRUE = ORDERS * SHARE * LOSS


def shop(seed: int, n: int = 4000, loss: float = LOSS, sour: float = 1.0, dear: float = 0.0) -> Spoken:
    """A share of orders is struck, loses ``loss`` yen and speaks of it; others speak of anything. Customers who are never
    content say worse and bring less, wherever they speak: no dip did that. With ``dear``, dear goods alone are struck,
    and who buys them brings so much more."""
    chance = np.random.default_rng(seed)
    goods = chance.integers(0, 3, n)
    struck = chance.random(n) < (np.where(goods == 2, 3 * SHARE, 0.0) if dear else SHARE)
    content = chance.normal(0, 1, n)
    at_dip = struck | (chance.random(n) < 0.15)
    below = chance.random(n) < 1 / (1 + np.exp(1.2 + sour * content - 4.0 * struck))
    worth = 20_000 + 2500 * content - loss * struck + dear * (goods == 2) + chance.normal(0, 6000, n)
    number = chance.normal(0, 1, n)
    traits = traits_of(number[:, None], goods[:, None])
    return Spoken(at_dip, ~at_dip, below, np.ones(n, bool), worth + 3000 * number, traits, np.arange(n) // 2)


def found(shops: list[Spoken]) -> list:
    prices = [price(one, ORDERS) for one in shops]
    assert None not in prices
    return prices


def test_the_interval_holds_the_true_loss_nine_times_in_ten():
    prices = found([shop(seed) for seed in range(200)])
    assert 0.85 <= np.mean([one.low <= TRUE <= one.high for one in prices]) <= 0.95
    assert np.mean([one.loss for one in prices]) == pytest.approx(TRUE, rel=0.05)


def test_the_interval_is_as_wide_as_prices_scatter_where_customers_speak_often():
    """Ten answers of each customer, who share their content: clusters, not signals, are what scatters."""
    prices = []
    for seed in range(150):
        chance = np.random.default_rng(seed)
        who = np.repeat(np.arange(300), 10)
        at_dip = chance.random(300)[who] < 0.3
        worth = chance.normal(0, 5000, 300)[who] + chance.normal(0, 500, 3000) - 2000 * at_dip
        below = chance.random(3000) < np.where(at_dip, 0.6, 0.2)
        prices.append(price(Spoken(at_dip, ~at_dip, below, at_dip | True, worth, np.zeros((3000, 0)), who), 1.0))
    scatter = np.std([one.loss for one in prices])
    assert np.mean([one.high - one.low for one in prices]) == pytest.approx(2 * 1.65 * scatter, rel=0.15)


def test_dear_goods_are_not_taken_for_a_gain():
    shops = [shop(seed, dear=15_000.0) for seed in range(40)]
    assert np.mean([one.loss for one in found(shops)]) == pytest.approx(TRUE, rel=0.1)
    blind = [replace(one, traits=one.traits[:, :1]) for one in shops]
    assert np.mean([one.loss for one in found(blind)]) < 0.5 * TRUE


def test_who_is_never_content_is_not_taken_for_a_loss():
    """Comparing those below with those above at the dip would find a loss where there is none."""
    shops = [shop(seed, loss=0.0, sour=2.0) for seed in range(40)]
    assert abs(np.mean([one.loss for one in found(shops)])) < 0.1 * TRUE
    naive = [s.worth[s.at_dip & ~s.below].mean() - s.worth[s.at_dip & s.below].mean() for s in shops]
    assert np.mean(naive) > 700


def test_volunteers_do_not_count_where_enough_were_asked():
    """Of those who speak unasked more are cross, and the more so where they were struck."""
    asked = shop(3)
    volunteers = shop(4)
    cross = volunteers.only(volunteers.below & volunteers.at_dip)
    both = Spoken(*(np.concatenate([getattr(asked, name), getattr(cross, name)]) for name in (
        "at_dip", "rest", "below", "asked", "worth", "traits", "customer")))  # fmt: skip
    both = replace(both, asked=np.arange(len(both.worth)) < len(asked.worth))
    assert price(both, ORDERS) == price(asked, ORDERS)
    counted = price(replace(both, asked=np.zeros(len(both.worth), bool)), ORDERS)
    assert not counted.asked
    assert counted.share > 1.5 * price(asked, ORDERS).share


def test_signals_of_no_known_worth_count_in_the_share_alone():
    whole = shop(5)
    later = replace(whole, worth=np.where(np.arange(4000) < 2000, whole.worth, np.nan))
    found_later = price(later, ORDERS)
    assert found_later.share == pytest.approx(price(whole, ORDERS).share)
    assert found_later.high - found_later.low > 1.2 * (price(whole, ORDERS).high - price(whole, ORDERS).low)


def test_without_traits_the_loss_is_the_share_at_the_dip_times_the_difference_of_means():
    s = replace(shop(6), traits=np.zeros((4000, 0)))
    by_hand = ORDERS * s.at_dip.mean() * (s.worth[s.rest].mean() - s.worth[s.at_dip].mean())
    told = price(s, ORDERS)
    assert told.loss == pytest.approx(by_hand)
    assert told.share * told.loss_each * ORDERS == pytest.approx(by_hand)


def test_a_dip_with_nobody_to_compare_has_no_price():
    s = shop(4)
    assert price(replace(s, rest=np.zeros(4000, bool)), ORDERS) is None
    few = np.flatnonzero(s.at_dip)[:19]
    assert price(s.only(np.isin(np.arange(4000), few) | s.rest), ORDERS) is None
    assert price(replace(s, worth=np.full(4000, np.nan)), ORDERS) is None


def test_a_rise_has_no_price():
    s = shop(5)
    assert price(replace(s, below=~s.below), ORDERS) is None


def test_worth_is_the_mean_revenue_of_customers_with_as_many_orders():
    chance = np.random.default_rng(2)
    count, group = chance.integers(0, 4, 50_000), chance.integers(0, 2, 50_000)
    money = 5000.0 * count + 1000 * group + chance.normal(0, 3000, 50_000)
    worth = worth_of(count, money, np.ones(50_000, bool), group)
    assert worth[(count == 2) & (group == 1)][0] == pytest.approx(11_000, abs=150)
    assert np.isnan(worth_of(count, money, np.zeros(50_000, bool), group)).all()


def test_orders_beyond_the_most_are_alike():
    worth = worth_of([6, 9, 20, 0], [100.0, 200.0, 300.0, 0.0], [True] * 4, [1, 1, 1, 1])
    assert worth[0] == worth[1] == worth[2]


def test_traits_are_standard_deviations_and_labels():
    found_traits = traits_of([[1.0], [3.0], [np.nan], [5.0]], [["a"], ["b"], ["a"], ["b"]])
    assert found_traits[:, 0].tolist() == pytest.approx([-2 / np.sqrt(8 / 3), 0.0, 0.0, 2 / np.sqrt(8 / 3)])
    assert found_traits[:, 1:].tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
