"""Chances to buy again: planted weights found, calibrated, and never out of bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special
from sklearn.linear_model import LogisticRegression

from okaeri.predict.reorder import by_hazard, fit
from okaeri.predict.reorder.terms import NAMES, TERMS, knots, over, terms

K = len(NAMES)
DUE = NAMES.index("due")
FRESH = NAMES.index("fresh_45")


def drawn(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Features and log odds by the product."""
    chance = np.random.default_rng(seed)
    return chance.normal(size=(rows, K)), chance.normal(-1.5, 0.4, rows)


def came(score: np.ndarray, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).random(len(score)) < special.expit(score)


def test_a_planted_habit_is_found_and_chances_are_calibrated_on_rows_not_seen():
    features, offset = drawn(40_000)
    score = offset + 0.7 * features[:, FRESH] - 1.2 * np.maximum(features[:, DUE] - 0.25, 0) + 0.3
    again = came(score)
    model = fit(features[:20_000], offset[:20_000], again[:20_000])
    told, true = model.chance(features[20_000:], offset[20_000:]), special.expit(score[20_000:])
    assert np.corrcoef(told, true)[0, 1] > 0.98
    for part in np.array_split(np.argsort(told), 10):
        error = np.sqrt(true[part].mean() * (1 - true[part].mean()) / len(part))
        assert told[part].mean() == pytest.approx(again[20_000:][part].mean(), abs=4 * error)


def test_weights_are_those_of_a_ridge_regression_by_scikit_learn():
    features, _ = drawn(3000)
    again = came(0.8 * features[:, FRESH] - 1)
    model = fit(features, np.zeros(3000), again, ridge=10.0)
    rows = terms(features, knots(features))
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    other = LogisticRegression(C=1 / 10, tol=1e-10, max_iter=5000).fit(rows, again)
    assert model.chance(features, np.zeros(3000)) == pytest.approx(other.predict_proba(rows)[:, 1], abs=1e-4)


def test_rows_that_only_follow_the_product_leave_its_chance_as_it_is():
    features, offset = drawn(50_000)
    model = fit(features, offset, came(offset))
    assert np.abs(model.chance(features, offset) - special.expit(offset)).mean() < 0.02


def test_too_few_to_learn_from_are_told_the_chance_of_the_product_and_why():
    features, offset = drawn(500)
    again = np.zeros(500)
    again[:20] = 1
    model = fit(features, offset, again)
    assert "Bought again 20 times" in model.note
    assert model.chance(features, offset) == pytest.approx(special.expit(offset))
    assert by_hazard().chance(features, offset) == pytest.approx(special.expit(offset))


def test_a_feature_beyond_what_was_seen_counts_as_the_most_that_was():
    features, offset = drawn(5000)
    model = fit(features, offset, came(offset + features[:, FRESH]))
    far, farther = (np.where(np.arange(K) == FRESH, value, 0.0)[None] for value in (50.0, 5000.0))
    assert model.chance(far, [0.0]) == model.chance(farther, [0.0]) < 1.0


def test_terms_are_the_features_within_their_knots_what_is_over_each_and_products():
    features, _ = drawn(200)
    at = knots(features)
    found = dict(zip(TERMS, terms(features, at).T, strict=True))
    inside = np.clip(features[:, DUE], at[DUE, 0], at[DUE, 4])
    assert found["due"] == pytest.approx(inside)
    assert found[over("due", 2)] == pytest.approx(np.maximum(inside - at[DUE, 2], 0))
    fresh = np.clip(features[:, FRESH], at[FRESH, 0], at[FRESH, 4])
    assert found["fresh_45 x due"] == pytest.approx(fresh * inside)
    assert np.quantile(features[:, DUE], 0.6) == pytest.approx(at[DUE, 2])


FINITE = st.floats(-1e6, 1e6)


@settings(max_examples=40, deadline=None)
@given(
    arrays(float, (300, 3), elements=FINITE),
    st.lists(st.floats(-20, 20), min_size=300, max_size=300),
    st.integers(0, 300),
    arrays(float, (5, K), elements=FINITE),
)
def test_every_fit_gives_finite_chances_between_0_and_1(some, offset, again, new):
    features = np.zeros((300, K))
    features[:, [0, DUE, FRESH]] = some
    y = np.arange(300) < again
    model = fit(features, offset, y)
    told = model.chance(np.concatenate([features, new]), [*offset, *[0.0] * 5])
    assert np.isfinite(told).all()
    assert ((told > 0) & (told < 1)).all()
