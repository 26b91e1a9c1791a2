"""The model a shop was made with is chosen, and the table says how all fared."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.purchases import Histories, choose, fit_beta_geometric
from tests.predict.purchases.simulated import beta_geometric_shop, pareto_shop


def _ages(count: int, chance: np.random.Generator) -> np.ndarray:
    return chance.uniform(20, 104, count)


@pytest.mark.parametrize(("modified", "k"), [(True, 3), (True, 1), (False, 2), (True, 6)])
def test_the_planted_regularity_and_way_of_leaving_are_chosen(modified, k):
    chance = np.random.default_rng(100 * k + modified)
    made = beta_geometric_shop(1.5, 3.0 / k, 1.0, 2.0, _ages(2500, chance), chance, modified=modified, k=k, horizon=0)
    choice = choose(made.histories)
    assert (choice.model.modified, choice.model.k) == (modified, k)


def test_pareto_nbd_is_chosen_where_customers_leave_between_orders():
    chance = np.random.default_rng(3)
    made = pareto_shop(2.0, 2.0, 2.5, 40.0, _ages(4000, chance), chance, horizon=0)
    assert choose(made.histories).model.label == "Pareto/NBD"


def test_the_table_is_sorted_and_holds_the_fits_own_log_likelihoods():
    chance = np.random.default_rng(4)
    made = beta_geometric_shop(1.5, 1.0, 1.0, 2.0, _ages(600, chance), chance, modified=True, k=3, horizon=0)
    choice = choose(made.histories)
    values = [score.log_likelihood for score in choice.scores]
    assert values == sorted(values, reverse=True)
    assert choice.scores[0].label == choice.model.label
    told = {score.label: score.log_likelihood for score in choice.scores}
    assert told["BG/CNBD-2"] == fit_beta_geometric(made.histories, modified=False, k=2).log_likelihood


def test_regularity_is_not_tried_where_the_gaps_are_unknown():
    labels = {score.label for score in choose(Histories.of([0, 1, 3], [0, 5, 20], [30, 30, 30], [70, 20, 10])).scores}
    assert labels == {"BG/NBD", "MBG/NBD", "Pareto/NBD"}


def test_only_the_named_candidates_are_tried():
    rows = Histories.of([0, 1, 3], [0, 5, 20], [30, 30, 30], [70, 20, 10])
    assert [score.label for score in choose(rows, ("BG/NBD",)).scores] == ["BG/NBD"]
