"""Numbers printed in the models' papers, refitted from the raw transactions."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pytest

from okaeri.predict.purchases import (
    Histories,
    choose,
    fit_beta_bernoulli,
    fit_beta_geometric,
    fit_pareto,
    order_chances,
)

pytestmark = pytest.mark.reference

REDUCE = """
    with days as (select distinct customer_id, date::date as day from read_parquet(?) where date::date <= '1997-09-30'),
    gaps as (
        select *, (day - lag(day) over (partition by customer_id order by day)) / 7 as gap from days
    ),
    customers as (
        select count(*) - 1 as x, (max(day) - min(day)) / 7 as last, (date '1997-09-30' - min(day)) / 7 as age,
            coalesce(sum(ln(gap)), 0) as log_gaps
        from gaps group by customer_id
    )
    select x, last, age, count(*) as weight, sum(log_gaps) as log_gaps from customers group by x, last, age
"""


@cache
def cdnow() -> Histories:
    """CDNOW's 1/10 sample, 39 weeks of calibration, reduced by the SQL engine."""
    path = Path(os.environ["OKAERI_REFERENCE_DATA"]) / "cdnow" / "cdnow_sample.parquet"
    rows = duckdb.sql(REDUCE, params=[str(path)]).fetchnumpy()
    return Histories.of(rows["x"], rows["last"], rows["age"], rows["weight"], rows["log_gaps"])


@cache
def donations() -> Histories:
    """The 11,104 donors of 1995, six years after, in 22 rows."""
    path = Path(os.environ["OKAERI_REFERENCE_DATA"]) / "cdnow" / "donations.csv"
    return Histories.of(*np.loadtxt(path, delimiter=",", skiprows=1).T)


#: The customer Fader, Hardie and Lee (2005) predict: two repeat orders, the last after 30.43 of 38.86 weeks.
SOMEONE = Histories.of(2, 30.43, 38.86)


def printed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def parameters(model: object, digits: int = 3) -> list[str]:
    return [printed(value, digits) for value in model.parameters.values()]  # type: ignore[attr-defined]


def test_cdnow_has_the_customers_and_repeat_orders_the_paper_counts():
    assert cdnow().customers == 2357
    assert len(cdnow()) == 1016


def test_bg_nbd_of_fader_hardie_lee_2005():
    model = fit_beta_geometric(cdnow(), modified=False)
    assert parameters(model) == ["0.243", "4.414", "0.793", "2.426"]
    assert printed(model.log_likelihood, 1) == "-9582.4"
    assert model.note == ""
    assert [printed(error, 3) for error in model.standard_errors.values()] == ["0.013", "0.378", "0.186", "0.705"]


def test_bg_nbd_forecast_of_fader_hardie_lee_2005():
    model = fit_beta_geometric(cdnow(), modified=False)
    assert printed(model.expected_orders(SOMEONE, 39)[0], 3) == "1.226"
    assert printed(model.p_alive(SOMEONE)[0], 4) == "0.7266"


def test_pareto_nbd_of_fader_hardie_lee_2005():
    model = fit_pareto(cdnow())
    assert parameters(model) == ["0.553", "10.578", "0.606", "11.669"]
    assert printed(model.log_likelihood, 1) == "-9595.0"


def test_mbg_nbd_as_other_packages_fit_it():
    model = fit_beta_geometric(cdnow(), modified=True)
    assert parameters(model) == ["0.525", "6.183", "0.891", "1.614"]
    assert model.log_likelihood == pytest.approx(-9582.13, abs=0.01)


def test_the_timing_of_cdnow_is_not_regular_as_bg_cnbd_k_finds():
    choice = choose(cdnow())
    assert choice.model.label == "MBG/NBD"
    scores = {score.label: score.log_likelihood for score in choice.scores}
    assert set(scores) == {"MBG/NBD", "BG/NBD", "Pareto/NBD", "MBG/CNBD-2", "BG/CNBD-2"}
    assert scores["MBG/CNBD-2"] < scores["MBG/NBD"]


def test_bg_bb_of_fader_hardie_shang_2010():
    model = fit_beta_bernoulli(donations())
    assert [printed(value, 3) for value in model.parameters.values()] == ["1.204", "0.750", "0.657", "2.783"]
    assert printed(model.log_likelihood, 1) == "-33225.6"


def test_bg_bb_forecasts_of_fader_hardie_shang_2010():
    model = fit_beta_bernoulli(donations())
    assert printed(donations().weight @ model.expected_orders(donations(), 5), 1) == "12884.2"
    in_sample = 11_104 * order_chances(model, Histories.of(0, 0, 0), 6, 6)[0]
    assert [printed(in_sample[count], 1) for count in (0, 6)] == ["3454.9", "1253.1"]
