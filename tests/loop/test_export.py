import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

import okaeri
from okaeri.loop import export


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+1+2", "-cmd|x", "@SUM(A1)", "\t=1", "＝1+2", "＠SUM(A1)"])
def test_a_cell_a_spreadsheet_would_run_is_written_as_text(cell):
    out = io.StringIO()
    export.write_csv(pa.table({"name": [cell, "化粧水"]}), out)
    assert out.getvalue().splitlines()[1].lstrip('"').startswith("'")
    assert out.getvalue().splitlines()[-1] == "化粧水"


def test_json_keeps_japanese_dates_and_amounts_and_has_no_nan():
    out = io.StringIO()
    table = pa.table({"a": [Decimal("12.50")], "b": [date(2026, 1, 5)], "c": ["髙橋"], "d": [float("nan")]})
    export.write_json(table, out)
    assert json.loads(out.getvalue()) == [{"a": 12.5, "b": "2026-01-05", "c": "髙橋", "d": None}]


def test_a_table_written_as_parquet_is_taken_in_again_as_it_was(tmp_path):
    shop = okaeri.init(tmp_path / "one")
    catalogue = tmp_path / "products.csv"
    catalogue.write_text(
        'product_id,name,category,price,features\nA,化粧水,スキンケア,3000,"{""香り"": ""柚子""}"\nB,石鹸,スキンケア,900,\n',
        encoding="utf-8",
    )
    shop.import_files([catalogue])
    export.write_parquet(shop.show("products"), tmp_path / "products.parquet")
    other = okaeri.init(tmp_path / "two")
    other.import_files([tmp_path / "products.parquet"])
    key = [("product_id", "ascending")]
    assert other.show("products").sort_by(key).to_pylist() == shop.show("products").sort_by(key).to_pylist()
    assert dict(shop.show("products").sort_by(key)["features"][0].as_py()) == {"香り": "柚子"}
