"""Prices of dips against shops whose losses are known."""

import numpy as np
import pytest

from okaeri.predict.emotion.price import Spoken, price, worth_of

LOSS, SHARE = 3000.0, 0.06


def shop(seed: int, n: int = 4000, loss: float = LOSS, sour: float = 1.0) -> Spoken:
    """A share of orders is struck, loses ``loss`` yen and speaks of it; others speak of anything. Customers who are never
    content say worse and bring less, wherever they speak: no dip did that."""
    chance = np.random.default_rng(seed)
    struck = chance.random(n) < SHARE
    content = chance.normal(0, 1, n)
    at_dip = struck | (chance.random(n) < 0.15)
    below = chance.random(n) < 1 / (1 + np.exp(1.2 + sour * content - 4.0 * struck))
    stratum = chance.integers(0, 3, n)
    worth = 20_000 + 2500 * content - loss * struck + 3000 * stratum + chance.normal(0, 6000, n)
    asked = chance.random(n) < 0.5
    return Spoken(at_dip, ~at_dip, below, asked, below * 0.0 + worth, stratum, np.arange(n) // 2)


def test_the_interval_holds_the_true_loss_nine_times_in_ten():
    found = [price(shop(seed), 10_000, np.random.default_rng(seed), draws=150) for seed in range(60)]
    true = 10_000 * SHARE * LOSS
    held = [one.low <= true <= one.high for one in found if one is not None]
    assert len(held) == 60
    assert 0.8 <= np.mean(held) <= 0.98
    assert np.mean([one.loss for one in found]) == pytest.approx(true, rel=0.1)


def test_who_is_never_content_is_not_taken_for_a_loss():
    """Comparing those below with those above at the dip would find a loss where there is none."""
    found = [price(shop(seed, loss=0.0, sour=2.0), 10_000, np.random.default_rng(1), draws=20) for seed in range(20)]
    assert abs(np.mean([one.loss for one in found])) < 0.15 * 10_000 * SHARE * LOSS
    naive = []
    for seed in range(20):
        s = shop(seed, loss=0.0, sour=2.0)
        naive.append(s.worth[s.at_dip & ~s.below].mean() - s.worth[s.at_dip & s.below].mean())
    assert np.mean(naive) > 700


def test_where_nobody_was_asked_all_voices_count_and_the_price_says_so():
    s = shop(3)
    found = price(Spoken(s.at_dip, s.rest, s.below, np.zeros(len(s.worth), bool), s.worth, s.stratum, s.customer),
                  10_000, np.random.default_rng(1), draws=20)  # fmt: skip
    assert not found.asked
    assert found.loss == pytest.approx(10_000 * SHARE * LOSS, rel=0.6)


def test_a_dip_with_nobody_to_compare_has_no_price():
    s = shop(4)
    alone = Spoken(s.at_dip, s.rest, s.below, s.asked, s.worth, np.where(s.at_dip, 9, 0), s.customer)
    assert price(alone, 10_000, np.random.default_rng(1), draws=20) is None


def test_a_rise_has_no_price():
    s = shop(5)
    assert price(Spoken(s.at_dip, s.rest, ~s.below, s.asked, s.worth, s.stratum, s.customer), 1e4,
                 np.random.default_rng(1), draws=20) is None  # fmt: skip


def test_worth_is_the_mean_revenue_of_customers_with_as_many_orders():
    chance = np.random.default_rng(2)
    count, group = chance.integers(0, 4, 50_000), chance.integers(0, 2, 50_000)
    money = 5000.0 * count + 1000 * group + chance.normal(0, 3000, 50_000)
    found = worth_of(count, money, np.ones(50_000, bool), group)
    assert found[(count == 2) & (group == 1)][0] == pytest.approx(11_000, abs=150)
    assert np.isnan(worth_of(count, money, np.zeros(50_000, bool), group)).all()


def test_orders_beyond_the_most_are_alike():
    found = worth_of([6, 9, 20, 0], [100.0, 200.0, 300.0, 0.0], [True] * 4, [1, 1, 1, 1])
    assert found[0] == found[1] == found[2]
