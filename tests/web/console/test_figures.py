"""Every figure on a page is that of ``okaeri show`` for the same table and date."""

import re
import shutil
from datetime import date
from html import unescape

import pytest
from django.utils.translation import override

from okaeri.loop.workspace import start_django

start_django()

from okaeri.web.report.figures import count, money, people, share  # noqa: E402
from tests.web.console.shops import client_of, measured_shop  # noqa: E402


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("figures"))


@pytest.fixture(scope="module")
def section(shop):
    """The words of one section of a page, as one line; figures end at a space or at another sign."""
    client, pages = client_of(shop, "owner"), {}

    def of(path, name):
        if path not in pages:
            pages[path] = client.get(path).content.decode()
        inside = re.search(rf'<section id="{name}".*?</section>', pages[path], re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", inside[0])).split())

    return of


def rows(shop, table, **equal):
    """The rows of a table as ``okaeri show`` gives them."""
    return [row for row in shop.show(table).to_pylist() if all(row[name] == value for name, value in equal.items())]


def absent(figures, text):
    """Those of ``figures`` that do not stand in ``text`` as a whole."""
    return [figure for figure in figures if not re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", text)]


#: How the KPIs on the start page are written.
KPIS = {
    "step_up_rate": share, "f2_rate": share, "repeat_rate_cohort": share, "repeat_rate_period": share,
    "order_value": money, "yearly_spend": money,
}  # fmt: skip


def test_the_three_kpis_on_the_start_page(shop, section):
    shown = [row for row in rows(shop, "kpis", cohort="all") if row["kpi"] in KPIS]
    with override("ja"):
        told = [KPIS[row["kpi"]](row["value"]) for row in shown]
        told += [count(row["n"]) for row in shown if row["kpi"] in ("step_up_rate", "order_value")]
    assert len(shown) == len(KPIS)
    assert absent(told, section("/console/", "kpis")) == []


def test_ltv_at_every_horizon_with_its_interval_and_customers(shop, section):
    horizons = shop.workspace.settings.rules.horizons
    curve = [row for row in rows(shop, "ltv_curve", dimension="all") if row["age_days"] in horizons and row["n"]]
    with override("ja"):
        told = [money(row[name]) for row in curve for name in ("ltv", "low", "high") if row[name] is not None]
        told += [f"n {count(row['n'])}" for row in curve]
    assert len(told) > 12
    assert absent(told, section("/console/value/", "ltv")) == []


def test_limit_cost_of_a_customer(shop, section):
    shown = rows(shop, "payback", horizon_days=365)
    shown = [row for row in shown if row["dimension"] in ("all", "acquired_via")]
    with override("ja"):
        told = [money(row["limit_cpa"]) for row in shown] + [count(row["n"]) for row in shown]
    assert len(shown) > 3
    assert absent(told, section("/console/value/", "payback")) == []


def test_every_station_of_the_belt(shop, section):
    stations = rows(shop, "belt")
    with override("ja"):
        told = [count(row["still_count"]) for row in stations]
        told += [share(row["leak_rate"]) for row in stations if row["leak_rate"] is not None]
        told += [money(row["gross_profit_per_percent"]) for row in stations if row["is_bottleneck"]]
    assert len(stations) == 7
    assert absent(told, section("/console/belt/", "belt")) == []


@pytest.mark.parametrize(
    ("name", "table"),
    [("rfm", "rfm_grid"), ("status", "customer_status_summary"), ("cpm", "cpm_summary"), ("clusters", "cluster_profiles"),
     ("personas", "persona_profiles")],
)  # fmt: skip
def test_every_class_has_the_customers_its_table_counts(shop, section, name, table):
    counted = rows(shop, table)
    if table == "rfm_grid":
        cells = {}
        for row in counted:
            cells[row["r"], row["f"]] = cells.get((row["r"], row["f"]), 0) + row["customers"]
        numbers = list(cells.values())
    else:
        numbers = [row.get("customers", row.get("customer_count")) for row in counted]
    with override("ja"):
        told, by_person = [count(number) for number in numbers], [people(number) for number in numbers]
    text = section("/console/segments/", name)
    assert len(told) > 2
    assert [
        one for one, other in zip(told, by_person, strict=True) if absent([one], text) and absent([other], text)
    ] == []


def test_rows_of_every_fact_table(shop, section):
    states = {state.table.name: state.rows for state in shop.tables() if state.kind == "fact"}
    with override("ja"):
        told = [count(states[name]) for name in ("customers", "orders", "order_lines", "products", "voices")]
    assert absent(told, section("/console/data/", "quality")) == []


def test_a_page_is_of_the_newest_refresh_alone(shop):
    from okaeri.loop import snapshots

    client = client_of(shop, "owner")
    assert "2026年4月1日" in client.get("/console/").content.decode()
    with shop.workspace.records():
        latest, snapshot = snapshots.latest_refresh(), snapshots.current()
        shutil.copytree(shop.workspace.measured / latest.key, shop.workspace.measured / "2026-02-01-x")
        snapshots.record_refresh("2026-02-01-x", date(2026, 2, 1), snapshot, snapshots.now(), latest.tables)
    after = client.get("/console/").content.decode()
    assert "2026年2月1日" in after
    assert "2026年4月1日" not in after


def test_tables_of_another_version_are_not_shown_but_measured_anew(shop):
    """A newer okaeri may want columns that an older one's tables lack."""
    from okaeri.loop.published import FOLDER, READY

    client = client_of(shop, "owner")
    with shop.workspace.records():
        from okaeri.loop import snapshots

        mark = shop.workspace.measured / snapshots.latest_refresh().key / FOLDER / READY
    mark.rename(mark.with_name("0123456789abcdef"))
    told = client.get("/console/value/").content.decode()
    assert "あとは集計するだけです" in told
    assert 'id="ltv"' not in told
    mark.with_name("0123456789abcdef").rename(mark)
    assert 'id="ltv"' in client.get("/console/value/").content.decode()
