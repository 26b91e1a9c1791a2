"""Who leaves, found again where it was planted; and subscriptions that go on as the chances say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from okaeri.predict.leaving import NOT_BETTER, TOO_FEW, Ahead, Situations, ahead, auc, fit, reasons, unknowing


def situations(n: int, chance: np.random.Generator, products: int = 2) -> Situations:
    ints = {name: chance.integers(0, high, n).astype(float) for name, high in (
        ("gap_step", 7), ("skips", 3), ("price_rise", 2), ("discounted", 2), ("amount_step", 8), ("complained", 2),
        ("blocked", 2),
    )}  # fmt: skip
    names = np.array([f"P{place}" for place in range(products)])
    return Situations(
        products=names[chance.integers(0, products, n)], number=chance.integers(1, 13, n).astype(float),
        rating_step=chance.integers(-1, 5, n).astype(float), **ints,
    )  # fmt: skip


def planted(n: int, seed: int, complained: float = 1.2, product: float = 0.8):
    """Rows of one customer each who leave with chances that complaints and one product raise."""
    chance = np.random.default_rng(seed)
    rows = situations(n, chance)
    odds = -1.0 - 0.5 * np.log(rows.number) + complained * rows.complained + product * (rows.products == "P1")
    return rows, (chance.random(n) < expit(odds)).astype(float), chance.random(n) < 0.25


def test_planted_effects_come_back_within_their_errors():
    rows, left, late = planted(20_000, 1)
    found = fit(rows, np.ones(len(rows)), left, late).model
    ratios, errors = found.odds_ratios, found.standard_errors
    for name, truth in (("number", -0.5), ("complained", 1.2), ("blocked", 0.0), ("skips", 0.0)):
        scale = found.scales[found.names.index(name)]
        assert abs(np.log(ratios[name]) - truth) < 4 * errors[name] / scale, name
    assert np.log(ratios["product:P1"] / ratios["product:P0"]) == pytest.approx(0.8, abs=0.15)


def test_what_was_planted_is_the_main_reason_of_those_it_befell():
    rows, left, late = planted(20_000, 2)
    model = fit(rows, np.ones(len(rows)), left, late).model
    names, odds = reasons(model, rows, 3)
    befallen = (rows.complained == 1) & (rows.products == "P0") & (rows.number > 3)
    assert (names[befallen, 0] == "complained").all()
    assert not (names[rows.complained == 0] == "complained").any()
    assert (odds[names != ""] > 1).all()
    assert np.isnan(odds[names == ""]).all()


def test_where_nothing_but_the_number_tells_the_number_alone_is_used():
    rows, left, late = planted(1500, 3, complained=0.0, product=0.0)
    found = fit(rows, np.ones(len(rows)), left, late)
    assert found.note == NOT_BETTER
    assert found.gain < 0
    assert found.model.names == ("number", "first")
    few = planted(30, 3)
    assert fit(few[0], np.ones(30), few[1], few[2]).note == TOO_FEW


def test_auc_is_that_of_another_implementation_ties_and_counts_included():
    chance = np.random.default_rng(4)
    scores = chance.integers(0, 20, 200) / 20
    hits, misses = chance.integers(0, 4, 200), chance.integers(0, 4, 200)
    truth = np.repeat(np.tile([1, 0], 200), np.stack([hits, misses], 1).ravel())
    assert auc(scores, hits, misses) == pytest.approx(
        roc_auc_score(truth, np.repeat(np.repeat(scores, 2), np.stack([hits, misses], 1).ravel()))
    )


def test_subscriptions_go_on_as_a_simulation_of_them_does():
    """A constant chance of 10% before each monthly delivery, for a year from ten days after the latest."""
    model = unknowing(999_999.0, 99_999.5)
    chance = np.random.default_rng(5)
    rows = situations(1, chance)
    rows = Situations(**(vars(rows) | {"skips": np.zeros(1)}))
    found = ahead(model, rows, [30.0], [10.0], [1.0], 365.0)
    taken = np.minimum(chance.geometric(0.1, 200_000) - 1, 12)  # due on days 20, 50, ... 350
    assert found.deliveries(365.0)[0] == pytest.approx(taken.mean(), abs=0.05)
    assert found.spread(365.0)[0] == pytest.approx(taken.std(), abs=0.05)
    for share in (0.1, 0.5, 0.9):
        assert found.quantile(365.0, share)[0] == np.quantile(taken, share, method="inverted_cdf")
    assert found.leaving_within(50.0)[0] == pytest.approx(1 - 0.9**2, abs=1e-3)
    assert found.leaving_within(35.0)[0] == pytest.approx(1 - 0.9**1.5, abs=1e-3)
    assert found.delivery_within(19.0)[0] == 0
    assert found.delivery_within(20.0)[0] == pytest.approx(0.9, abs=1e-3)


def test_a_yen_a_year_away_counts_less_by_the_discount_rate():
    alone = Ahead(np.ones((1, 1)), np.full((1, 1), 365.25), np.zeros((1, 1)))
    assert alone.deliveries(400.0, 0.1)[0] == pytest.approx(1 / 1.1)


def test_a_delivery_overdue_makes_leaving_as_likely_as_bayes_says():
    model = unknowing(999.0, 199.5)
    rows = Situations(**(vars(situations(1, np.random.default_rng(6))) | {"skips": np.zeros(1)}))
    waiting = ahead(model, rows, [30.0], [45.0], [0.05], 90.0)
    assert waiting.staying[0, 0] == pytest.approx(0.8 * 0.05 / (0.2 + 0.8 * 0.05))
    assert waiting.due[0].tolist()[:2] == [0.0, 30.0]


def test_a_skipped_delivery_is_not_overdue():
    model = unknowing(999.0, 199.5)
    rows = Situations(**(vars(situations(1, np.random.default_rng(6))) | {"skips": np.ones(1)}))
    assert ahead(model, rows, [30.0], [45.0], [1.0], 90.0).due[0, 0] == 15.0


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.floats(1, 400), st.floats(0, 400), st.floats(0, 1))
def test_chances_are_chances_and_never_fall_with_time(seed, usual, since, later):
    chance = np.random.default_rng(seed)
    rows, left, late = planted(400, seed % 7)
    model = fit(rows, np.ones(400), left, late).model
    found = ahead(model, situations(3, chance), [usual] * 3, [since] * 3, [later] * 3, 365.0)
    before = np.zeros(3)
    for days in (0.0, 1.0, 30.0, 90.0, 365.0):
        within = found.leaving_within(days)
        assert (within >= before - 1e-12).all()
        assert (within <= 1).all()
        before = within
    assert (found.quantile(365.0, 0.025) <= found.quantile(365.0, 0.975)).all()
    assert np.isfinite(found.spread(365.0)).all()
    assert (found.deliveries(365.0, 0.1) <= found.deliveries(365.0)).all()
