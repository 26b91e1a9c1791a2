"""Tables and customers read over HTTP: page by page as `okaeri show` has them, and never by one who may not."""

import base64
import json
import re
import shutil
from collections import Counter
from datetime import date
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import schemathesis
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils.html import escape
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from okaeri.records.roles import PERMISSIONS, ROLES
from tests.web.api.sending import Program, key_of, refused
from tests.web.console.shops import client_of, measured_shop, staffed


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def program(shop):
    return Program(shop)


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def test_every_table_is_told_with_its_columns_and_can_be_read(shop, program):
    from okaeri.schema.computed import TABLES

    told = {table["name"]: table for table in program.get("tables").json()["tables"]}
    assert set(told) == set(TABLES)
    for name, table in TABLES.items():
        assert [column["name"] for column in told[name]["columns"]] == list(table.column_names)
        answer = program.get(f"tables/{name}", limit=1)
        assert answer.status_code == 200, (name, answer.content)
        json.loads(answer.content, parse_constant=pytest.fail)


def test_the_list_of_tables_is_sent_anew_only_where_it_changed(program):
    first = program.get("tables")
    assert first["Cache-Control"] == "private, no-cache"
    again = program.client.get("/api/v1/tables", headers=program.headers | {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = program.client.get("/api/v1/tables", headers=program.headers | {"If-None-Match": '"another"'})
    assert other.json() == first.json()


@pytest.mark.parametrize("name", ["customer_value", "cohort_retention", "ltv_curve"])
def test_all_pages_together_are_the_table_in_the_order_of_its_key(shop, program, name):
    from okaeri.schema.computed import TABLES

    rows, cursor = [], None
    while cursor is not None or not rows:
        asked = {"limit": 97} | ({"cursor": cursor} if cursor else {})
        page = program.get(f"tables/{name}", **asked).json()
        assert 0 < len(page["rows"]) <= 97
        rows, cursor = rows + page["rows"], page["next"]
    key = TABLES[name].key
    held = sorted(shop.show(name).to_pylist(), key=lambda row: tuple(row[part] for part in key))
    assert [tuple(row[part] for part in key) for row in rows] == [
        tuple(plain(row[part]) for part in key) for row in held
    ]
    assert len(rows) > 97


@pytest.mark.parametrize("asked", [{}, {"where": "past_value:ge:5000"}])
def test_all_pages_of_a_long_table_together_are_its_rows_once_each(shop, program, monkeypatch, asked):
    from okaeri.loop import rows as paging

    monkeypatch.setattr(paging, "LONG", 50)
    found, cursor = [], None
    while cursor is not None or not found:
        page = program.get("tables/customer_value", **asked, limit=41, **({"cursor": cursor} if cursor else {})).json()
        found, cursor = found + page["rows"], page["next"]
    held = [row for row in shop.show("customer_value").to_pylist() if not asked or row["past_value"] >= 5000]
    assert len(found) == len(held) > 82
    assert {row["customer_id"]: row for row in found} == {
        row["customer_id"]: {name: plain(value) for name, value in row.items()} for row in held
    }


def test_conditions_choose_the_rows_they_say(shop, program):
    held = shop.show("customer_value").to_pylist()
    bound = sorted(row["past_value"] for row in held)[len(held) // 2]
    one = held[0]["acquired_via"]
    asked = {"where": [f"past_value:ge:{bound}", f"acquired_via:eq:{one}"], "limit": 1000}
    rows = program.get("tables/customer_value", **asked).json()["rows"]
    wanted = {row["customer_id"] for row in held if row["past_value"] >= bound and row["acquired_via"] == one}
    assert {row["customer_id"] for row in rows} == wanted
    assert 0 < len(wanted) < len(held)
    customer = held[0]["customer_id"]
    only = program.get("tables/customer_value", where=f"customer_id:eq:{customer}").json()["rows"]
    assert [row["customer_id"] for row in only] == [customer]


WRONG = [
    {"where": "colour:eq:red"}, {"where": "past_value:eq:much"}, {"where": "past_value:eq:nan"}, {"where": "past_value"},
    {"where": "past_value:like:1"}, {"where": "cohort_month:eq:1.5"}, {"where": "cohort_month:eq:99999999999999999999"},
    {"where": "customer_id:eq:' OR 1=1 --\x00"}, {"limit": "0"}, {"limit": "1001"}, {"limit": "many"},
    {"cursor": "nonsense"}, {"cursor": "WzFd"}, {"cursor": "é"}, {"colour": "red"},
    {"where": ["past_value:ge:0"] * 21},
]  # fmt: skip


@pytest.mark.parametrize("asked", WRONG, ids=str)
def test_what_cannot_be_asked_is_refused_as_a_problem(program, asked):
    refused(program.get("tables/customer_value", **asked), 422)


def test_a_text_that_looks_like_a_query_is_only_a_text(program):
    assert program.get("tables/customer_value", where="customer_id:eq:' OR 1=1 --").json()["rows"] == []


def test_a_cursor_leads_into_no_tables_of_another_version(shop, program):
    older = shop.workspace.measured / f"2020-01-01-{'0' * 16}"
    older.mkdir()
    pq.write_table(pa.table({"of_old": [1]}), older / "customer_value.parquet")
    cursor = base64.urlsafe_b64encode(json.dumps([older.name, "2020-01-01", "own:1"]).encode()).decode()
    refused(program.get("tables/customer_value", cursor=cursor), 422)
    shutil.rmtree(older)


def test_reading_who_customers_are_is_written_down_now_and_then(shop):
    from django.core.cache import cache

    from okaeri.records.models import AuditEntry

    cache.clear()
    customer = shop.show("customer_value")["customer_id"][0].as_py()
    with shop.workspace.records():
        entries = AuditEntry.objects.filter(action="read people")
        before = entries.count()
        Program(shop, "export_figures").get(f"customers/{customer}")
        assert entries.count() == before
        reader = Program(shop, "people")
        for _ in range(2):
            reader.get(f"customers/{customer}")
        assert entries.count() == before + 1
        assert client_of(shop, "support").get(f"/api/v1/customers/{customer}").status_code == 200
        assert entries.latest("pk").actor == "support"


def test_a_customer_is_told_with_the_person_only_to_those_who_may_see_people(shop, program):
    from okaeri.records.models import Person

    customer = shop.show("customer_value")["customer_id"][0].as_py()
    with shop.workspace.records():
        person = Person.objects.get(customer_id=customer)
    told = program.get(f"customers/{customer}").json()
    value = next(row for row in shop.show("customer_value").to_pylist() if row["customer_id"] == customer)
    assert told["tables"]["customer_value"][0]["lifetime_value"] == pytest.approx(value["lifetime_value"])
    assert [each["email"] for each in told["persons"]] == [person.email]
    blind = Program(shop, "export_figures").get(f"customers/{customer}")
    assert blind.json()["persons"] is None
    for part in (person.name, person.email, person.phone):
        assert part not in blind.content.decode()
    refused(Program(shop, "figures").get(f"customers/{customer}"), 403)
    refused(program.get("customers/own:nobody"), 404)


def test_the_card_of_the_console_is_told_whole_to_those_who_may_see_people(shop, program):
    """Against the page: each sentence and note of it stands in the JSON, and the orders are those of the table."""
    from okaeri.loop import notes
    from okaeri.loop.card import card_of
    from okaeri.loop.published import published

    with shop.workspace.records():
        laid = published(shop.workspace)
        ids = shop.show("customer_value")["customer_id"].to_pylist()
        cards = {one: card_of(shop.workspace, laid, one) for one in ids}
        customer = max(ids, key=lambda one: (cards[one].trouble is not None, len(cards[one].voices)))
        notes.write(customer, "贈りものは平日に", key=uuid4(), actor="support", is_task=False, due_on=None)
    told = program.get(f"customers/{customer}").json()["card"]
    page = client_of(shop, "support").get(f"/console/customers/{customer}/").content.decode()
    assert told["sentences"]
    for sentence in told["sentences"]:
        assert escape(sentence["text"]) in page
        assert escape(sentence["because"]) in page
    for reason in told["reasons"]:
        assert escape(reason) in page
    assert [note["text"] for note in told["notes"]] == ["贈りものは平日に"]
    bought = {row["order_id"] for row in shop.show("orders").to_pylist() if row["customer_id"] == customer}
    assert bought <= {order["order_id"] for order in told["orders"]}
    assert sorted((one["ordered_at"] for one in told["orders"]), reverse=True) == [
        one["ordered_at"] for one in told["orders"]
    ]
    assert told["trouble"]["voice_id"] == cards[customer].trouble["voice_id"]
    assert {one["reason"] for row in told["leaving"] for one in row["reasons"]} >= {
        row["reason_1"] for row in cards[customer].rows["churn_risk"] if row["reason_1"]
    }
    for blind in (Program(shop, "export_figures"), Program(shop, "export_figures", "voices")):
        assert blind.get(f"customers/{customer}").json()["card"] is None
        assert (
            blind.get(f"customers/{customer}").json()["tables"].keys()
            == program.get(f"customers/{customer}").json()["tables"].keys()
        )


def test_rows_that_are_left_out_of_a_card_are_counted(shop, program, monkeypatch):
    from okaeri.loop import customer_card

    monkeypatch.setattr(customer_card, "MOST_ROWS", 2)
    lines = Counter(row["customer_id"] for row in shop.show("purchase_lines").to_pylist())
    ((customer, count),) = lines.most_common(1)
    told = program.get(f"customers/{customer}").json()
    assert len(told["tables"]["purchase_lines"]) == 2
    assert told["truncated"]["purchase_lines"] == count
    assert "customer_value" not in told["truncated"]
    assert len(told["card"]["orders"]) == 2 < told["card"]["truncated"]["orders"]


def test_each_reading_of_rows_of_single_customers_is_written_down_once(shop, program):
    from okaeri.records.models import AuditEntry

    with shop.workspace.records():
        entries = AuditEntry.objects.filter(action="export", detail__over="api").order_by("pk")
        before = entries.count()
        asked = {"where": "past_value:ge:0", "limit": 100}
        page = program.get("tables/customer_value", **asked).json()
        program.get("tables/customer_value", **asked, cursor=page["next"])
        program.get("tables/ltv_curve")
        refused(program.get("tables/customer_value", where="colour:eq:red"), 422)
        assert entries.count() == before + 1
        entry = entries.latest("pk")
        assert (entry.actor, entry.detail["table"], entry.detail["where"]) == (
            "key test", "customer_value", ["past_value:ge:0"]
        )  # fmt: skip
        other = Program(shop, "export_figures")
        other.get("tables/customer_value", **asked, cursor=page["next"])
        assert entries.count() == before + 2, "a cursor of somebody else begins a reading of one's own"


def test_a_measurement_asked_for_again_while_it_waits_is_the_same_job_and_is_told_until_it_is_done(shop):
    from okaeri.records import jobs

    program = Program(shop, "import")
    first, again = program.send("refresh", '{"day": "newest"}'), program.send("refresh", '{"day": "newest"}')
    told = first.json()
    assert (first.status_code, told["state"], told["kind"], told["errors"]) == (202, "waiting", "refresh", [])
    assert again.json()["id"] == told["id"]
    assert first["Location"] == f"/api/v1/jobs/{told['id']}"
    number = told["id"]
    with shop.workspace.records():
        job = jobs.claim("w")
        jobs.tell(job, "w", "measuring", 0.5)
        running = program.get(f"jobs/{number}").json()
        assert (running["state"], running["step"], running["share"]) == ("running", "measuring", 0.5)
        jobs.end(job, "w", result={"as_of": "2026-04-01", "tables": 3})
    assert program.get(f"jobs/{number}").json()["state"] == "done"
    listed = program.get("jobs", limit=1).json()
    assert [one["id"] for one in listed["jobs"]] == [number]
    other = program.send("refresh", "{}").json()["id"]
    assert other != number
    page = program.get("jobs", limit=1).json()
    assert (page["jobs"][0]["id"], page["next"]) == (other, other)
    assert program.get("jobs", limit=1, before=page["next"]).json()["jobs"][0]["id"] == number
    refused(program.get("jobs/999999"), 404)
    refused(Program(shop, "figures").send("refresh", "{}"), 403)
    refused(Program(shop, "figures").get("jobs"), 403)
    refused(program.send("refresh", '{"day": "yesterday"}'), 422)


def test_rows_about_single_customers_and_their_words_ask_for_more_than_figures(shop):
    figures = Program(shop, "figures")
    assert figures.get("tables/ltv_curve").status_code == 200
    for name in ("customer_value", "purchases", "emotion_signals", "distinct_texts", "voice_topics"):
        refused(figures.get(f"tables/{name}"), 403)
    assert Program(shop, "export_figures").get("tables/customer_value").status_code == 200
    refused(Program(shop, "export_figures").get("tables/distinct_texts"), 403)


def test_a_session_of_the_console_looks_with_its_role_and_sends_nothing(shop):
    assert client_of(shop, "analyst").get("/api/v1/tables/customer_value").status_code == 200
    refused(client_of(shop, "read_only").get("/api/v1/tables/customer_value"), 403)
    told = client_of(shop, "owner").post(
        "/api/v1/orders", "{}", content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    refused(told, 401)


def test_the_page_of_the_api_comes_from_this_server_alone(shop):
    client = client_of(shop)
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert "default-src 'none'" in page["Content-Security-Policy"]
    told = client.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for place in ("/static/ninja/swagger-ui-bundle.js", "/static/ninja/swagger-ui.css"):
        assert place in page.content.decode()


def test_every_error_of_every_address_is_a_problem(shop, program):
    client = program.client
    refused(client.get("/api/"), 404)
    refused(client.get("/api/v2/tables"), 404)
    refused(client.delete("/api/v1/tables", headers=program.headers), 405)
    assert "GET" in client.delete("/api/v1/tables", headers=program.headers)["Allow"]
    refused(client.get("/api/v1/tables"), 401)
    refused(client.get("/api/v1/tables/none", headers=program.headers), 404)


# Every address, as everybody.

#: Addresses that everybody may see: what customers are shown, signing in, and what the API is.
OPEN = ("s/", "static/", "alive/", "api/docs", "api/openapi.json", "console/sign-in/", "console/sign-out/",
        "console/language/")  # fmt: skip


def addresses(patterns=None, before=""):
    """Every address the server knows, with something in the place of its variable parts, and its view."""
    for pattern in get_resolver("okaeri.config.urls").url_patterns if patterns is None else patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield place, pattern.callback
        else:
            yield from addresses(pattern.url_patterns, place)


def filled(place):
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: "1" if part[1] == "int" else "x", place.replace("^", ""))


def internal():
    """Addresses of the console and the API that ask for a permission."""
    return [(filled(place), view) for place, view in addresses()
            if place.startswith(("console/", "api/v1/")) and not place.startswith(OPEN)]  # fmt: skip


def test_every_address_belongs_to_the_console_the_api_or_what_customers_see(shop):
    from okaeri.programs.reviews import urls as reviews
    from okaeri.programs.surveys import urls as surveys

    shown = {str(pattern.pattern) for module in (reviews, surveys) for pattern in module.urlpatterns}
    others = [place for place, _ in addresses()
              if not place.startswith(("console/", "api/", "^api")) and place not in shown | {"", "alive/"}]  # fmt: skip
    assert others == []
    assert len(internal()) > 25


def test_nobody_reaches_anything_that_asks_for_a_permission(shop):
    client = Client(raise_request_exception=False)
    client_of(shop)
    for address, _ in internal():
        for answer in (client.get(address), client.post(address, "{}", content_type="application/json")):
            assert answer.status_code in (302, 401, 405), (address, answer.status_code)
            assert b"@" not in answer.content


@pytest.mark.parametrize("permission", ["figures", "export_figures", "voices", "people", "import"])
def test_a_key_reaches_only_the_api_and_only_what_it_may(shop, permission):
    program = Program(shop, permission)
    for address, _ in internal():
        answer = program.client.get(address, headers=program.headers)
        assert answer.status_code < 500, address
        if address.startswith("/console/"):
            assert answer.status_code in (302, 405), address
    reached = {
        place: program.get(place).status_code == 200
        for place in ("tables", "tables/ltv_curve", "tables/customer_value", "tables/distinct_texts")
    }
    assert reached == {
        "tables": permission == "figures", "tables/ltv_curve": permission == "figures",
        "tables/customer_value": permission == "export_figures", "tables/distinct_texts": permission == "voices",
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_told_no_by_every_address_it_may_not_use(shop, role):
    for address, view in internal():
        permission = getattr(view, "permission", None)
        client = client_of(shop, role)  # anew, as verbs may end the session
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code < 500, address
            if permission is not None and role not in PERMISSIONS[permission]:
                assert answer.status_code in (403, 405), (address, answer.status_code)
    told = client_of(shop, role).get("/api/v1/tables/customer_value").status_code
    assert told == (200 if role in PERMISSIONS["export_figures"] else 403)


def test_neither_a_key_nor_a_session_of_another_shop_opens_anything(shop, tmp_path):
    import okaeri

    other = staffed(okaeri.init(tmp_path / "other", name="other"))
    key, browser = key_of(other), client_of(other, "owner")
    assert browser.get("/console/account/").status_code == 200
    refused(Program(shop, key=key).get("tables"), 401)
    for address, _ in internal():
        answer = browser.get(address)
        assert answer.status_code in (302, 401, 405), (address, answer.status_code)


# The description against the server.

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip
OPERATIONS = [
    "GET /api/v1/status", "GET /api/v1/tables", "GET /api/v1/tables/{name}", "GET /api/v1/customers/{customer_id}",
    "POST /api/v1/orders", "POST /api/v1/customers", "POST /api/v1/events", "POST /api/v1/voices",
    "GET /api/v1/receipts/{receipt}", "GET /api/v1/jobs", "GET /api/v1/jobs/{number}", "POST /api/v1/refresh",
]  # fmt: skip


@pytest.fixture(scope="module")
def described(shop):
    from django.core.handlers.wsgi import WSGIHandler

    client_of(shop)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())


def test_the_description_names_these_operations(described):
    assert {result.ok().label for result in described.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_what_the_api_answers_is_what_it_says(described, program, label, mode):
    """Whatever is asked, as described or not: no failure of the server, and answers of the form the description has."""
    operation = next(each for each in (one.ok() for one in described.get_all_operations()) if each.label == label)

    @settings(max_examples=10, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers=program.headers, checks=CHECKS)

    ask()
