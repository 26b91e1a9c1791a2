"""Nearest items by cosine: against a dense matrix, however the work is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.predict import item_pairs as module
from okaeri.predict.item_pairs import item_pairs


def plain(baskets: np.ndarray, items: np.ndarray, most: int, fewest: int) -> dict[int, list[tuple[int, int, float]]]:
    """Per item its nearest others with counts and cosines, by a double loop over sets."""
    holding = [set(baskets[items == item].tolist()) for item in range(items.max() + 1)]
    lists = {}
    for one, mine in enumerate(holding):
        both = [(other, len(mine & theirs)) for other, theirs in enumerate(holding) if other != one]
        near = [
            (other, count, count / np.sqrt(len(mine) * len(holding[other])))
            for other, count in both
            if count >= max(fewest, 1)
        ]
        lists[one] = sorted(near, key=lambda row: (-round(row[2] * 1e9), row[0]))[:most]
    return lists


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 30, 10**6]), st.integers(1, 3), st.integers(1, 8))
def test_lists_equal_a_double_loop_whatever_the_size_of_a_block(seed, block, fewest, most):
    chance = np.random.default_rng(seed)
    rows = int(chance.integers(1, 200))
    baskets, items = chance.integers(0, 30, rows), chance.integers(0, 12, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        found = item_pairs(baskets, items, most, fewest)
    wanted = plain(baskets, items, most, fewest)
    for item, near in wanted.items():
        mine = found.item == item
        assert list(zip(found.other[mine].tolist(), found.count[mine].tolist(), strict=True)) == [
            (other, count) for other, count, _ in near
        ]
        assert found.cosine[mine] == pytest.approx([cosine for *_, cosine in near])
    assert len(found.item) == sum(map(len, wanted.values()))


def test_no_baskets_give_no_lists():
    assert len(item_pairs(np.empty(0, int), np.empty(0, int)).item) == 0
