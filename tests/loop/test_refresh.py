import json
from datetime import date

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import okaeri
from okaeri.cli import app
from okaeri.measure import MEASURES
from okaeri.schema.errors import RuleRefused
from okaeri.schema.measured import MEASURED
from okaeri.schema.predicted import PREDICTED
from tests.loop.files import eccube

AS_OF = date(2026, 7, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A shop of thirty customers, measured once."""
    place = tmp_path_factory.mktemp("refresh")
    orders = [
        {
            "注文番号": f"{customer}-{n}", "会員ID": str(customer), "受注日": f"2026-0{1 + n}-{1 + customer % 27:02d} 10:00:00",
            "メールアドレス": f"c{customer}@okaeri-mail.jp", "TEL": "", "商品コード": f"SK-0{(customer + n) % 3}",
        }
        for customer in range(30)
        for n in range(1 + customer % 4)
    ]  # fmt: skip
    shop = okaeri.init(place / "shop", name="試験")
    shop.import_files([eccube(place / "orders.csv", orders)])
    shop.refresh(as_of=AS_OF)
    return place / "shop"


@pytest.fixture
def shop(folder):
    return okaeri.open(folder)


def test_every_measured_table_can_be_shown(shop):
    for name in MEASURES:
        assert isinstance(shop.show(name), pa.Table)
    history = shop.show("customer_history")
    assert history.num_rows == 30
    assert sum(history["order_count"].to_pylist()) == shop.show("orders").num_rows


def test_another_date_is_measured_on_demand_as_a_refresh_would(shop):
    early = shop.show("customer_history", as_of=date(2026, 2, 15))
    first_weeks = [row for row in shop.show("orders").to_pylist() if row["order_date"] < date(2026, 2, 15)]
    assert sum(early["order_count"].to_pylist()) == len(first_weeks) > 0
    assert shop.show("customer_history").num_rows == 30


def test_an_interrupted_refresh_goes_on_where_it_stopped(shop):
    day, done = date(2026, 6, 1), []

    def stop(name, seconds):
        done.append(name)
        if len(done) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.refresh(as_of=day, progress=stop)
    assert okaeri.open(shop.workspace.path).show("customer_history").num_rows == 30
    (folder,) = (path for path in shop.workspace.measured.iterdir() if path.name.startswith("2026-06-01"))
    written = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    finished = shop.refresh(as_of=day)
    assert len(written) >= 3
    # What the records tell is written out anew each time.
    computed = set(written) - {"links.parquet", "corrections.parquet"}
    assert {name: (finished.folder / name).stat().st_mtime_ns for name in computed} == {
        name: written[name] for name in computed
    }
    shop.refresh(as_of=AS_OF)


def test_a_refresh_that_finds_everything_done_still_tells_of_every_table(shop):
    again = shop.refresh(as_of=AS_OF)
    assert set(again.tables) == {*MEASURED, *PREDICTED}
    assert again.tables["customer_history"]["rows"] == 30
    made = [state for state in shop.tables() if state.kind != "fact"]
    assert [state.table.name for state in made if state.rows is None] == []


def test_an_unknown_table_and_a_shop_without_orders_are_refused_in_words(shop, tmp_path):
    with pytest.raises(RuleRefused, match="no table"):
        shop.show("orderz")
    empty = okaeri.init(tmp_path / "empty")
    with pytest.raises(RuleRefused, match="no orders yet"):
        empty.refresh()
    with pytest.raises(RuleRefused, match="okaeri refresh"):
        empty.show("ltv_curve")


def test_tables_tell_rows_freshness_and_meaning(shop):
    states = {state.table.name: state for state in shop.tables()}
    assert set(MEASURES) < set(states)
    assert states["orders"].rows == shop.show("orders").num_rows
    assert states["orders"].newest.date() == date(2026, 4, 24)
    assert all(state.table.meaning for state in states.values())


def test_the_command_line_gives_the_same_numbers_as_python(folder, tmp_path):
    run = CliRunner().invoke
    shown = run(app, ["show", "customer_history", "--format", "json", "--shop", str(folder)])
    assert shown.exit_code == 0
    rows = json.loads(shown.stdout)
    assert sum(row["revenue"] for row in rows) == pytest.approx(
        sum(okaeri.open(folder).show("customer_history")["revenue"].to_pylist())
    )
    written = run(app, ["show", "orders", "--format", "csv", "--out", str(tmp_path / "o.csv"), "--shop", str(folder)])
    assert written.exit_code == 0
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 1 + okaeri.open(folder).show("orders").num_rows
    assert run(app, ["show", "orders", "--format", "xml", "--shop", str(folder)]).exit_code == 2
