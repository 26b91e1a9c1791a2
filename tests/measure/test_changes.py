"""Why sales and LTV moved: the parts add up to the whole change, which is that of the tables at the two dates."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import cache
from itertools import permutations

import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.measure.existing_value import existing_value
from okaeri.measure.forecast_total import forecast_total
from okaeri.measure.products_of_factors import effects
from okaeri.schema.rules import Rules
from tests.measure import value_shop
from tests.measure.shops import measured
from tests.measure.value_truth import Truth

RULES = Rules(horizons=(30, 365), conversion_window=120, attribute_dimensions=("skin",))
WINDOWS = (7, 90)
TABLES = ("sales_months", "sales_change", "ltv_change", "newcomer_months", "ltv_parts")


@cache
def shop():
    facts = value_shop.shop(customers=400)
    return measured(facts, value_shop.AS_OF, rules=RULES, wanted=TABLES), Truth(facts, value_shop.AS_OF)


def frame(name: str) -> pd.DataFrame:
    return pd.DataFrame(shop()[0][name].to_pylist())


@cache
def ltv_at(days_ago: int) -> pd.DataFrame:
    """ltv_parts measured as of an earlier day, as ``okaeri show --as-of`` would."""
    facts = value_shop.shop(customers=400)
    day = value_shop.AS_OF - timedelta(days=days_ago)
    return pd.DataFrame(measured(facts, day, rules=RULES, wanted=("ltv_parts",))["ltv_parts"].to_pylist())


def year(parts: pd.DataFrame, kind: str) -> pd.DataFrame:
    return parts[(parts.horizon_days == 365) & (parts.value_kind == kind)]


factor = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))


@given(moves=st.lists(st.tuples(factor, factor), min_size=2, max_size=3))
def test_effects_of_factors_add_up_and_are_the_mean_over_all_orders_of_moving(moves):
    def product(moved: set[int]) -> float:
        value = 1.0
        for place, (before, now) in enumerate(moves):
            value *= now if place in moved else before
        return value

    orders = list(permutations(range(len(moves))))
    expected = [
        sum(product({*order[: order.index(place) + 1]}) - product({*order[: order.index(place)]}) for order in orders)
        / len(orders)
        for place in range(len(moves))
    ]
    # plain numbers go through the same formula as columns do
    told = effects(*moves) if len(moves) == 3 else effects(*moves, (1.0, 1.0))[:2]
    assert told == pytest.approx(expected, rel=1e-9, abs=1e-3)
    assert sum(told) == pytest.approx(product({0, 1, 2}) - product(set()), rel=1e-9, abs=1e-3)


def test_effects_of_two_columns_add_up():
    rows = ibis.memtable({"a": [2.0], "b": [3.0], "c": [10.0], "d": [20.0]})
    one, other = effects((rows.a, rows.b), (rows.c, rows.d))
    told = rows.select(one=one, other=other).to_pyarrow().to_pylist()[0]
    assert told == {"one": 15.0, "other": 25.0}


@pytest.mark.parametrize("days", WINDOWS)
def test_parts_of_the_change_of_sales_add_up_to_it_in_every_dimension(days):
    rows = frame("sales_change").query("window_days == @days")
    orders = shop()[1].orders
    ages = (pd.Timestamp(value_shop.AS_OF) - orders.day).dt.days
    now, before = orders[ages <= days].value.sum(), orders[(ages > days) & (ages <= 2 * days)].value.sum()
    assert now != before
    for dimension, own in rows.groupby("dimension"):
        assert own.effect.sum() == pytest.approx(now - before, abs=1e-6), dimension
        whole = own.drop_duplicates("segment")
        assert whole.revenue_now.sum() == pytest.approx(now), dimension
        for _, one in own.groupby("segment"):
            first = one.iloc[0]
            assert one.effect.sum() == pytest.approx(first.revenue_now - first.revenue_before, abs=1e-6)


@pytest.mark.parametrize("days", WINDOWS)
def test_levels_of_the_parts_are_counted_from_orders(days):
    rows = frame("sales_change").query("window_days == @days and dimension == 'all'").set_index("part")
    orders = shop()[1].orders
    bought = orders[orders.bought].assign(ago=(pd.Timestamp(value_shop.AS_OF) - orders.day).dt.days)
    for level, late, early in (("level_now", 0, days), ("level_before", days, 2 * days)):
        inside = bought[(bought.ago > late) & (bought.ago <= early)]
        first, second, later = (
            inside[inside.number == 1], inside[inside.number == 2], inside[inside.number > 2]
        )  # fmt: skip
        had_first = set(bought[(bought.number == 1) & (bought.ago > late)].customer_id)
        had_second = set(bought[(bought.number == 2) & (bought.ago > early)].customer_id)
        by_end = set(bought[(bought.number == 2) & (bought.ago > late)].customer_id)
        assert rows.loc["newcomers", level] == len(first)
        assert rows.loc["candidates", level] == len(had_first - had_second) + len(by_end)
        assert rows.loc["f2_rate", level] == pytest.approx(len(second) / len(had_first - had_second))
        assert rows.loc["repeat_rate", level] == pytest.approx(len(later) / len(by_end))
        assert rows.loc["order_value", level] == pytest.approx(inside.value.mean())


@pytest.mark.parametrize("kind", ["revenue", "gross_profit"])
@pytest.mark.parametrize("days", WINDOWS)
def test_parts_of_the_change_of_ltv_add_up_to_what_the_tables_of_both_days_say(days, kind):
    rows = frame("ltv_change").query("window_days == @days and value_kind == @kind")
    now, before = (year(ltv_at(ago), kind).contribution.sum() for ago in (0, days))
    assert now != pytest.approx(before, abs=1e-6)
    dimensions = set(rows.dimension)
    cuts = {"all", "acquired_via", "campaign", "store", "first_product", "region", "age_band", "attributes.skin"}
    assert dimensions == cuts
    for dimension, own in rows.groupby("dimension"):
        assert own.effect.sum() == pytest.approx(now - before, abs=1e-6), dimension


@pytest.mark.parametrize("days", WINDOWS)
def test_what_each_kpi_did_to_ltv_is_the_mean_over_all_orders_of_moving(days):
    """Everybody as one segment, worked out by moving the KPIs of both days' ltv_parts one after the other."""
    told = frame("ltv_change").query("window_days == @days and value_kind == 'revenue' and dimension == 'all'")
    told = told.set_index("part").effect
    before, now = (year(ltv_at(ago), "revenue").set_index("order_no") for ago in (days, 0))
    top = int(now.index.max())

    def factors(parts: pd.DataFrame, other: pd.DataFrame):
        second = parts.reach_rate.get(2, 0.0)
        on = {k: parts.reach_rate.get(k, 0.0) / second for k in range(3, top + 1)}
        value = {k: parts.order_value.get(k, other.order_value.get(k)) for k in range(1, top + 1)}
        return {"f2_rate": second, "repeat_rate": on, "order_value": value}

    sides = factors(before, now), factors(now, before)

    def ltv(moved: set[str]) -> float:
        f2, on, value = (sides[name in moved][name] for name in ("f2_rate", "repeat_rate", "order_value"))
        return value[1] + f2 * (value[2] + sum(on[k] * value[k] for k in on))

    names = ("f2_rate", "repeat_rate", "order_value")
    for name in names:
        orders = list(permutations(names))
        mean = sum(
            ltv({*order[: order.index(name) + 1]}) - ltv({*order[: order.index(name)]}) for order in orders
        ) / len(orders)
        assert told[name] == pytest.approx(mean, abs=1e-6)
    assert told["mix"] == pytest.approx(0.0, abs=1e-9)


def test_a_segment_that_grows_and_is_worth_more_lifts_ltv_by_its_share():
    rows = frame("ltv_change").query("window_days == 90 and value_kind == 'revenue' and dimension == 'acquired_via'")
    mix = rows[rows.part == "mix"]
    share_before, share_now = mix.n_before / mix.n_before.sum(), mix.n_now / mix.n_now.sum()
    mean = ((mix.ltv_before * share_before).sum() + (mix.ltv_now * share_now).sum()) / 2
    expected = (share_now - share_before) * ((mix.ltv_before + mix.ltv_now) / 2 - mean)
    assert mix.effect.to_list() == pytest.approx(expected.to_list(), abs=1e-9)
    assert (mix.level_now - share_now).abs().max() < 1e-12


def test_months_of_sales_hold_every_order_and_every_candidate():
    rows = frame("sales_months").set_index("month")
    orders = shop()[1].orders
    months = orders.day.dt.strftime("%Y-%m")
    assert rows.revenue.to_dict() == pytest.approx(orders.groupby(months).value.sum().to_dict())
    parts = rows[["first_revenue", "second_revenue", "later_revenue", "credit_notes"]].sum(axis=1)
    assert parts.to_list() == pytest.approx(rows.revenue.to_list())
    assert rows.credit_notes.min() < 0
    bought = orders[orders.bought].assign(month=months)
    for month in rows.index[::5]:
        first = set(bought[(bought.number == 1) & (bought.month <= month)].customer_id)
        had_second = set(bought[(bought.number == 2) & (bought.month < month)].customer_id)
        second = set(bought[(bought.number == 2) & (bought.month <= month)].customer_id)
        assert rows.loc[month, "second_candidates"] == len(first - had_second)
        assert rows.loc[month, "later_candidates"] == len(second)
        assert rows.loc[month, "newcomers"] == ((bought.number == 1) & (bought.month == month)).sum()
    assert rows.is_over.to_dict() == {month: month < "2026-01" for month in rows.index}


def test_what_a_newcomer_brings_is_counted_over_months_that_are_over():
    rows = frame("newcomer_months").set_index(["month_offset", "order_no"])
    orders = shop()[1].orders
    number = orders.day.dt.year * 12 + orders.day.dt.month
    first = number.where(orders.number == 1).groupby(orders.customer_id).transform("min")
    offset, today = number - first, 2026 * 12 + 1
    for (month, order_no), row in rows.iterrows():
        same = (orders.number == order_no) if order_no else ~orders.bought
        chosen = orders[(offset == month) & same & (number < today)]
        assert row.revenue == pytest.approx(chosen.value.sum())
        assert row.n == (first[orders.number == 1] + month < today).sum()
    assert rows.index.get_level_values(0).max() == 24


def test_what_is_expected_of_those_who_came_back_and_those_who_did_not_adds_up():
    values = [
        ("a", 1, 0.5, 1.0, 3000.0), ("b", 1, 1.0, 0.2, 900.0), ("c", 1, None, 0.0, 0.0), ("d", 3, 0.9, 2.0, 8000.0),
    ]  # fmt: skip
    customers = ibis.memtable(
        [
            {"customer_id": name, "p_alive": alive, "expected_orders": orders, "residual_value": value}
            for name, _, alive, orders, value in values
        ],
        schema={
            "customer_id": "string",
            "p_alive": "float64",
            "expected_orders": "float64",
            "residual_value": "float64",
        },
    )
    history = ibis.memtable({"customer_id": [row[0] for row in values], "order_count": [row[1] for row in values]})
    once, again = sorted(
        existing_value(customers, history).to_pyarrow().to_pylist(), key=lambda row: row["has_repeated"]
    )
    assert (once["customer_count"], once["expected_orders"], once["residual_value"]) == pytest.approx((3, 1.2, 3900.0))
    assert (again["customer_count"], again["expected_orders"], again["residual_value"]) == pytest.approx(
        (1, 2.0, 8000.0)
    )


def test_the_forecast_of_all_customers_adds_chance_as_variances_and_what_moves_the_shop_at_once():
    error, sds, revenue = 0.1, (300.0, 500.0), (1000.0, 2000.0)
    ends = [value + 1.2815515655446004 * math.hypot(sd, error * value) for value, sd in zip(revenue, sds, strict=True)]
    rows = ibis.memtable({
        "period_no": [1, 1], "first_on": [value_shop.AS_OF] * 2, "last_on": [value_shop.AS_OF] * 2,
        "expected_orders": [1.0, 2.0], "expected_revenue": list(revenue), "high_80": ends,
    })  # fmt: skip
    level = ibis.memtable({"target": ["orders", "revenue"], "level_error": [0.9, error]})
    (row,) = forecast_total(rows, level).to_pyarrow().to_pylist()
    assert (row["expected_orders"], row["expected_revenue"]) == (3.0, 3000.0)
    assert row["chance_sd"] == pytest.approx(math.hypot(*sds))
    sd = math.hypot(*sds, error * 3000.0)
    assert row["high_95"] - 3000.0 == pytest.approx(1.959963984540054 * sd)
    assert 3000.0 - row["low_80"] == pytest.approx(1.2815515655446004 * sd)
