"""LTV curves of shops whose true mean is known."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from okaeri.lib.periods import EPOCH, day_number
from okaeri.measure.ltv_curve import ltv_curve
from okaeri.schema.measured.history import customer_history, purchases
from okaeri.schema.rules import Rules
from okaeri.schema.types import ibis_schema

AS_OF = date(2026, 1, 1)
SHOPS, CUSTOMERS, SPAN = 200, 400, 800
RULES = Rules(horizons=(30, 90, 180, 365, 730))


def customers(chance: np.random.Generator, count: int) -> pd.DataFrame:
    """Orders, one a row: rates from a gamma, lifetimes from an exponential, skewed spending, whatever was observed."""
    rate, life = chance.gamma(1.0, 1 / 60, count), chance.exponential(300, count)
    spend = chance.lognormal(8, 0.6, count)
    orders = chance.poisson(rate * np.minimum(life, 730))
    who = np.concatenate([np.arange(count), np.repeat(np.arange(count), orders)])
    age = np.floor(chance.uniform(0, np.minimum(life, 730)[who])).astype(int)
    age[:count] = 0
    return pd.DataFrame({"who": who, "age": age, "value": spend[who] * chance.lognormal(0, 0.5, len(who))})


def true_ltv() -> dict[int, float]:
    """Means of a million customers, all observed to the end: their own error is a fiftieth of a small shop's."""
    chance = np.random.default_rng(99)
    parts = [customers(chance, 100_000) for _ in range(10)]
    return {days: sum(part.value[part.age <= days].sum() for part in parts) / 1_000_000 for days in RULES.horizons}


def small_shops() -> tuple[ibis.Table, ibis.Table]:
    """200 shops as 200 regions, their customers new on any of 800 days: the last two horizons are much censored."""
    chance = np.random.default_rng(7)
    count = SHOPS * CUSTOMERS
    observed = chance.integers(1, SPAN + 1, count)
    orders = customers(chance, count)
    orders = orders[orders.age < observed[orders.who]]
    end = day_number(AS_OF)
    bought = pd.DataFrame({
        "customer_id": orders.who.astype(str), "order_id": np.arange(len(orders)).astype(str), "age": orders.age,
        "order_day": end - observed[orders.who] + orders.age, "order_no": 1, "is_purchase": True, "store": "own",
        "revenue": orders.value, "gross_profit": orders.value * 0.5,
    })  # fmt: skip
    who = np.arange(count)
    people = pd.DataFrame({
        "customer_id": who.astype(str), "first_day": end - observed, "last_day": end - observed, "order_count": 1,
        "cohort_month": 0, "observed_days": observed, "order_days": 1, "acquired_via": "ad",
        "region": (who % SHOPS).astype(str), "acquisition_cost": 1000.0,
    })  # fmt: skip
    return _table(bought, purchases), _table(people, customer_history)


def _table(rows: pd.DataFrame, table) -> ibis.Table:
    """``rows`` in the table's schema; columns left out are empty."""
    schema = ibis.schema(ibis_schema(table)).to_pyarrow()
    columns = [
        pa.array(rows[field.name], field.type, from_pandas=True)
        if field.name in rows
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return ibis.memtable(pa.table(columns, names=schema.names))


@pytest.mark.slow
def test_the_interval_covers_the_true_mean_in_90_to_99_of_100_small_shops():
    bought, people = small_shops()
    curve = ibis.duckdb.connect(threads=2).to_pandas(ltv_curve(bought, people, rules=RULES))
    rows = curve[(curve.dimension == "region") & (curve.value_kind == "revenue")]
    for days, truth in true_ltv().items():
        at = rows[rows.age_days == days]
        assert len(at) == SHOPS
        covered = ((at.low <= truth) & (truth <= at.high)).mean()
        assert 0.90 <= covered <= 0.99, (days, covered)
        # the estimate is right on average, though most customers are younger than the later horizons
        spread = at.ltv.std() / np.sqrt(SHOPS)
        assert abs(at.ltv.mean() - truth) < 4 * spread, days


def test_a_young_customer_speaks_only_for_the_ages_it_has_reached():
    """Two old customers worth 100 + 50 by day 30, one ten days old worth 400: (600 / 3) + (100 / 2)."""
    old = [(name, age, value) for name in ("a", "b") for age, value in ((0, 100.0), (30, 50.0))]
    orders = pd.DataFrame([*old, ("c", 0, 400.0)], columns=["customer_id", "age", "revenue"])
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "observed_days": [31, 40, 10]})
    people = people.assign(first_day=day_number(AS_OF) - people.observed_days, acquired_via="ad")
    people["cohort_month"] = (EPOCH + timedelta(days=int(people.first_day[0]))).year * 12
    orders = orders.assign(order_id=orders.index.astype(str), is_purchase=True, order_day=0, store="own")
    curve = ibis.duckdb.connect().to_pandas(
        ltv_curve(_table(orders, purchases), _table(people, customer_history), rules=Rules(horizons=(30,)))
    )
    rows = curve[(curve.dimension == "all") & (curve.value_kind == "revenue")].set_index("age_days")
    assert rows.ltv[7] == 200.0
    assert rows.ltv[14] == 200.0
    assert rows.ltv[30] == 250.0
    assert rows.n.to_dict() == {0: 3, 7: 3, 14: 2, 30: 2}
    assert curve[curve.value_kind == "gross_profit"].ltv.isna().all()
    # day 0: values 100, 100, 400
    assert rows.standard_error[0] == pytest.approx(np.std([100, 100, 400], ddof=1) / np.sqrt(3))
