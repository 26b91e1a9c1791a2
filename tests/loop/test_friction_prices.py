"""What is known of the orders people speak of, before anything could befall them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from okaeri.loop.predictions.friction_prices import _before
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
