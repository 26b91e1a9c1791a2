"""Personas are found where they were planted, and keep their faces."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predict.personas import find, standard, strongest
from okaeri.schema.measured.personas import FACES, TRAITS

NAMES = tuple(TRAITS)


def crowd(sizes: dict[str, int], seed: int = 0, spread: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Customers around faces, in made-up units, and which face each was drawn from."""
    chance = np.random.default_rng(seed)
    faces = [[FACES[face].get(name, 0.0) for name in NAMES] for face in sizes]
    whose = np.repeat(list(sizes), list(sizes.values()))
    points = np.repeat(np.array(faces), list(sizes.values()), axis=0)
    return (points + chance.normal(0, spread, points.shape)) * np.arange(1, len(NAMES) + 1) + 5.0, whose


PLANTED = {"newcomer": 300, "regular": 200, "bargain_hunter": 100, "subscriber": 150, "sleeper": 400}


def test_planted_faces_are_found_and_named():
    traits, whose = crowd(PLANTED)
    found = find(traits, NAMES, FACES, 5)
    assert set(found.names) == set(PLANTED)
    told = np.array(found.names)[found.nearest(traits)]
    assert (told == whose).mean() > 0.97


@pytest.mark.parametrize("seed", range(5))
def test_other_customers_of_the_same_kinds_have_the_same_faces(seed):
    before, after = (find(crowd(PLANTED, seed=s)[0], NAMES, FACES, 6) for s in (seed, seed + 100))
    shared = set(before.names) & set(after.names)
    assert set(PLANTED) <= shared
    for face in PLANTED:
        one, other = (found.centres[found.names.index(face)] for found in (before, after))
        assert np.abs(one - other).max() < 0.35, face


def test_no_more_personas_than_asked_for_and_none_too_small():
    traits, _ = crowd({"newcomer": 500, "regular": 480, "subscriber": 5})
    found = find(traits, NAMES, FACES, 6)
    shares = np.bincount(found.nearest(traits), minlength=len(found.names)) / len(traits)
    assert len(found.names) == len(set(found.names)) <= 6
    assert shares.min() >= 0.02
    assert len(find(traits, NAMES, FACES, 2).names) == 2


def test_what_is_not_known_counts_as_average_and_one_customer_is_one_persona():
    traits, _ = crowd(PLANTED)
    traits[::2, NAMES.index("feeling")] = np.nan
    found = find(traits, NAMES, FACES, 5)
    assert set(found.names) == set(PLANTED)
    assert np.isfinite(found.centres).all()
    assert (standard(traits, found.means, found.scales)[::2, NAMES.index("feeling")] == 0).all()
    alone = find(np.full((1, len(NAMES)), np.nan), NAMES, FACES, 6)
    assert len(alone.names) <= 6


def test_the_strongest_traits_are_those_furthest_from_average():
    assert strongest(np.array([0.1, -2.0, 1.5, 0.0, 1.9])).tolist() == [1, 4, 2]
