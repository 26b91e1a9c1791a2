"""Each item's nearest others by cosine over baskets, on one machine: the lists of the table ``also_bought`` without SQL.

With X the sparse matrix of baskets and items, 1 where a basket holds an item, X'X counts the baskets that hold both and
cosine = count / sqrt(n_i n_j). X'X is made a few items at a time, and of each only the nearest are kept: memory is that
of X twice, plus one block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Ints = NDArray[np.int64]

#: Products of two items looked at in one block: what a block's memory grows with.
BLOCK = 20_000_000


@dataclass(frozen=True)
class ItemPairs:
    """Lists of all items one after the other, each from the nearest on: arrays (n,).

    ``item`` and ``other`` are numbers of items, ``count`` the baskets with both.
    """

    item: Ints
    other: Ints
    count: Ints
    cosine: NDArray[np.float64]


def item_pairs(baskets: ArrayLike, items: ArrayLike, most: int = 50, fewest: int = 1) -> ItemPairs:
    """The ``most`` nearest others of each item, among those together in at least ``fewest`` baskets.

    ``baskets`` and ``items`` (n,) are whole numbers from 0, one pair per item of a basket; an item twice in a basket
    counts once. Ties go to the smaller number.
    """
    held = _held(np.asarray(baskets), np.asarray(items))
    by_item = held.T.tocsr()
    size = np.diff(by_item.indptr).astype(float)
    parts = [_nearest(by_item[start:end] @ held, start, size, most, fewest) for start, end in _blocks(by_item, held)]
    if not parts:
        none = np.empty(0, np.int64)
        return ItemPairs(none, none, none, np.empty(0))
    item, other, count, cosine = (np.concatenate(column) for column in zip(*parts, strict=True))
    return ItemPairs(item.astype(np.int64), other.astype(np.int64), count.astype(np.int64), cosine)


def _held(baskets: NDArray[np.int64], items: NDArray[np.int64]) -> sparse.csr_array:
    """Baskets x items, 1 where a basket holds an item; counts fit 32 bits."""
    shape = (int(baskets.max()) + 1, int(items.max()) + 1) if len(baskets) else (0, 0)
    held = sparse.csr_array((np.ones(len(items), np.int32), (baskets, items)), shape=shape)
    held.sum_duplicates()
    held.data[:] = 1
    return held


def _blocks(by_item: sparse.csr_array, held: sparse.csr_array) -> list[tuple[int, int]]:
    """Ranges of items, each with about :data:`BLOCK` products to count."""
    work = np.cumsum(by_item @ np.diff(held.indptr).astype(np.int64))
    if not len(work):
        return []
    marks = np.searchsorted(work, np.arange(BLOCK, work[-1] + BLOCK, BLOCK))
    ends = np.unique(np.minimum(marks + 1, len(work)))
    return list(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True))


def _nearest(
    both: sparse.csr_array, start: int, size: NDArray[np.float64], most: int, fewest: int
) -> tuple[Ints, Ints, Ints, NDArray[np.float64]]:
    """Of a block of rows of X'X, from item ``start`` on, the nearest of each row."""
    row = np.repeat(np.arange(start, start + both.shape[0]), np.diff(both.indptr))
    kept = (both.indices != row) & (both.data >= fewest)
    row, other, count = row[kept], both.indices[kept], both.data[kept]
    cosine = count / np.sqrt(size[row] * size[other])
    kept = _shortened(row - start, cosine, both.shape[0], most)
    row, other, count, cosine = row[kept], other[kept], count[kept], cosine[kept]
    order = np.lexsort((other, -np.rint(cosine * 1e9), row))
    row, other, count, cosine = row[order], other[order], count[order], cosine[order]
    first = np.searchsorted(row, row)
    near = np.arange(len(row)) - first < most
    return row[near], other[near], count[near], cosine[near]


def _shortened(row: Ints, cosine: NDArray[np.float64], rows: int, most: int) -> NDArray[np.bool_]:
    """Which to sort at all: in each row those as near as its ``most``-th nearest, found without sorting the rest."""
    ends = np.cumsum(np.bincount(row, minlength=rows))
    least = np.zeros(rows)
    for number, (begin, end) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)):
        if end - begin > most:
            least[number] = np.partition(cosine[begin:end], end - begin - most)[end - begin - most]
    return cosine >= least[row] - 1e-9
