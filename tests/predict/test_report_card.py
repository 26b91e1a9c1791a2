"""A model is used where it beats what one would have said without it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from okaeri.predict.accuracy import Accuracy
from okaeri.predict.report_card import ReportCard, compare, report_card


def shop(seed: int, customers: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Yearly rates of made-up customers, their orders last year and in the year after; a third has left between."""
    chance = np.random.default_rng(seed)
    rates = chance.gamma(0.8, 2.0, customers)
    stays = chance.random(customers) < 2 / 3
    return rates, chance.poisson(rates), chance.poisson(rates * stays)


def shrunk(before: np.ndarray) -> np.ndarray:
    """The forecast that is right for such customers: gamma-Poisson mean, times the share who stay."""
    return 2 / 3 * (0.8 + before) / (1 / 2.0 + 1)


def test_the_right_model_beats_same_again_mean_and_zero():
    _, before, after = shop(1)
    found = report_card(after, shrunk(before), before)
    assert list(found.baselines) == ["same_again", "mean", "zero"]
    assert found.usable
    same_again = found.comparisons[0]
    assert {"total_bias", "mae", "rmse", "decile_error"} <= set(same_again.won)
    assert str(same_again).startswith("The forecast beats same_again on ")
    # shrinking keeps the order of customers: the same ranking is a draw
    assert {"gini", "spearman"}.isdisjoint(same_again.won + same_again.lost)
    assert same_again.figures == 6


def test_a_forecast_without_sense_is_not_to_be_used():
    _, before, after = shop(2)
    noise = np.random.default_rng(2).permutation(shrunk(before)) * 3
    found = report_card(after, noise, before)
    assert not found.usable
    assert str(found.comparisons[0]).startswith("The forecast does not beat same_again: it loses on total_bias, mae")


def test_same_again_does_not_beat_itself():
    _, before, after = shop(3)
    found = report_card(after, before, before)
    assert not found.usable
    assert str(found.comparisons[0]) == "The forecast is no better than same_again on any figure."


def test_zero_is_a_hard_baseline_for_absolute_errors_and_only_there():
    """Where most customers buy nothing, the median is zero: the card counts it as a loss, and says so."""
    chance = np.random.default_rng(4)
    chances = np.repeat([0.02, 0.18], 1000)
    after = (chance.random(2000) < chances).astype(float)
    found = report_card(after, chances, np.full(2000, 0.1))
    zero = found.comparisons[2]
    assert zero.beats
    assert zero.lost == ("mae",)
    assert str(zero) == "The forecast beats zero on 5 of 6 figures, and loses on mae."


def test_figures_that_do_not_exist_are_not_compared():
    nothing = Accuracy(None, 1.0, 1.0, None, None, 0.0)
    better = Accuracy(None, 0.5, 1.001, None, None, 0.0)
    found = compare(better, nothing, "zero")
    assert (found.won, found.lost, found.figures, found.beats) == (("mae",), (), 3, True)


def test_coverage_is_shown_by_level():
    rates, before, after = shop(5)
    low, high = np.zeros(len(rates)), np.full(len(rates), np.quantile(after, 0.8))
    found = report_card(after, shrunk(before), before, intervals={"0.8": (low, high)})
    assert found.coverage == {"0.8": pytest.approx(np.mean(after <= high[0]))}


def test_a_card_is_its_plain_json():
    _, before, after = shop(6, 100)
    found = report_card(after, shrunk(before), before, intervals={"0.8": (before, before)})
    assert ReportCard.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


def test_rows_with_weights_give_the_card_of_the_customers():
    _, before, after = shop(7, 500)
    pairs, weights = np.unique(np.stack([before, after]), axis=1, return_counts=True)
    once = report_card(pairs[1], shrunk(pairs[0]), pairs[0], weights=weights)
    often = report_card(after, shrunk(before), before)
    assert once.customers == often.customers == 500
    assert vars(once.model) == pytest.approx(vars(often.model))
    assert vars(once.baselines["mean"]) == pytest.approx(vars(often.baselines["mean"]))
