"""RFM, its grid, bounds and movement, and deciles, against pandas."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.measure.plain import Buyer
from tests.measure.retail import SHOPS, measured_shop


def frame(people: dict[str, Buyer], as_of: date) -> pd.DataFrame:
    """Recency, orders and revenue per customer, steps by pandas.cut."""
    rows = pd.DataFrame(
        [(name, (as_of - b.last).days, len(b.orders), round(b.revenue, 2)) for name, b in people.items() if b.orders],
        columns=["customer_id", "recency", "orders", "revenue"],
    )
    rows["r"] = pd.cut(rows.recency, [-1, 29, 89, 179, 364, 10**6], labels=[5, 4, 3, 2, 1]).astype(int)
    rows["f"] = pd.cut(rows.orders, [0, 1, 2, 4, 9, 10**6], labels=[1, 2, 3, 4, 5]).astype(int)
    value = [-np.inf, 5000, 15000, 30000, 70000, np.inf]
    rows["m"] = pd.cut(rows.revenue, value, labels=[1, 2, 3, 4, 5], right=False).astype(int)
    rows["rank"] = pd.cut(rows.r + rows.f + rows.m, [2, 4, 7, 10, 12, 15], labels=list("EDCBA")).astype(str)
    return rows


def parts(rows: pd.DataFrame, by: list[str], rising: list[bool], count: int) -> pd.Series:
    """Equal groups by position after sorting, the first groups one larger where it does not divide (SQL's ntile)."""
    order = rows.sort_values(by, ascending=rising).index
    sizes = [len(rows) // count + (place < len(rows) % count) for place in range(count)]
    return pd.Series(np.repeat(range(1, count + 1), sizes), index=order)


@pytest.mark.parametrize("shop", SHOPS)
def test_steps_ranks_and_fifths_of_every_customer(shop):
    tables, people = measured_shop(*shop)
    expected = frame(people, shop[1])
    expected["r_quantile"] = parts(expected, ["recency", "customer_id"], [False, True], 5)
    expected["f_quantile"] = parts(expected, ["orders", "customer_id"], [True, True], 5)
    expected["m_quantile"] = parts(expected, ["revenue", "customer_id"], [True, True], 5)
    expected = expected.rename(columns={"recency": "recency_days", "orders": "order_count"}).set_index("customer_id")
    found = tables["rfm"].to_pandas().set_index("customer_id")
    pd.testing.assert_frame_equal(found[list(expected)], expected, check_like=True, check_dtype=False)


@pytest.mark.parametrize("shop", SHOPS)
def test_the_grid_sums_to_the_whole_and_to_pandas_groups(shop):
    tables, people = measured_shop(*shop)
    groups = frame(people, shop[1]).groupby(["r", "f", "m"])
    found = tables["rfm_grid"].to_pandas().set_index(["r", "f", "m"]).sort_index()
    assert found.customers.to_dict() == groups.size().to_dict()
    assert np.allclose(found.revenue, groups.revenue.sum().sort_index(), atol=0.05)
    assert np.allclose(found.mean_order_value, found.revenue / groups.orders.sum().sort_index())
    assert found.customer_share.sum() == pytest.approx(1)
    assert found.revenue_share.sum() == pytest.approx(1)


@pytest.mark.parametrize("shop", SHOPS)
def test_suggested_bounds_are_the_shops_own_fifths_made_readable(shop):
    tables, people = measured_shop(*shop)
    rows = frame(people, shop[1])
    columns = {"recency": rows.recency, "frequency": rows.orders, "value": rows.revenue}
    steps = {"recency": (5, 4, 3, 2), "frequency": (2, 3, 4, 5), "value": (2, 3, 4, 5)}
    found = tables["rfm_bounds"].to_pandas().set_index(["axis", "step"])
    assert list(found.loc["recency"].in_force[[5, 4, 3, 2]]) == [30, 90, 180, 365]
    for axis, values in columns.items():
        least = 2 if axis == "frequency" else 1
        for part, step in zip((0.2, 0.4, 0.6, 0.8), steps[axis], strict=True):
            row, quantile = found.loc[(axis, step)], np.quantile(values, part)
            least = max(least, _two_digits(quantile))
            assert row["quantile"] == pytest.approx(quantile)
            assert row.suggested == pytest.approx(least), (axis, step)
            least += 1


def _two_digits(value: float) -> float:
    if value <= 0:
        return 0.0
    unit = 10.0 ** max(len(str(int(value))) - 2, 0)
    return np.floor(value / unit + 0.5) * unit


@pytest.mark.parametrize("shop", SHOPS)
def test_movement_between_ranks(shop):
    tables, people = measured_shop(*shop)
    then = shop[1] - timedelta(days=90)
    now = frame(people, shop[1]).set_index("customer_id")["rank"]
    before = frame({name: b.before(then) for name, b in people.items()}, then).set_index("customer_id")["rank"]
    moves = pd.DataFrame({"now": now, "then": before}).fillna({"then": "not_yet"}).value_counts(["then", "now"])
    found = tables["rfm_movement"].to_pandas().set_index(["from_class", "to_class"])
    assert found.customers.to_dict() == moves.to_dict()


@pytest.mark.parametrize("shop", SHOPS)
def test_deciles_are_equal_groups_by_revenue(shop):
    tables, people = measured_shop(*shop)
    rows = frame(people, shop[1])
    rows["decile"] = parts(rows, ["revenue", "customer_id"], [False, True], 10)
    found = dict(zip(*tables["decile"].select(["customer_id", "decile"]).to_pydict().values(), strict=True))
    assert found == rows.set_index("customer_id").decile.to_dict()
    summary = tables["decile_summary"].to_pandas().set_index("decile").sort_index()
    revenue = rows.groupby("decile").revenue.sum()
    assert np.allclose(summary.revenue, revenue, atol=0.05)
    assert np.allclose(summary.cumulative_share, (revenue / revenue.sum()).cumsum())
    assert summary.customers.max() - summary.customers.min() <= 1
    assert summary.orders.sum() == rows.orders.sum()
