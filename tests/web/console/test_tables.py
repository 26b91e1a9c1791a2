"""The measured tables on pages: every row and meaning as the table has it, chosen, turned and taken away, by who may."""

import csv
import io
import re
from datetime import date
from html import unescape
from urllib.parse import quote, urlencode

import pyarrow.parquet as pq
import pytest

from tests.web.console.printed import Part
from tests.web.console.shops import client_of, measured_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def analyst(shop):
    return client_of(shop, "analyst")


def page(client, name="", status=200, **asked):
    answer = client.get(f"/console/data/tables/{name}?" + urlencode(asked, doseq=True))
    assert answer.status_code == status
    return answer.content.decode()


def cells(text):
    """The rows on a page, as texts."""
    body = re.search(r"<tbody data-words>(.*?)</tbody>", text, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [[unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def told(value):
    return "–" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def exports(shop):
    from okaeri.records.models import AuditEntry

    with shop.workspace.records():
        return list(AuditEntry.objects.filter(action="export").order_by("pk").values_list("actor", "detail"))


def test_the_list_names_every_table_with_its_rows_and_those_one_may_open(shop, analyst):
    from okaeri.schema.computed import TABLES

    listed = page(analyst)
    found = dict(re.findall(r'tables/(\w+)/">\1</a>.*?<td class="num">([\d,]+)</td>', listed, re.DOTALL))
    assert set(found) == set(TABLES)
    for name in ("ltv_curve", "purchases", "payback", "kpis"):
        assert int(found[name].replace(",", "")) == shop.show(name).num_rows
    few = page(client_of(shop, "read_only"))
    assert "tables/ltv_curve/" in few
    assert "tables/purchases/" not in few
    assert set(re.findall(r'tables/(\w+)/"', page(analyst, q="payback"))) < set(TABLES)


def test_all_pages_of_a_table_together_are_its_rows_in_the_order_of_the_key(shop, analyst):
    held = shop.show("customer_status").to_pylist()
    names = list(held[0])
    texts = [name for name in names if not isinstance(held[0][name], float | int)]
    rows, text = [], page(analyst, "customer_status/")
    while True:
        rows += cells(text)
        onward = re.search(r'<a href="([^"]+)" rel="next">', text)
        if onward is None:
            break
        text = analyst.get("/console/data/tables/customer_status/" + unescape(onward[1])).content.decode()
    held.sort(key=lambda row: row["customer_id"])
    assert [[row[names.index(name)] for name in texts] for row in rows] == [
        [told(row[name]) for name in texts] for row in held
    ]
    assert len(rows) > 100


def test_conditions_choose_rows_one_after_the_other_and_each_can_be_taken_away(shop, analyst):
    held = shop.show("ltv_curve").to_pylist()
    text = page(analyst, "ltv_curve/", column="dimension", operator="eq", value="all")
    wanted = [row for row in held if row["dimension"] == "all"]
    assert f"<p>{len(wanted):,}行</p>" in text
    text = page(analyst, "ltv_curve/", where="dimension:eq:all", column="age_days", operator="le", value="30")
    wanted = [row for row in wanted if row["age_days"] <= 30]
    assert f"<p>{len(wanted):,}行</p>" in text
    assert len(cells(text)) == min(len(wanted), 50) > 0
    chips = [unescape(href) for href in re.findall(r'<a href="([^"]+)" class="chip"', text)]
    assert chips == ["?where=age_days%3Ale%3A30", "?where=dimension%3Aeq%3Aall"]
    wrong = page(analyst, "ltv_curve/", 422, column="age_days", operator="eq", value="soon")
    assert 'role="alert"' in wrong
    assert cells(wrong) == []
    assert 'role="alert"' in page(analyst, "ltv_curve/", 422, cursor="nonsense")
    assert "合う行はありません" in page(analyst, "ltv_curve/", where="dimension:eq:none of these")


def test_every_column_is_told_with_meaning_unit_and_choices(shop, analyst):
    from okaeri.schema.computed import TABLES

    for name in ("ltv_curve", "churn_risk", "friction_facts"):
        (sheet,) = Part.of(page(analyst, f"{name}/")).sections()["columns-title"].sheets()
        told_rows = [
            (one.name, one.meaning, one.unit or "–", one.type, ", ".join(one.choices) or "–")
            for one in TABLES[name].columns
        ]
        assert list(sheet.rows) == told_rows


def test_what_is_taken_away_is_what_was_chosen_and_stands_in_the_log(shop, analyst):
    held = shop.show("customer_status").to_pylist()
    wanted = sorted((row for row in held if row["status"] == "dormant"), key=lambda row: row["customer_id"])
    where = {"where": "status:eq:dormant"}
    place = "/console/data/tables/customer_status/download/"
    before = len(exports(shop))
    as_csv = analyst.post(place, where | {"kind": "csv"})
    text = b"".join(as_csv.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["customer_id"] for row in rows] == [row["customer_id"] for row in wanted]
    assert set(rows[0]) == set(held[0])
    as_parquet = analyst.post(place, where | {"kind": "parquet"})
    assert as_parquet["Content-Disposition"].endswith('customer_status-2026-04-01.parquet"')
    taken = pq.read_table(io.BytesIO(b"".join(as_parquet.streaming_content)))
    assert taken.to_pylist() == wanted
    assert 0 < len(wanted) < len(held)
    noted = exports(shop)[before:]
    assert [(actor, detail["table"], detail["where"], detail["rows"], detail["file"]) for actor, detail in noted] == [
        ("analyst", "customer_status", ["status:eq:dormant"], len(wanted), kind) for kind in ("csv", "parquet")
    ]


def test_rows_of_single_customers_and_their_words_are_for_those_who_may_have_them(shop):
    for role, name, seen in [
        ("read_only", "ltv_curve", 200), ("read_only", "customer_value", 403), ("support", "customer_value", 403),
        ("support", "distinct_texts", 200), ("read_only", "distinct_texts", 403), ("analyst", "customer_value", 200),
    ]:  # fmt: skip
        assert client_of(shop, role).get(f"/console/data/tables/{name}/").status_code == seen, (role, name)
    before = len(exports(shop))
    for role, name in [("read_only", "ltv_curve"), ("support", "distinct_texts"), ("support", "customer_value")]:
        answer = client_of(shop, role).post(f"/console/data/tables/{name}/download/", {"kind": "csv"})
        assert answer.status_code == 403
    owner = client_of(shop, "owner")
    for path, asked, status in [
        ("none/", {"kind": "csv"}, 404), ("ltv_curve/", {"kind": "exe"}, 404),
        ("ltv_curve/", {"kind": "csv", "where": "colour:eq:red"}, 422),
    ]:  # fmt: skip
        assert owner.post(f"/console/data/tables/{path}download/", asked).status_code == status
    assert len(exports(shop)) == before


@pytest.mark.parametrize("way", ["products", "value"])
def test_what_a_page_leaves_out_leads_to_the_table_for_those_who_may_read_it(shop, way):
    """A section that says "more in the table" links there, and only for who may open it."""
    from okaeri.loop.rows import permission_of
    from okaeri.records.roles import may
    from okaeri.schema.computed import TABLES

    links = {}
    for role in ("owner", "read_only"):
        text = client_of(shop, role).get(f"/console/{way}/").content.decode()
        links[role] = set(re.findall(r'href="/console/data/tables/(\w+)/"', text)) & set(TABLES)
        for name in links[role]:
            assert may(role, permission_of(TABLES[name]))
            assert client_of(shop, role).get(f"/console/data/tables/{quote(name)}/").status_code == 200
    assert links["owner"] >= links["read_only"]
    assert links["owner"]
