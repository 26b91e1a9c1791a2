"""A bare transaction file becomes a fitted model, totals and a row per customer."""

from __future__ import annotations

import csv
import json
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import okaeri
from okaeri.cli import app, sentences
from okaeri.schema.errors import DataRejected, NotConverged, RuleRefused

#: Fader, Hardie and Lee (2005), figure 1 and section 7; Pareto/NBD ibid.; MBG/NBD as lifetimes' test asserts.
PUBLISHED = {
    "BG/NBD": ({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, -9582.4),
    "Pareto/NBD": ({"r": 0.553, "alpha": 10.578, "s": 0.606}, -9595.0),
    "MBG/NBD": ({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, -9582.1),
}


def cdnow() -> Path:
    return Path(os.environ["OKAERI_REFERENCE_DATA"]) / "cdnow" / "cdnow_sample.parquet"


def written(
    path: Path, rows: list[tuple[object, ...]], header: tuple[str, ...] = ("customer", "date", "amount")
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def shop(customers: int = 300, seed: int = 1) -> list[tuple[object, ...]]:
    """Half of the customers come once, half about monthly, for 2,000 to 6,000 yen."""
    chance = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for number in range(customers):
        day, level = date(2024, 1, 1) + timedelta(days=int(chance.integers(0, 200))), chance.uniform(2000, 6000)
        for _ in range(1 if number % 2 else int(chance.integers(2, 12))):
            rows.append((f"c{number:03}", day.isoformat(), round(level * chance.uniform(0.7, 1.3))))
            day += timedelta(days=1 + int(chance.exponential(30)))
    return rows


def assert_same(one, other) -> None:
    """But for the last digits: sums of floats depend on their order."""
    pd.testing.assert_frame_equal(one.rows.to_pandas(), other.rows.to_pandas(), rtol=1e-6)
    for name, sums in one.totals.items():
        assert other.totals[name] == pytest.approx(sums, rel=1e-4)


@pytest.mark.reference
@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_parameters_come_out_of_the_raw_transactions(model):
    numbers, log_likelihood = PUBLISHED[model]
    found = okaeri.clv(cdnow(), until=date(1997, 9, 30), model=model)
    told = found.told()["models"]["purchases"]
    assert found.customers == 2357
    assert {name: round(told["parameters"][name], 3) for name in numbers} == numbers
    assert round(told["log_likelihood"], 1) == log_likelihood


@pytest.mark.reference
def test_the_papers_customer_is_expected_to_order_1_226_times():
    rows = okaeri.clv(cdnow(), until=date(1997, 9, 30), model="BG/NBD", horizon_weeks=39).rows.to_pandas()
    one = rows[(rows.repeat_orders == 2) & (rows.last_order_age.round(2) == 30.43) & (rows.age.round(2) == 38.86)]
    assert set(one.expected_orders.round(3)) == {1.226}
    assert set(one.p_alive.round(4)) == {0.7266}


@pytest.mark.reference
def test_the_interval_of_all_orders_holds_what_came():
    rows = pd.read_parquet(cdnow())
    days = rows.assign(date=pd.to_datetime(rows.date)).groupby(["customer_id", "date"]).size().reset_index()
    came = (days.date > "1997-09-30").sum()
    found = okaeri.clv(cdnow(), until=date(1997, 9, 30), horizon_weeks=39).totals["expected_orders"]
    assert found["low_95"] < came < found["high_95"]


def test_totals_are_the_sums_of_the_customers(tmp_path):
    found = okaeri.clv(written(tmp_path / "t.csv", shop()))
    rows = found.rows.to_pandas()
    assert len(rows) == found.customers == 300
    for name in ("expected_orders", "expected_value"):
        assert rows[name].sum() == pytest.approx(found.totals[name]["mean"], rel=1e-9)
        bounds = [found.totals[name][bound] for bound in ("low_95", "low_80", "mean", "high_80", "high_95")]
        assert bounds == sorted(bounds)
    assert (rows.low_95 <= rows.low_80).all()
    assert (rows.low_80 <= rows.high_80).all()
    assert rows.p_alive.between(0, 1).all()
    assert (rows.last_order_age <= rows.age).all()


def test_the_order_of_the_rows_and_several_orders_a_day_change_nothing(tmp_path):
    rows = shop()
    halves = [(who, day, amount / 2) for who, day, amount in rows for _ in range(2)]
    one, other = (
        okaeri.clv(written(tmp_path / name, made)) for name, made in (("a.csv", rows), ("b.csv", halves[::-1]))
    )
    assert_same(one, other)


def test_nothing_after_the_last_day_counts(tmp_path):
    rows, until = shop(), date(2024, 6, 30)
    past = [row for row in rows if row[1] <= until.isoformat()]
    one, other = (
        okaeri.clv(written(tmp_path / name, made), until=until) for name, made in (("a.csv", rows), ("b.csv", past))
    )
    assert_same(one, other)


def test_a_bad_cell_is_named_by_file_row_and_column(tmp_path):
    path = written(
        tmp_path / "bad.csv", [("a", "2024-01-01", "100"), ("b", "2024-13-01", "100"), ("c", "2024-01-01", "x")]
    )
    with pytest.raises(DataRejected) as refused:
        okaeri.clv(path)
    assert [(problem.file, problem.row, problem.column, problem.value) for problem in refused.value.problems] == [
        ("bad.csv", 3, "date", "2024-13-01"), ("bad.csv", 4, "amount", "x"),
    ]  # fmt: skip


def test_columns_of_other_names_are_asked_for_by_their_option(tmp_path):
    path = written(tmp_path / "named.csv", shop(), header=("who", "when", "yen"))
    with pytest.raises(DataRejected, match="--customer"):
        okaeri.clv(path)
    assert okaeri.clv(path, customer="who", day="when", amount="yen").customers == 300
    with pytest.raises(DataRejected, match="nobody"):
        okaeri.clv(path, customer="nobody")


def test_japanese_headers_and_cp932_are_understood(tmp_path):
    path = tmp_path / "sales.csv"
    lines = ["顧客ID,注文日,金額", *(f'{who},{day.replace("-", "/")},"{amount:,}"' for who, day, amount in shop())]
    path.write_bytes("\r\n".join(lines).encode("cp932"))
    assert okaeri.clv(path).customers == 300


def test_a_shop_without_a_second_order_is_told_so_in_a_sentence(tmp_path):
    once = {row[0]: row for row in shop()}
    with pytest.raises(NotConverged, match="second time") as refused:
        okaeri.clv(written(tmp_path / "once.csv", list(once.values())))
    assert sentences(refused.value)[0]


def test_a_day_before_the_first_order_is_refused(tmp_path):
    with pytest.raises(RuleRefused, match="2020-01-01"):
        okaeri.clv(written(tmp_path / "t.csv", shop()), until=date(2020, 1, 1))


def test_the_command_prints_json_and_writes_a_row_per_customer(tmp_path):
    path, out = written(tmp_path / "t.csv", shop()), tmp_path / "customers.parquet"
    done = CliRunner().invoke(app, ["clv", str(path), "--json", "--horizon-weeks", "26", "--out", str(out)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["horizon_weeks"], told["customers"]) == (26, 300)
    assert pq.read_table(out).num_rows == 300
    assert CliRunner().invoke(app, ["clv", str(path), "--model", "guess"]).exit_code == 2
