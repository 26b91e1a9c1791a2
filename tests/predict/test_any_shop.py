"""Whatever customers did, the way from histories to values ends in sound numbers, or in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.predict.combining import Combination
from okaeri.predict.outlook import orders_by_quantile, outlook
from okaeri.predict.purchases import Histories, choose
from okaeri.predict.spend import FlatSpend
from okaeri.predict.spend import fit as fit_spend
from okaeri.schema.errors import NotConverged

NAMES = ("MBG/NBD", "BG/NBD")


@st.composite
def customers(draw: st.DrawFn) -> tuple[Histories, np.ndarray, np.ndarray]:
    """Up to 30 histories of customers with up to 500 orders each, many of one kind, and what these added up to."""
    rows = []
    for _ in range(draw(st.integers(1, 30))):
        age = draw(st.integers(0, 3000))
        last = draw(st.integers(0, age))
        x = draw(st.integers(1, min(last, 500))) if last else 0
        rows.append((x, last / 7, age / 7, draw(st.integers(1, 400))))
    histories = Histories.of(*np.array(rows, float).T)
    price = np.array(draw(st.lists(st.floats(0, 1e7), min_size=len(rows), max_size=len(rows))))
    return histories, histories.repeat_orders + 1, (histories.repeat_orders + 1) * price


def tried(fit: Callable[[], Any]) -> tuple[Any, str]:
    """A fit, or None and the sentence that says why there is none."""
    try:
        return fit(), ""
    except NotConverged as reason:
        return None, str(reason)


@settings(deadline=None, max_examples=60)
@given(customers(), st.sampled_from([1.0, 26.0, 52.0, 156.0]), st.floats(0, 1), st.floats(0.5, 2))
def test_values_are_finite_and_never_negative_or_a_sentence_says_why_there_are_none(shop, weeks, share, level):
    histories, orders, spent = shop
    model, reason = tried(lambda: choose(histories, NAMES).model)
    if model is None:
        assert reason.endswith(".")
        return
    found, reason = tried(lambda: fit_spend(orders, spent, histories.weight))
    assert found is not None or reason.endswith(".")
    spend = found or FlatSpend(float(histories.weight @ spent / (histories.weight @ orders)))
    expected, each = model.expected_orders(histories, weeks), spend.expected_order_value(orders, spent)
    law = outlook(
        orders_by_quantile(model, histories, weeks), np.arange(len(histories)), spend, orders, spent,
        np.random.default_rng(1),
    )  # fmt: skip
    combined = Combination(share, level).of(expected * each, spent)
    numbers = (model.p_alive(histories), expected, each, law.sd, combined, *law.bounds.values())
    assert all(np.isfinite(values).all() for values in numbers)
    assert all((values >= 0).all() for values in numbers)
    assert (law.bounds["low_95"] <= law.bounds["low_80"]).all()
    assert (law.bounds["low_80"] <= law.bounds["high_80"]).all()
    assert (law.bounds["high_80"] <= law.bounds["high_95"]).all()
    assert (model.p_alive(histories) <= 1 + 1e-12).all()
