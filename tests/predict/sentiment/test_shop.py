"""The shop's own model: learnt where there is something to learn, never below the lexicon, small, and calibrated."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from okaeri.predict.sentiment import Lexicon, ShopEngine, ShopModel, choose, classes
from okaeri.predict.sentiment.grams import grams
from okaeri.predict.sentiment.shop import BAD, GOOD, LOOSENESS, MIDDLING, covariates, fit, temperature

GOODS = ("石鹸", "鍋", "枕", "靴下", "茶碗", "時計")
SAID = {
    BAD: ("ガルだった", "ガルい", "もうガル"),
    MIDDLING: ("トネだった", "トネ", "まあトネ"),
    GOOD: ("ポムだった", "ポムい", "とてもポム"),
}


def texts(count: int, noise: float = 0.0) -> tuple[list[str], np.ndarray]:
    """Reviews in words that are in no lexicon, and their classes; a share of them at random."""
    dice = np.random.default_rng(3)
    y = dice.integers(0, 3, count)
    told = [f"{dice.choice(GOODS)}は{dice.choice(SAID[one])}。{dice.integers(100)}日目" for one in y.tolist()]
    return told, np.where(dice.random(count) < noise, dice.integers(0, 3, count), y)


def test_ratings_fall_into_bad_middling_and_good():
    assert classes(np.array([0.0, 0.25, 0.4, 0.5, 0.59, 0.6, 0.75, 1.0])).tolist() == [0, 0, 0, 1, 1, 2, 2, 2]


def test_below_200_labels_the_lexicon_reads():
    (only,) = choose(*texts(199))
    assert (only.engine, only.is_used, only.labels) == ("lexicon", True, 199)


def test_a_model_that_reads_better_on_texts_held_back_is_used():
    lexicon, shop = choose(*texts(300))
    assert shop.is_used
    assert not lexicon.is_used
    assert shop.macro_f1 > 0.95
    assert shop.auc > 0.95


def test_where_there_is_nothing_to_learn_the_lexicon_stays():
    said = ["最高です", "最悪です", "昨日届いた"] * 100
    lexicon, shop = choose(said, np.tile([GOOD, BAD, MIDDLING], 100))
    assert lexicon.macro_f1 == shop.macro_f1 == 1.0
    assert lexicon.is_used
    assert shop.model is None


@pytest.mark.parametrize("y", [np.full(300, GOOD), np.array([GOOD] * 295 + [BAD] * 5)])
def test_without_two_classes_of_some_size_there_is_no_model(y):
    found = choose(["良い"] * 300, y)
    assert [one.engine for one in found] == ["lexicon"]


def test_a_model_told_and_read_again_says_the_same_in_less_than_a_megabyte():
    told, y = texts(300)
    model = choose(told, y)[1].model
    again = ShopModel.read(model.told())
    assert len(model.told()) < 1_000_000
    one, other = ShopEngine(model), ShopEngine(again)
    assert one.id == other.id
    assert np.array_equal(one.score(told).score, other.score(told).score)
    assert one.score([]).score.shape == (0,)


def test_the_fit_goes_on_until_more_steps_would_change_nothing():
    told, y = texts(600, noise=0.5)
    lexicon = Lexicon()
    x = covariates(grams(told), lexicon.score(told))
    found = fit(x, y, lexicon.id).chances(x)
    known = x[:, np.flatnonzero(x.getnnz(axis=0))]
    at_rest = LogisticRegression(C=LOOSENESS, max_iter=10_000, tol=1e-8).fit(known, y).predict_proba(known)
    assert np.abs(found - at_rest).max() < 0.02


def test_chances_said_of_noisy_labels_come_true():
    told, y = texts(1_500, noise=0.6)
    lexicon = Lexicon()
    x = covariates(grams(told), lexicon.score(told))
    plain = fit(x[:900], y[:900], lexicon.id)
    odds = x[900:1200] @ plain.weights.astype(np.float32) + plain.intercepts
    cooled = ShopModel(plain.weights, plain.intercepts, temperature(odds, y[900:1200]), lexicon.id)
    loss = [-np.log(one.chances(x[1200:])[np.arange(300), y[1200:]]).mean() for one in (plain, cooled)]
    assert cooled.temperature > 1
    assert loss[1] < loss[0]


def test_two_classes_are_enough():
    told, y = texts(600)
    clear = y != MIDDLING
    told = [text for text, is_clear in zip(told, clear, strict=True) if is_clear]
    shop = choose(told, y[clear])[1]
    assert shop.is_used
    score = ShopEngine(shop.model).score(["鍋はポムい", "鍋はガルい"]).score
    assert score[0] > 0.5 > -0.5 > score[1]


def test_runs_of_letters_are_counted_within_their_text_alone():
    one, other, both = grams(["ab"]), grams(["cd"]), grams(["ab", "cd"])
    assert (both[0] != one[0]).nnz == (both[1] != other[0]).nnz == 0
    assert one.nnz == 3  # a, b, ab
    assert grams(["", "aa"]).getnnz(axis=1).tolist() == [0, 2]
    assert np.isclose((grams(["とても良い"]).data ** 2).sum(), 1)
