"""Every figure on a page is that of ``okaeri show`` for the same table and date.

``tests/web/console/told`` says section by section what the tables mean a page to print: every table cell by cell under
its heading, lists line by line, and each figure between them. What no teller tells must not hold a figure.
"""

import json
import re
import shutil
from datetime import date
from functools import cache
from urllib.parse import quote

import pytest
from django.utils.translation import override

from okaeri.loop.workspace import start_django

start_django()

from okaeri.web.console.panels import PANELS  # noqa: E402
from okaeri.web.console.urls import ROUTES  # noqa: E402
from okaeri.web.report.figures import count, day, money, share  # noqa: E402
from tests.web.console.printed import Part, figures_in  # noqa: E402
from tests.web.console.shops import client_of, in_zone, measured_shop  # noqa: E402
from tests.web.console.told import TOLD, Told, Truth, customers, plan, sparse  # noqa: E402
from tests.web.console.told import told as told_of  # noqa: E402

#: Pages of figures that stand in the records, not in tables: what was taken in, what runs, who may do what; and
#: the tables themselves, which tests/web/console/test_tables.py compares.
OF_RECORDS = {
    "data/imports/", "data/merges/", "data/connect/", "data/costs/", "jobs/", "emotion/sketch/", "tasks/",
    "data/tables/",
}  # fmt: skip
#: When the shop is measured by itself stands in the records too.
TIMES = {("/console/data/", "daily")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = measured_shop(tmp_path_factory.mktemp("figures"))
    sparse.fill(shop)
    plan.set_out(shop)
    return shop


@pytest.fixture(scope="module")
def truth(shop):
    return Truth(shop)


@pytest.fixture(scope="module")
def printed(shop):
    """A page in English, as its parts."""
    client = client_of(shop, "owner")
    with shop.workspace.records():
        session = client.session
        session["language"] = "en"
        session.save()

    @cache
    def of(path):
        answer = client.get(path)
        return Part.of(answer.content.decode()) if b"<main" in answer.content else None

    return of


def compared(part: Part, told: Told) -> None:
    assert part.sheets() == told.sheets
    if told.lines:
        assert part.lines() == told.lines
    assert part.loose(with_lists=not told.lines) == told.figures


@pytest.mark.parametrize(("path", "section"), list(TOLD))
def test_a_section_prints_what_its_tables_say_and_nothing_else(printed, truth, path, section):
    with override("en"):
        told = told_of(truth, path, section)
    compared(printed(path).sections()[section], told)


def test_no_page_of_figures_holds_any_that_is_not_compared(printed, truth):
    """Sections nobody tells hold no table and no figure; beside sections there are only days and what the data lacks."""
    asked = {route.path for route in ROUTES if route.permission in ("figures", "voices", "people", "data")
             and route.method == "GET" and "<" not in route.path} - OF_RECORDS  # fmt: skip
    paths = {path for path, _ in TOLD} | {f"/console/{path}" for path in asked}
    looked = {path: printed(path) for path in paths if printed(path) is not None}
    assert {f"/console/{name}/" for name in PANELS if name != "today"} <= set(looked)
    untold = {
        (path, name): part for path, whole in looked.items() for name, part in whole.sections().items()
        if (path, name) not in TOLD and (path, name) not in TIMES
    }  # fmt: skip
    assert {key: part.loose(with_lists=True) | {cell for sheet in part.sheets() for row in sheet.rows for cell in row}
            for key, part in untold.items() if part.sheets() or part.loose(with_lists=True)} == {}  # fmt: skip
    newest = [in_zone(state.newest) for state in truth.shop.tables() if state.kind == "fact" and state.newest]
    with override("en"):
        days = {figure for one in (truth.as_of, *newest) for figure in figures_in(day(one))}
    (narrow,) = truth.rows("belt", is_bottleneck=True)  # said on top of its station's page
    with override("en"):
        days |= {money(narrow["gross_profit_per_percent"])}
    beside = {path: whole.beside() - days for path, whole in looked.items()}
    assert {path: figures for path, figures in beside.items() if figures} == {}


def test_the_card_of_a_customer_says_what_the_tables_say_of_them(printed, truth):
    chosen = customers.telling(truth)
    assert len(chosen) >= 4
    for customer in chosen:
        card = printed(f"/console/customers/{quote(customer, safe='')}/").sections()
        for name, teller in customers.CARD.items():
            told = Told()
            with override("en"):
                teller(truth, told, customer)
            compared(card[name], told)


def test_a_voice_says_what_was_read_out_of_it(printed, truth):
    rows = customers.scored(truth)
    for row in [rows[0], next(one for one in rows if one["rating"] is not None and one["order_id"])]:
        voice = printed(f"/console/voices/one/?id={quote(row['voice_id'])}").sections()[""]
        with override("en"):
            head, aspects = (
                customers.head_of(truth, row, with_product=False),
                customers.aspects_of(truth, row["voice_id"]),
            )
            rated = "" if row["rating"] is None else f" · rated {share(row['rating'])}"
        assert voice.all("p")[0].text() == head + rated
        assert [line for line in voice.lines() if line.split(" ")[0] not in ("Product", "Order", "Customer")] == aspects


def _drawn(whole: object, columns: set[str]) -> list[dict]:
    """What of a chart is a row of a table: everything with three of its columns or more."""
    if isinstance(whole, list):
        return [row for part in whole for row in _drawn(part, columns)]
    if not isinstance(whole, dict):
        return []
    own = {name: value for name, value in whole.items() if name in columns}
    return [own] if len(own) >= 3 else [row for part in whole.values() for row in _drawn(part, columns)]


@pytest.mark.parametrize(
    ("path", "chart", "table", "rows"),
    [("/console/", "kpis", "kpis", 200), ("/console/value/", "ladder", "repeat_interval", 20),
     ("/console/segments/", "status", "decile_summary", 10), ("/console/products/", "next_product", "next_product", 40),
     ("/console/products/", "carts", "cart_abandonment", 50)],
)  # fmt: skip
def test_what_a_chart_draws_are_rows_of_its_table(shop, truth, path, chart, table, rows):
    html = client_of(shop, "owner").get(path).content.decode()
    charts = json.loads(
        re.search(r'<script id="report-data" type="application/json">(.*?)</script>', html, re.DOTALL)[1]
    )
    told = truth.rows(table)
    drawn = _drawn(charts[chart], set(told[0]))
    assert len(drawn) >= rows

    def key(row, names):
        return tuple(f"{row[name]:.7g}" if isinstance(row[name], float) else str(row[name]) for name in names)

    names = sorted(drawn[0])
    known = {key(row, names) for row in told}
    assert [row for row in drawn if key(row, names) not in known] == []


def test_figures_in_japanese_are_the_same_with_their_units(shop, truth):
    html = client_of(shop, "owner").get("/console/").content.decode()
    section = next(part for part in Part.of(html).sections().items() if part[0] == "kpis")[1].text()
    with override("ja"):
        for row in truth.rows("kpis", cohort="all"):
            if row["kpi"] in ("step_up_rate", "order_value", "repeat_rate_cohort"):
                write = money if row["kpi"] == "order_value" else share
                assert write(row["value"]) in section
                assert f"n {count(row['n'])}" in section


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
