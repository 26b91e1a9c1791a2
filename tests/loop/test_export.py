import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from okaeri.loop import export


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+1+2", "-cmd|x", "@SUM(A1)", "\t=1"])
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
