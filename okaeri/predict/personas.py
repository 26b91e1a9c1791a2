"""Customers in groups with a face: k-means whose centres are drawn to faces a shop knows, and so keep them.

Ordinary k-means (Lloyd 1982) begins at random and names its groups afterwards, so that after every refresh a group is
another one, or has another name. Here each centre belongs to a face (see ``schema.measured.personas``): it is the mean
of its n_j customers and of its face, the latter with the weight of :data:`ANCHOR` of an average group's customers (the
mean of a normal prior at the face). Faces never change, so personas are matched from month to month by what they are.
Of the faces, the shop's number are kept, those with most customers, if they hold their share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Traits further out than this many standard deviations count so far.
REACH = 3.0
#: A face holds at least this share of customers.
LEAST_SHARE = 0.02
#: Weight of a face in its centre, as a share of the customers of an average group.
ANCHOR = 1.0
ROUNDS = 100


@dataclass(frozen=True)
class Personas:
    """Faces found: ``names`` (k,), ``centres`` (k, t) in standard deviations from ``means`` (t,), with ``scales`` (t,)."""

    names: tuple[str, ...]
    centres: Floats
    means: Floats
    scales: Floats

    def nearest(self, traits: Floats) -> NDArray[np.intp]:
        """The place of each customer's face, (n,), for ``traits`` (n, t); NaN is average."""
        return _distances(standard(traits, self.means, self.scales), self.centres).argmin(axis=1)


def find(traits: Floats, names: tuple[str, ...], faces: Mapping[str, Mapping[str, float]], most: int) -> Personas:
    """At most ``most`` personas of customers with ``traits`` (n, t), columns by ``names``; NaN is not known."""
    known = ~np.isnan(traits)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, traits, 0.0).sum(axis=0) / counts
    spread = np.sqrt((np.where(known, traits - means, 0.0) ** 2).sum(axis=0) / counts)
    scales = np.where(spread > 1e-9, spread, 1.0)
    points = standard(traits, means, scales)
    start = np.array([[face.get(name, 0.0) for name in names] for face in faces.values()])
    sizes = np.bincount(_distances(points, _drawn(points, start)).argmin(axis=1), minlength=len(start))
    largest = np.argsort(-sizes, kind="stable")[:most]
    kept = np.sort([place for place in largest if sizes[place] >= LEAST_SHARE * len(points)])
    return Personas(tuple(np.array(list(faces))[kept].tolist()), _drawn(points, start[kept]), means, scales)


def standard(traits: Floats, means: Floats, scales: Floats) -> Floats:
    """Standard deviations from the mean, within the reach; 0 where not known."""
    return np.nan_to_num(np.clip((traits - means) / scales, -REACH, REACH), nan=0.0)


def strongest(centre: Floats, most: int = 3) -> NDArray[np.intp]:
    """Places of the traits furthest from the average, the furthest first."""
    return np.argsort(-np.abs(centre), kind="stable")[:most]


def _drawn(points: Floats, faces: Floats) -> Floats:
    """Centres between the faces and their customers, moved until nothing changes."""
    centres, anchor = faces, ANCHOR * len(points) / len(faces)
    for _ in range(ROUNDS):
        nearest = _distances(points, centres).argmin(axis=1)
        sizes = np.bincount(nearest, minlength=len(faces))
        sums = np.stack([np.bincount(nearest, column, len(faces)) for column in points.T], axis=1)
        moved = (sums + anchor * faces) / (sizes + anchor)[:, None]
        if np.allclose(moved, centres, rtol=0, atol=1e-9):
            break
        centres = moved
    return centres


def _distances(points: Floats, centres: Floats) -> Floats:
    """Squared, (n, k)."""
    return np.square(points[:, None, :] - centres[None, :, :]).sum(axis=2)
