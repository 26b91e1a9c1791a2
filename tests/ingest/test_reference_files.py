"""Published order logs through the generic source, against pandas and the numbers they are known by."""

import os
from pathlib import Path

import ibis
import pandas as pd
import pytest

from okaeri.ingest.mapping import load_mapping
from okaeri.ingest.parsed import Context
from okaeri.ingest.sources import generic
from okaeri.ingest.tabular import read_parquet

pytestmark = pytest.mark.reference
MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"


def _facts(file: str, mapping: str, zone: str):
    path = Path(os.environ["OKAERI_REFERENCE_DATA"]) / file
    raw = read_parquet(path, ibis.duckdb.connect(threads=2, preserve_insertion_order=False))
    parsed = generic.parse(raw, Context(zone=zone, secret="s", mapping=load_mapping(MAPPINGS / mapping)))
    tables = {name: rows.to_pandas() for name, rows in parsed.facts.items()}
    for table in tables.values():
        for name in ("subtotal", "discount", "shipping", "total", "unit_price"):
            if name in table:
                table[name] = table[name].astype(float)
    assert parsed.problems.count().to_pyarrow().as_py() == 0
    return pd.read_parquet(path), tables


@pytest.fixture(scope="module")
def retail():
    return _facts("online_retail_2010_2011.parquet", "online_retail.toml", "Europe/London")


def test_every_line_invoice_and_customer_of_online_retail_arrives(retail):
    _, facts = retail
    assert len(facts["order_lines"]) == 541_909
    assert len(facts["orders"]) == 25_900
    assert facts["orders"].customer_id.nunique() == len(facts["customers"]) == 4_372


def test_lines_without_a_customer_are_sales_of_nobody(retail):
    source, facts = retail
    orders = facts["orders"].set_index("order_id")
    owner = facts["order_lines"].order_id.map(orders.customer_id)
    assert owner.isna().sum() == source.customer_id.isna().sum() == 135_080
    assert orders[orders.customer_id.isna()].subtotal.sum() > 1_000_000


def test_the_worth_of_all_lines_is_found_again_by_kind_and_in_the_orders(retail):
    source, facts = retail
    lines, orders = facts["order_lines"], facts["orders"]
    by_kind = (lines.quantity * lines.unit_price).groupby(lines.kind).sum().round(2)
    assert by_kind.sum() == pytest.approx(9_747_747.93, abs=0.005)
    value = source.quantity * source.unit_price
    shipping = value[source.stock_code.isin(["POST", "DOT", "C2"])].sum()
    fees = value[source.stock_code.isin(["BANK CHARGES", "AMAZONFEE", "CRUK"])].sum()
    assert by_kind["shipping"] == pytest.approx(shipping, abs=0.01)
    assert by_kind["fee"] == pytest.approx(fees, abs=0.01)
    assert by_kind["discount"] == pytest.approx(value[source.stock_code == "D"].sum(), abs=0.01)
    assert orders.total.sum() == pytest.approx(9_747_747.93, abs=0.005)
    assert orders.subtotal.sum() == pytest.approx(by_kind["goods"], abs=0.005)
    assert orders.shipping.sum() == pytest.approx(by_kind["shipping"] + by_kind["fee"], abs=0.005)
    assert orders.discount.sum() == pytest.approx(-by_kind["discount"], abs=0.005)


def test_credit_notes_are_returned_orders_and_bad_debt_is_no_product(retail):
    source, facts = retail
    orders, lines = facts["orders"], facts["order_lines"]
    notes = orders[orders.order_id.str.startswith("own:C")]
    assert lines.order_id.isin(notes.order_id).sum() == 9_288
    assert set(notes.status) == {"returned"}
    assert (notes.subtotal <= 0).all()
    cancelled = source[source.invoice.str.startswith("C")]
    goods = ~cancelled.stock_code.isin(["POST", "DOT", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", *"DMmSB", "PADS"])
    worth = (cancelled.quantity * cancelled.unit_price)[goods].sum()
    assert notes.subtotal.sum() == pytest.approx(worth, abs=0.01)
    assert set(lines[lines.product_id == "B"].kind) == {"adjustment"}
    assert not set(facts["products"].product_id) & {"POST", "DOT", "M", "D", "B", "AMAZONFEE", "BANK CHARGES"}


def test_each_invoice_is_as_pandas_adds_it_up(retail):
    source, facts = retail
    by_hand = (source.quantity * source.unit_price).groupby("own:" + source.invoice).sum()
    pd.testing.assert_series_equal(
        facts["orders"].set_index("order_id").total.sort_index(), by_hand.sort_index(), check_names=False, atol=0.006
    )


def test_line_numbers_run_from_one_in_the_files_order(retail):
    source, facts = retail
    place = source.groupby("invoice").cumcount() + 1
    by_row = facts["order_lines"].set_index("row_no").line_no.sort_index()
    assert (by_row.to_numpy() == place.to_numpy()).all()


def test_cdnow_purchases_without_a_number_become_orders_that_keep_every_cent():
    source, facts = _facts("cdnow/cdnow_sample.parquet", "cdnow.toml", "America/New_York")
    orders, lines = facts["orders"], facts["order_lines"]
    assert len(orders) == orders.order_id.nunique() == len(lines) == 6_919
    assert orders.customer_id.nunique() == 2_357
    assert orders.total.sum() == pytest.approx(source.amount.sum(), abs=0.005)
    assert lines.quantity.sum() == source.units.sum()
    assert lines.product_id.isna().all()
    twice = source[source.duplicated(["customer_id", "date"], keep=False)].iloc[0]
    day = pd.Timestamp(twice.date)
    assert {f"own:{twice.customer_id}-{day:%Y%m%d}-{n}" for n in (1, 2)} <= set(orders.order_id)
    assert (orders.order_date.astype("datetime64[ns]") >= "1997-01-01").all()
