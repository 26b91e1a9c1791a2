"""Covariates: planted effects are found, and a cell's model is that of its customers."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from okaeri.predict.purchases import Histories, TraitModel, fit_beta_geometric, fit_traits
from okaeri.schema.errors import NotConverged
from tests.predict.purchases.simulated import beta_geometric_shop

#: Traits of four cells: came by social media, is a member.
CELLS = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], float)
PLAIN = {"r": 1.2, "alpha": 6.0, "a": 0.8, "b": 2.0}
#: Per trait: on the pace, on a, on b.
EFFECTS = np.array([[-0.5, 0.4, -0.2], [0.7, 0.0, 0.6]])


@cache
def cells() -> list[Histories]:
    chance = np.random.default_rng(21)
    made = []
    for own in CELLS:
        pace, leaves, stays = own @ EFFECTS
        ages = chance.uniform(20, 104, 2500)
        made.append(
            beta_geometric_shop(
                PLAIN["r"], PLAIN["alpha"] * np.exp(-pace), PLAIN["a"] * np.exp(leaves), PLAIN["b"] * np.exp(stays),
                ages, chance, modified=True, horizon=52,
            )
        )  # fmt: skip
    cells.after = [shop.orders_after for shop in made]  # type: ignore[attr-defined]
    return [shop.histories for shop in made]


def test_planted_effects_are_found_within_their_errors():
    model = fit_traits(cells(), CELLS, ("social", "member"))
    assert model.note == ""
    away = np.concatenate([
        model.plain.log_parameters - np.log(list(PLAIN.values())), (np.array(model.effects) - EFFECTS).ravel()
    ])  # fmt: skip
    # chi-square of 10: below 29.6 in 999 of 1000
    assert away @ np.linalg.solve(np.array(model.covariance), away) < 29.6
    assert np.array(model.errors)[:, 0].max() < 0.15


def test_each_cell_orders_as_its_model_expects():
    model = fit_traits(cells(), CELLS, ("social", "member"))
    for cell, own, after in zip(cells(), CELLS, cells.after, strict=True):  # type: ignore[attr-defined]
        told = model.model_of(own).expected_orders(cell, 52).sum()
        assert after.sum() == pytest.approx(told, rel=0.1)


def test_traits_that_matter_make_the_histories_more_likely():
    rows = [
        np.concatenate([getattr(cell, name) for cell in cells()]) for name in ("repeat_orders", "last_order_age", "age")
    ]
    alike = fit_beta_geometric(Histories.of(*rows))
    assert fit_traits(cells(), CELLS, ("social", "member")).log_likelihood > alike.log_likelihood + 100


def test_one_cell_without_traits_is_the_plain_model():
    alone = fit_traits(cells()[:1], np.zeros((1, 0)), ())
    plain = fit_beta_geometric(cells()[0])
    assert alone.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)
    assert alone.model_of([]).parameters == pytest.approx(plain.parameters, rel=1e-5)


def test_a_trait_all_customers_share_is_said_to_be_undetermined():
    model = fit_traits(cells()[:1], [[1.0]], ("member",))
    assert "member on alpha" in model.note
    assert np.isfinite(model.effects).all()


def test_a_model_with_traits_comes_back_from_json():
    model = fit_traits(cells(), CELLS, ("social", "member"))
    assert TraitModel.from_json(json.loads(json.dumps(model.to_json()))) == model


def test_traits_are_checked():
    with pytest.raises(ValueError, match="shape"):
        fit_traits(cells(), CELLS, ("social",))
    with pytest.raises(ValueError, match="expected the traits social, member"):
        fit_traits(cells(), CELLS, ("social", "member")).model_of([1.0])


def test_cells_nobody_came_back_to_are_refused_in_words():
    with pytest.raises(NotConverged, match="second time"):
        fit_traits([Histories.of(0, 0, 10), Histories.of(0, 0, 20)], [[0.0], [1.0]], ("social",))
