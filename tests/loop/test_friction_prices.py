"""What is known of the orders people speak of, before anything could befall them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from okaeri.loop.predictions.friction_looks import STEP_NAMES
from okaeri.loop.predictions.friction_prices import ENOUGH, _before, _ordinary
from tests.loop.test_emotion_ltv import shop


def test_what_was_known_of_an_order_is_of_that_customer_and_of_no_later_order():
    rows = shop(2, 0.0).to_pylist()
    for at, row in enumerate(rows):
        row["revenue"] = 100.0 * (at % 7) + 50
    table = pa.Table.from_pylist(rows[::-1], schema=shop(2, 0.0).schema)
    wanted = [row["order_id"] for row in rows]
    found = _before(table, [*wanted, "of nobody"])
    spent: dict[str, list[float]] = {}
    for row, (gap, delivered, revenue) in zip(rows, found[:-1].tolist(), strict=True):
        spent.setdefault(row["customer_id"], []).append(row["revenue"])
        assert revenue == pytest.approx(np.log1p(np.mean(spent[row["customer_id"]])))
        assert delivered == 0.0
        if row["days_since_previous"] is None:
            assert np.isnan(gap)
        else:
            assert gap == pytest.approx(np.log(max(row["days_since_previous"], 1)))
    assert np.isnan(found[-1]).all()


def test_a_shop_without_orders_of_the_sample_knows_nothing_of_them():
    assert np.isnan(_before(shop(2, 0.0).slice(0, 0), ["x", "y"])).all()


@dataclass
class Said:
    """As much of what was looked at as the comparison asks for."""

    step: np.ndarray
    calm: np.ndarray
    asked: np.ndarray
    rows: list[dict]

    @property
    def signals(self) -> Said:
        return self


def said(count: int) -> Said:
    """``count`` answers of each of four steps; at use one product fails, its voices are the first ten."""
    step = np.repeat([STEP_NAMES.index(name) for name in ("delivery", "use", "support", "order")], count)
    calm = (step != STEP_NAMES.index("delivery")) & ~np.isin(np.arange(4 * count), np.arange(count, count + 10))
    rows = [{"step": "delivery", "is_friction": True}, {"step": "use", "is_friction": True}, {"step": "order", "is_friction": False}]  # fmt: skip
    return Said(step, calm, np.ones(4 * count, dtype=bool), rows)


def test_orders_are_compared_with_those_at_steps_where_nothing_is_wrong_and_nothing_need_have_happened():
    taken = said(ENOUGH)
    own = taken.step == STEP_NAMES.index("delivery")
    assert {STEP_NAMES[step] for step in taken.step[_ordinary(taken, own)]} == {"order"}


def test_where_that_leaves_too_few_the_calm_ones_of_other_steps_are_compared_with_too():
    taken = said(ENOUGH - 1)
    own = taken.step == STEP_NAMES.index("delivery")
    rest = _ordinary(taken, own)
    assert {STEP_NAMES[step] for step in taken.step[rest]} == {"order", "use"}
    assert rest.sum() == 2 * (ENOUGH - 1) - 10
    taken.calm[:] = False
    assert {STEP_NAMES[step] for step in taken.step[_ordinary(taken, own)]} == {"order", "use"}
