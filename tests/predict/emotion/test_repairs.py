"""Before against after, on times that differ by a known amount."""

import numpy as np
import pytest

from okaeri.predict.emotion.alike import clustered_error, shortfall, traits_of
from okaeri.predict.emotion.repairs import compared


def times(seed: int, lift: float, n: int = 2000, tide: float = 0.0):
    """Values before and after a repair that lifts them by ``lift``; after it more customers are of the kind that is higher
    anyway. A ``tide`` lifts everything after it, others too."""
    chance = np.random.default_rng(seed)
    after, other = chance.random(n) < 0.5, chance.random(n) < 0.5
    kind = chance.random(n) < np.where(after, 0.7, 0.3)
    who = np.arange(n) // 2
    y = 2.0 * kind + lift * (after & ~other) + tide * after + chance.normal(0, 1, n) + chance.normal(0, 0.5, n)[who]
    return y, after, other, traits_of(np.zeros((n, 0)), kind[:, None].astype(str)), who


def change(seed: int, lift: float, **more):
    y, after, other, traits, who = times(seed, lift, **more)
    return compared(y, ~after & ~other, after & ~other, traits, who)


def test_the_interval_holds_the_planted_change_nine_times_in_ten_whatever_the_mix():
    found = [change(seed, 0.3) for seed in range(200)]
    assert 0.85 <= np.mean([one.low <= 0.3 <= one.high for one in found]) <= 0.95
    assert np.mean([one.change for one in found]) == pytest.approx(0.3, abs=0.02)
    y, after, other, *_ = times(0, 0.3)
    # the plain difference takes the mix for a repair
    assert y[after & ~other].mean() - y[~after & ~other].mean() > 0.9


def test_where_nothing_was_repaired_one_in_twenty_seems_so():
    assert np.mean([change(seed, 0.0).p <= 0.05 for seed in range(300)]) == pytest.approx(0.05, abs=0.04)


def test_what_rises_everywhere_is_no_repair():
    found = []
    for seed in range(120):
        y, after, other, traits, who = times(seed, 0.0, tide=1.0)
        found.append(compared(y, ~after & ~other, after & ~other, traits, who, (~after & other, after & other)))
    assert np.mean([one.change for one in found]) == pytest.approx(0.0, abs=0.05)
    scatter = np.std([one.change for one in found])
    assert np.mean([one.high - one.low for one in found]) == pytest.approx(2 * 1.65 * scatter, rel=0.2)
    assert change(1, 0.0, tide=1.0).low > 0.5


def test_after_is_the_mean_as_seen_and_before_that_less_the_change():
    y, after, other, traits, who = times(3, 0.5)
    found = compared(y, ~after & ~other, after & ~other, traits, who)
    assert found.after == pytest.approx(y[after & ~other].mean())
    assert found.before + found.change == pytest.approx(found.after)
    assert (found.n_before, found.n_after) == ((~after & ~other).sum(), (after & ~other).sum())


def test_too_few_customers_are_not_compared():
    y, after, other, traits, who = times(4, 0.5)
    few = np.isin(np.arange(len(y)), np.flatnonzero(after & ~other)[:25])
    assert compared(y, ~after, few, traits, who) is None
    assert compared(y, ~after, after, traits, who, (few, after)) is None


def test_shortfall_is_a_regression_of_the_rest_by_hand():
    chance = np.random.default_rng(1)
    x, chosen = chance.normal(0, 1, (500, 2)), chance.random(500) < 0.3
    y = x @ [1.0, -2.0] + chance.normal(0, 0.1, 500) - 0.7 * chosen
    design = np.column_stack([np.ones(500), x])
    # the lean is worth five rows of nought in each direction
    rows = np.concatenate([design[~chosen], np.sqrt(5) * np.eye(3)[1:]])
    b = np.linalg.lstsq(rows, np.r_[y[~chosen], 0, 0], rcond=None)[0]
    who = np.arange(500) // 2
    found, influence = shortfall(y, chosen, ~chosen, x, who)
    assert found == pytest.approx(float((design[chosen] @ b - y[chosen]).mean()), rel=1e-6)
    # a customer's influence is what leaving the customer out takes away
    other = next(one for one in range(250) if not chosen[who == one].any())
    left = who != other
    without, _ = shortfall(y, chosen & left, ~chosen & left, x, who)
    assert found - without == pytest.approx(influence[who == other].sum(), rel=1e-6)
    whose = next(one for one in range(250) if chosen[who == one].all())
    left = who != whose
    without, _ = shortfall(y, chosen & left, ~chosen & left, x, who)
    assert found - without == pytest.approx(influence[who == whose].sum(), rel=0.05)


def test_influences_of_one_customer_add_up_before_they_are_squared():
    assert clustered_error(np.array([1.0, 1.0, -2.0, 2.0]), [0, 0, 1, 1]) == pytest.approx(np.sqrt(4 * 2))
    assert clustered_error(np.array([1.0, 1.0, -2.0, 2.0]), [0, 1, 2, 3]) == pytest.approx(np.sqrt(10 * 4 / 3))
