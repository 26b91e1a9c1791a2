"""The belt on chains whose chances, values and bottleneck are known."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from okaeri.loop.measuring import inputs_of
from okaeri.measure import MEASURES
from okaeri.schema.facts import costs, links
from okaeri.schema.measured.belt import station_entries
from okaeri.schema.measured.history import customer_history
from okaeri.schema.rules import DEFAULT_RULES
from okaeri.schema.types import ibis_schema
from tests.measure.chains import CHANCES, DWELL, Chain, simulate, true_gain, true_values
from tests.measure.shops import measured, order
from tests.measure.test_station_entries import AS_OF, lively_shop

STEPS = ("station_days", "station_incidence", "belt", "belt_flow")


class Belt:
    """The belt's queries written once and run on one chain after another."""

    def __init__(self, as_of: date):
        self.connection = ibis.duckdb.connect(threads=1)
        spent = {"customer_id": "string", "order_day": "int64", "revenue": "float64", "gross_profit": "float64"}
        schemas = {"purchases": spent} | {
            table.name: ibis_schema(table) for table in (station_entries, customer_history, costs, links)
        }
        tables = {
            name: self.connection.create_table(name, schema=ibis.schema(schema)) for name, schema in schemas.items()
        }
        self.queries = {}
        for name in STEPS:
            settings = {"as_of": as_of, "rules": DEFAULT_RULES} if name == "belt" else {}
            query = MEASURES[name](*(tables[parent] for parent in inputs_of(name)), **settings)
            self.queries[name] = str(ibis.to_sql(query, dialect="duckdb"))
            tables[name] = self.connection.create_table(name, query, overwrite=True)

    def run(self, chain: Chain, wanted: tuple[str, ...] = STEPS) -> dict[str, pd.DataFrame]:
        engine = self.connection.con
        for name, rows in (("station_entries", chain.entries()), ("purchases", chain.purchases())):
            engine.execute(f"delete from {name}")
            engine.register("chain", rows)
            engine.execute(f"insert into {name} by name from chain")
        for name, query in self.queries.items():
            engine.execute(f"create or replace table {name} as {query}")
        return {name: engine.execute(f"from {name}").df() for name in wanted}


def followed_to_the_end() -> Chain:
    """All leads arrive early enough that nobody is still inside."""
    return simulate(1, 2000, days=6000, arrivals=300)


@pytest.fixture(scope="module")
def whole() -> dict[str, pd.DataFrame]:
    chain = followed_to_the_end()
    return Belt(chain.as_of).run(chain)


def test_with_nobody_left_inside_rates_are_shares_and_values_the_plain_mean(whole):
    chain = followed_to_the_end()
    entries, found = chain.entries(), whole["belt"].set_index("station").sort_index()
    assert (entries.outcome != "still").all()
    stations = entries.groupby("station")
    assert np.allclose(found.forward_rate, stations.outcome.apply(lambda way: (way == "forward").mean()))
    assert np.allclose(found.leak_rate, stations.outcome.apply(lambda way: (way == "leak").mean()))
    assert np.allclose(found.settled_rate, 1)
    assert found.expected_revenue[1] == pytest.approx(chain.purchases().revenue.sum() / stations.size()[1])
    assert np.allclose(found.expected_gross_profit, found.expected_revenue / 3)
    forward = entries[entries.outcome == "forward"].groupby("station").days_inside
    median = forward.quantile(0.5, interpolation="lower")
    assert found.median_days_forward.dropna().to_dict() == median.to_dict()


def test_expected_values_solve_the_chains_linear_equations(whole):
    flow = whole["belt_flow"]
    chances = np.zeros((7, 7))
    for row in flow[flow.to_station.str.isdigit()].itertuples():
        chances[row.from_station - 1, int(row.to_station) - 1] = row.move_rate
    found = whole["belt"].set_index("station").sort_index()
    assert np.allclose(found.expected_revenue, np.linalg.solve(np.eye(7) - chances, found.stay_revenue), rtol=1e-9)


def test_planted_chances_and_values_are_found_although_a_third_of_the_stays_are_young():
    found, tells, values = [], [], []
    belt = Belt(simulate(0, 1, days=500).as_of)
    for seed in range(6):
        tables = belt.run(simulate(seed, 2500, days=500, arrivals=500))
        flow = tables["belt_flow"].set_index(["from_station", "to_station"])
        for (origin, target), chance in np.ndenumerate(CHANCES):
            if chance and (origin + 1, str(target + 1)) in flow.index:
                row = flow.loc[(origin + 1, str(target + 1))]
                found.append(row.move_rate_low <= chance <= row.move_rate_high)
                tells.append(float(row.customers / flow.loc[origin + 1].customers.sum()) - chance)
        values.append(tables["belt"].sort_values("station").expected_revenue.to_numpy())
    assert 0.9 < np.mean(found) < 1.0, np.mean(found)
    assert np.mean(tells) < -0.01, "plain shares would be too low here, so the test can tell the two apart"
    mean, error = np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / np.sqrt(len(values))
    assert np.allclose(mean[:4], true_values()[:4], rtol=0.04)
    assert (np.abs(mean - true_values()) < 4 * error + 0.005 * true_values()).all()


def plain_incidence(stays: pd.DataFrame) -> dict[tuple[str, int], float]:
    """Aalen-Johansen by its definition, day by day, for one station."""
    still, curves = 1.0, {}
    totals: dict[str, float] = {}
    ways = stays.next_station.astype("string").fillna("leak")
    for day in range(1, int(stays.days_inside.max()) + 1):
        ends = (stays.days_inside == day) & (stays.outcome != "still")
        risk = ((stays.days_inside > day) | ends).sum()
        if not ends.any():
            continue
        for way, count in ways[ends].value_counts().items():
            totals[way] = totals.get(way, 0.0) + still * count / risk
        curves |= {(way, day): total for way, total in totals.items()}
        still *= 1 - ends.sum() / risk
    return curves


def test_incidence_equals_aalen_johansen_by_its_definition():
    chain = simulate(7, 800, days=400, arrivals=400)
    found = Belt(chain.as_of).run(chain)["station_incidence"]
    entries = chain.entries()
    for station in (1, 2, 4):
        own = found[found.station == station].set_index(["destination", "day"]).incidence
        expected = plain_incidence(entries[entries.station == station])
        assert len(expected) > 20
        assert {key: own[key] for key in expected} == pytest.approx(expected)


def test_intervals_without_censoring_are_wilsons(whole):
    flow, entries = whole["belt_flow"], followed_to_the_end().entries()
    for row in flow.itertuples():
        n, share, z = (entries.station == row.from_station).sum(), row.move_rate, 1.959963984540054
        if row.to_station == "still" or share in (0, 1):
            continue
        centre, reach = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        assert row.move_rate_low == pytest.approx((centre - reach) / (1 + z * z / n), rel=1e-6)
        assert row.move_rate_high == pytest.approx((centre + reach) / (1 + z * z / n), rel=1e-6)


def planted(seed: int) -> tuple[int, Chain]:
    """A chain one station of which holds people eight times as long as it should."""
    station = (1, 2, 3, 4)[seed % 4]
    dwell = DWELL * np.where(np.arange(1, 8) == station, 8, 1)
    gain = true_gain(dwell)
    assert gain.argmax() + 1 == station
    return station, simulate(seed, 2500, dwell)


def hits(seeds: range) -> int:
    belt, right = Belt(simulate(0, 1).as_of), 0
    for seed in seeds:
        station, chain = planted(seed)
        rows = belt.run(chain, ("belt",))["belt"]
        assert rows.is_bottleneck.sum() == 1
        right += int(rows.station[rows.is_bottleneck].item() == station)
    return right


def test_the_planted_bottleneck_is_found():
    assert hits(range(8)) == 8


@pytest.mark.slow
def test_the_planted_bottleneck_is_found_in_95_of_100_shops():
    assert hits(range(100, 200)) >= 95


def test_what_comes_in_is_what_moved_on_leaked_or_is_still_there():
    facts = lively_shop(6)
    facts["costs"] = [
        {"cost_id": "a", "spent_on": date(2025, 6, 1), "acquired_via": "ad", "amount": 900},
        {"cost_id": "b", "spent_on": date(2025, 12, 1), "customer_id": "own:1", "amount": 70},
        {"cost_id": "late", "spent_on": AS_OF, "customer_id": "own:1", "amount": 1000},
    ]
    tables = {name: table.to_pandas() for name, table in measured(facts, AS_OF, wanted=["belt", "belt_flow"]).items()}
    rows, entries = tables["belt"].set_index("station").sort_index(), tables["station_entries"]
    assert list(rows.index) == [1, 2, 3, 4, 5, 6, 7]
    assert (rows.in_count == rows.forward_count + rows.leak_count + rows.still_count).all()
    assert rows.in_count.sum() == len(entries)
    flow = tables["belt_flow"]
    assert flow.groupby("from_station").customers.sum().to_dict() == rows.in_count[rows.in_count > 0].to_dict()
    assert np.allclose(flow.groupby("from_station").move_rate.sum(), 1)
    arrivals = flow[flow.to_station.str.isdigit()].groupby("to_station").customers.sum().rename(int)
    begun = entries[~entries.is_revived].drop_duplicates("customer_id", keep=False)
    first = entries.sort_values("entered_on").drop_duplicates("customer_id").station.value_counts()
    for station in rows.index:
        came = first.get(station, 0) + arrivals.get(station, 0) + rows.revived_count[station]
        assert rows.in_count[station] == came
    assert len(begun) > 0
    recent = pd.to_datetime(entries.entered_on) >= pd.Timestamp(AS_OF) - pd.Timedelta(days=90)
    assert rows.recent_in_count.sum() == recent.sum()
    assert rows.cost.sum() == pytest.approx(970)
    assert (rows.forward_rate_low <= rows.forward_rate).where(rows.forward_rate.notna(), True).all()


def test_an_empty_shop_has_seven_empty_stations_and_no_bottleneck():
    tables = measured({}, AS_OF, wanted=["belt", "belt_flow"])
    rows = tables["belt"].to_pylist()
    assert sorted(row["station"] for row in rows) == list(range(1, 8))
    assert {row["in_count"] for row in rows} == {0}
    assert not any(row["is_bottleneck"] for row in rows)
    assert tables["belt_flow"].num_rows == 0


def test_gross_profit_is_left_open_when_a_cost_is_unknown():
    facts = {"orders": [order("own:1", "2025-12-01", 1000, "a")]}
    rows = {row["station"]: row for row in measured(facts, AS_OF, wanted=["belt"])["belt"].to_pylist()}
    assert rows[2]["still_count"] == 1
    assert rows[2]["expected_gross_profit"] is None
