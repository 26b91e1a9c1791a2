"""Value where something is missing: the future, a cost, a trial, a customer's source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.schema.measured.value import TABLES
from okaeri.schema.rules import Rules
from tests.measure.shops import measured, order
from tests.measure.value_shop import AS_OF, shop
from tests.measure.value_truth import Truth, keyed

NAMES = tuple(table.name for table in TABLES)
RULES = Rules(horizons=(30, 365), conversion_window=60, ladder_top=4, attribute_dimensions=("skin",))


def rows_of(tables):
    """Every table as sorted rows of rounded values, to compare regardless of order."""
    return {name: sorted(repr([_rounded(value) for value in row.values()]) for row in table.to_pylist())
            for name, table in tables.items()}  # fmt: skip


def _rounded(value):
    return float(f"{value:.9g}") if isinstance(value, float) else value


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(100, 500))
def test_nothing_dated_at_or_after_as_of_changes_any_table(seed, back):
    """Orders from as_of on are scrambled, multiplied, cancelled and given to other people; costs and customers too."""
    as_of, facts, chance = AS_OF - timedelta(days=back), shop(customers=60), np.random.default_rng(seed)
    late = [row for row in facts["orders"] if row["order_date"] >= as_of]
    held = {row["order_id"] for row in facts["orders"]} - {row["order_id"] for row in late}
    assert late
    assert held
    changed = dict(facts)
    changed["orders"] = [row for row in facts["orders"] if row["order_date"] < as_of]
    for number in range(len(late) * 2):
        day = as_of + timedelta(days=int(chance.integers(0, 400)))
        name, amount = f"own:{chance.integers(90)}", float(chance.integers(-9000, 90000))
        changed["orders"].append(order(name, day.isoformat(), amount, f"late-{number}"))
    changed["order_lines"] = [row for row in facts["order_lines"] if row["order_id"] in held]
    changed["costs"] = [*facts["costs"], {"cost_id": "late", "spent_on": as_of, "acquired_via": "ad",
                                          "amount": Decimal(123456)}]  # fmt: skip
    newcomer = {"customer_id": "own:85", "first_seen_date": as_of, "first_seen_at": datetime(2026, 2, 1, tzinfo=UTC),
                "acquired_via": "ad", "region": "R9"}  # fmt: skip
    changed["customers"] = [*facts["customers"], newcomer]
    assert rows_of(measured(facts, as_of, rules=RULES, wanted=NAMES)) == rows_of(
        measured(changed, as_of, rules=RULES, wanted=NAMES)
    )


def test_gross_profit_is_stated_only_where_every_cost_is_known():
    facts = shop(customers=80, unknown_cost=0.02)
    tables, truth = measured(facts, AS_OF, rules=RULES, wanted=NAMES), Truth(facts, AS_OF)
    rows = keyed(tables["ltv_curve"], "dimension", "segment", "value_kind", "age_days")
    both = set()
    for cohort, people in truth.people.groupby("cohort"):
        orders = truth.orders[truth.orders.customer_id.isin(people.index)]
        for age in (0, 30, 90, 365):
            if (cohort_row := rows.get(("cohort_month", cohort, "gross_profit", age))) is None:
                continue
            # each step counts the customers observed through it
            steps = [step for name, _, _, step in rows if name == "cohort_month" and step <= age]
            end = orders.age.map(lambda days, steps=steps: min((s for s in steps if s >= days), default=10**6))
            counted = orders[(end <= age) & (orders.customer_id.map(people.observed) > end)]
            known = bool(counted.profit.notna().all())
            assert (cohort_row["ltv"] is not None) == known, (cohort, age)
            assert rows["cohort_month", cohort, "revenue", age]["ltv"] is not None
            both.add(known)
    assert both == {True, False}
    for row in tables["payback"].to_pylist():
        if row["limit_cpa"] is None and row["is_exact_day"]:
            assert row["low"] is None
    at = {row["kpi"]: row for row in tables["kpi_effect"].to_pylist()
          if row["value_kind"] == "gross_profit" and row["horizon_days"] == 365}  # fmt: skip
    assert at["f2_rate"]["effect"] is None
    assert at["f2_rate"]["ltv"] is None


def test_with_no_cost_anywhere_there_is_no_payback_and_no_limit():
    facts = shop(customers=30, unknown_cost=1.0) | {"costs": []}
    for row in facts["customers"]:
        row["acquisition_cost"] = None
    rows = measured(facts, AS_OF, rules=RULES, wanted=["payback"])["payback"].to_pylist()
    assert rows
    for row in rows:
        assert [row[name] for name in ("limit_cpa", "low", "high", "acquisition_cost", "cpo", "payback_day")] == [
            None
        ] * 6


def test_step_up_is_from_trial_to_main_product_and_f2_where_no_trial_is_sold():
    plain = measured(shop(trials=False), AS_OF, rules=RULES, wanted=["kpis", "payback"])
    rows = keyed(plain["kpis"], "cohort", "kpi")
    assert {row["basis"] for (_, kpi), row in rows.items() if kpi == "step_up_rate"} == {"first_order"}
    for cohort, kpi in rows:
        if kpi == "step_up_rate":
            second = rows[cohort, "f2_rate"]
            assert {**second, "kpi": kpi} == rows[cohort, kpi]
    assert all(row["cpo"] == row["acquisition_cost"] for row in plain["payback"].to_pylist())


def test_step_up_counts_trial_buyers_who_bought_a_main_product_within_the_window():
    facts = shop()
    tables, truth = measured(facts, AS_OF, rules=RULES, wanted=["kpis", "payback"]), Truth(facts, AS_OF)
    rows = keyed(tables["kpis"], "cohort", "kpi")
    bought = truth.orders[truth.orders.bought].merge(truth.lines[["order_id", "product_id"]], on="order_id")
    trial = bought[(bought.number == 1) & bought.product_id.isin(["T1", "T2"])].customer_id
    old = truth.people.index[truth.people.observed > RULES.conversion_window]
    main = bought[(bought.number > 1) & bought.product_id.isin(["C1", "C2", "P1"]) & (bought.age <= 60)].customer_id
    row = rows["all", "step_up_rate"]
    mature = set(trial) & set(old)
    assert row["basis"] == "trial"
    assert (row["n"], row["n_total"]) == (len(mature), trial.nunique())
    assert row["value"] == pytest.approx(len(mature & set(main)) / len(mature))
    assert 0 < row["value"] < rows["all", "f2_rate"]["value"]
    for paid in tables["payback"].to_pylist():
        if paid["dimension"] == "all":
            assert paid["cpo"] == pytest.approx(paid["acquisition_cost"] / row["value"])
        elif paid["dimension"] == "acquired_via":
            assert paid["cpo"] is None


def test_acquisition_cost_is_the_customers_own_else_the_sources_spending_per_buyer():
    day = "2025-03-01"
    via = {"own:1": "ad", "own:2": "ad", "own:3": "ad", "own:4": "social", "own:5": "social", "own:6": "organic"}
    campaigns = {"own:1": "spring", "own:2": "spring"}
    costs = [
        ("ad", None, 300, None), ("ad", "spring", 1000, None), ("ad", "unheard", 90, None),
        ("social", None, 80, "own:4"), (None, "spring", 10**6, None),
    ]  # fmt: skip
    facts = {
        "orders": [order(name, day, 100, name) for name in via],
        "customers": [
            {"customer_id": name, "acquired_via": source, "acquired_campaign": campaigns.get(name),
             "acquisition_cost": Decimal(7) if name == "own:1" else None}
            for name, source in via.items()
        ],
        "costs": [
            {"cost_id": str(place), "spent_on": date(2025, 1, 1), "acquired_via": source, "campaign": campaign,
             "amount": Decimal(amount), "customer_id": customer}
            for place, (source, campaign, amount, customer) in enumerate(costs)
        ],
    }  # fmt: skip
    rows = keyed(measured(facts, AS_OF, wanted=["customer_history"])["customer_history"], "customer_id")
    # own record; 1000 / 2 and (300 + 90) / 3; the second alone; booked on the customer; like their source; nothing spent
    expected = {"own:1": 7, "own:2": 630, "own:3": 130, "own:4": 80, "own:5": 80, "own:6": 0}
    assert {name: row["acquisition_cost"] for (name,), row in rows.items()} == expected


def test_without_any_recorded_cost_nothing_is_known_of_it():
    facts = {"orders": [order("own:1", "2025-03-01", 100, "a")]}
    row = measured(facts, AS_OF, wanted=["customer_history"])["customer_history"].to_pylist()[0]
    assert row["acquisition_cost"] is None


def test_a_shop_without_orders_has_empty_tables_but_the_two_counts_of_the_last_year():
    tables = measured({}, AS_OF, rules=RULES, wanted=NAMES)
    assert {name: table.num_rows for name, table in tables.items() if table.num_rows and name in NAMES} == {"kpis": 2}
    assert [row["value"] for row in tables["kpis"].to_pylist()] == [None, None]


def test_tables_have_the_columns_and_types_their_schema_declares():
    import ibis

    from okaeri.schema.types import ibis_schema

    tables = measured(shop(customers=20), AS_OF, rules=RULES, wanted=NAMES)
    for table in TABLES:
        found = tables[table.name].schema
        declared = ibis.schema(ibis_schema(table)).to_pyarrow()
        assert [(f.name, f.type) for f in found] == [(f.name, f.type) for f in declared], table.name
        for column in table.columns:
            values = tables[table.name].column(column.name)
            assert column.nullable or not values.null_count, (table.name, column.name)
            assert not column.choices or set(values.to_pylist()) <= set(column.choices)
