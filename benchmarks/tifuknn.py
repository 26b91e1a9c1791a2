"""TIFUKNN: next baskets from a customer's own decayed item frequencies and those of the nearest customers.

Hu, He, Gao and Zhang (SIGIR 2020), "Modeling Personalized Item Frequency Information for Next-basket Recommendation".
Baskets 1 .. n of a customer are cut into G groups in order; sizes differ by at most one, the larger ones last. With
b the basket, g its group of s baskets, both counted from 1:

    vector = 1 / G x sum over baskets of group_decay^(G - g) x within_decay^(n - b) / s x basket
    prediction = alpha x vector + (1 - alpha) x mean vector of the k nearest other customers (Euclid)

Fewer than G baskets are a group each, their mean over n while the decay still counts to G. As in the program the
authors published, the decay within groups runs over the whole history (the paper writes it within each group).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


@dataclass(frozen=True)
class Setting:
    """Numbers of the method; ``PUBLISHED`` are those the authors give for Ta-Feng."""

    neighbours: int = 300
    within_decay: float = 0.9
    group_decay: float = 0.7
    alpha: float = 0.7
    groups: int = 7


PUBLISHED = Setting()
#: Shapes of decay tried on a previous basket, each with all neighbours and alphas.
DECAYS = ((0.9, 0.7, 7), (0.9, 0.9, 7), (0.9, 0.6, 3), (0.95, 0.95, 7), (1.0, 0.9, 7), (0.97, 0.9, 10), (1.0, 1.0, 1))
NEIGHBOURS = (100, 300, 900)
ALPHAS = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.9)


def basket_weights(baskets: int, setting: Setting) -> NDArray[np.float64]:
    """What each basket of a customer with so many counts, shape (baskets,), the oldest first."""
    count = setting.groups
    if baskets < count:
        sizes = np.ones(baskets, int)
    else:
        small, larger = divmod(baskets, count)
        sizes = np.array([small] * (count - larger) + [small + 1] * larger)
    group = np.repeat(np.arange(len(sizes)), sizes)
    within = setting.within_decay ** np.arange(baskets - 1, -1, -1)
    return within / sizes[group] * setting.group_decay ** (count - 1 - group) / len(sizes)


def vectors(
    customer: NDArray[np.int64], visit: NDArray[np.int64], product: NDArray[np.int64], shape: tuple[int, int],
    setting: Setting,
) -> sp.csr_matrix:  # fmt: skip
    """One row per customer 0 .. n - 1 of lines (customer, visit from 1, product)."""
    last = np.zeros(shape[0], int)
    np.maximum.at(last, customer, visit)
    table = np.zeros((last.max() + 1, last.max() + 1))
    for count in np.unique(last[last > 0]):
        table[count, 1 : count + 1] = basket_weights(int(count), setting)
    return sp.csr_matrix((table[last[customer], visit], (customer, product)), shape=shape)


def neighbourhoods(rows: sp.csr_matrix, asked: NDArray[np.int64], neighbours: Iterable[int], chunk: int = 1000) -> Iterator[
    tuple[NDArray[np.int64], dict[int, sp.csr_matrix]]
]:  # fmt: skip
    """For parts of ``asked`` customers: the mean vector of so many nearest others, by their number."""
    turned = rows.T.tocsr()
    squares = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    counts = sorted(min(count, rows.shape[0] - 1) for count in neighbours)
    for start in range(0, len(asked), chunk):
        part = asked[start : start + chunk]
        distance = squares[None, :] - 2 * (rows[part] @ turned).toarray()
        distance[np.arange(len(part)), part] = np.inf
        nearest = np.argpartition(distance, [count - 1 for count in counts], axis=1)
        yield part, {count: _mean(rows, nearest[:, :count]) for count in counts}


def _mean(rows: sp.csr_matrix, which: NDArray[np.int64]) -> sp.csr_matrix:
    count = which.shape[1]
    picked = (np.full(which.size, 1 / count), which.ravel(), np.arange(0, which.size + 1, count))
    return sp.csr_matrix(picked, shape=(len(which), rows.shape[0])) @ rows


def best(scores: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The ``most`` products of each row with the highest scores, best first, ties by number; -1 where none is above 0."""
    top = np.sort(np.argpartition(-scores, 2 * most, axis=1)[:, : 2 * most], axis=1)
    values = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(values, order, axis=1) > 0, np.take_along_axis(top, order, axis=1), -1)


def recommended(rows: sp.csr_matrix, asked: NDArray[np.int64], setting: Setting, most: int) -> NDArray[np.int64]:
    """Products of each asked customer, best first: shape (asked, most)."""
    lists = []
    for part, means in neighbourhoods(rows, asked, [setting.neighbours]):
        mixed = setting.alpha * rows[part] + (1 - setting.alpha) * next(iter(means.values()))
        lists.append(best(mixed.toarray(), most))
    return np.concatenate(lists)
