"""The list of customers: who is found, chosen, counted, saved and exported, and by whom."""

import csv
import html
import io
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given

from okaeri.schema.segments import All, Compare, Did, Not, read, told, written
from tests.schema.rules import leaves
from tests.web.console.shops import client_of, measured_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("customers"))


@pytest.fixture(scope="module")
def rows(shop):
    return shop.show("customers_now").to_pylist()


def person_of(shop, **where):
    from okaeri.records.models import Link, Person

    with shop.workspace.records():
        linked = set(Link.objects.filter(undone_at=None).values_list("customer_id", flat=True))
        return next(one for one in Person.objects.filter(**where).exclude(name="") if one.customer_id not in linked)


def told_people(text):
    """How many people a page says it shows."""
    return int(re.search(r"<dt>人数</dt><dd>([\d,]+)人", text)[1].replace(",", ""))


def listed(client, **asked):
    answer = client.get("/console/customers/?" + urlencode(asked))
    return answer.status_code, answer.content.decode()


def test_a_figure_on_the_list_equals_what_the_tables_say(shop, rows):
    status, text = listed(client_of(shop, "owner"), status="dormant")
    dormant = [row for row in rows if row["status"] == "dormant"]
    assert status == 200
    assert told_people(text) == len(dormant)
    assert f"{round(sum(row['revenue'] for row in dormant)):,}円" in text
    value = {row["customer_id"]: row for row in shop.show("customer_value").to_pylist()}
    assert f"{round(sum(value[row['customer_id']]['residual_value'] for row in dormant)):,}円" in text


@pytest.mark.parametrize("held", ["own:a\nb", "own:\u2028", "own:a/../b", "own:?#"])
def test_a_customer_whose_id_no_address_can_hold_is_listed_like_any_other(shop, rows, held, monkeypatch):
    """Shops that measured before such ids were refused still hold them."""
    from okaeri.loop import customers

    of = customers.rows_of
    monkeypatch.setattr(customers, "rows_of", lambda *asked: [row | {"customer_id": held} for row in of(*asked)])
    status, text = listed(client_of(shop, "owner"))
    assert status == 200
    assert f'<th scope="row">{held}</th>' in text or f">{held}</a></th>" in text


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"r": "1", "f": "1"}, lambda row: row["r"] == 1 and row["f"] == 1),
        ({"cpm": "steady_gone,young_gone"}, lambda row: row["cpm"] in ("steady_gone", "young_gone")),
        ({"decile": "1"}, lambda row: row["decile"] == 1),
        ({"is_buyer": "true"}, lambda row: row["is_buyer"]),
        ({"region": "東京都"}, lambda row: row["region"] == "東京都"),
        ({"rule": written(All((Compare("order_count", "at_least", 3), Not(Compare("rank", "is", ("E",))))))},
         lambda row: row["order_count"] >= 3 and row["rank"] != "E"),
    ],
)  # fmt: skip
def test_the_address_chooses_people_by_any_column(shop, rows, asked, fits):
    status, text = listed(client_of(shop, "analyst"), **asked)
    assert status == 200
    assert 0 < told_people(text) == sum(bool(fits(row)) for row in rows)


def test_people_are_found_by_name_kana_phone_mail_and_id(shop):
    person = person_of(shop, store="own")
    client = client_of(shop, "support")
    for query in (
        person.name,
        person.kana,
        person.email.upper(),
        person.phone_key[3:9],
        person.phone_key,
        person.customer_id,
    ):
        status, text = listed(client, q=query)
        assert status == 200
        assert person.customer_id in text, query
        assert person.name in text


def test_who_may_not_see_people_sees_how_many_they_are_and_their_sums(shop, rows):
    person = person_of(shop, store="own")
    first = [row for row in rows if row["status"] == "first"]
    for role in ("analyst", "read_only"):
        client = client_of(shop, role)
        status, text = listed(client, status="first")
        assert status == 200
        assert told_people(text) == len(first)
        assert f"{round(sum(row['revenue'] for row in first)):,}円" in text
        for query in (person.name, person.customer_id):
            text = listed(client, q=query)[1]
            assert told_people(text) == len(rows), "who may not see people cannot look for one"
            assert person.name not in text


def test_a_figure_leads_to_exactly_its_value_though_it_holds_a_comma(shop):
    from django.template import Context, Template

    said = Template("{% load customers %}{% people_where '3' first_product=code %}").render(
        Context({"in_console": True, "code": 'A,"B'})
    )
    asked = parse_qs(urlsplit(html.unescape(re.search(r'href="([^"]+)"', said)[1])).query)["rule"][0]
    assert read(asked) == Compare("first_product", "is", ('A,"B',))


def test_a_rule_that_cannot_be_read_is_said_and_chooses_nobody(shop):
    status, text = listed(
        client_of(shop, "owner"), rule='{"all": [{"column": "revenue", "op": "at_least", "value": "x"}]}'
    )
    assert status == 422
    assert "条件1: 「累計購入金額」に数を入力してください" in text
    assert told_people(text) == 0


def test_the_list_turns_its_pages_and_keeps_what_was_asked(shop, rows):
    client = client_of(shop, "support")
    rule = written(Compare("is_buyer", "is", (True,)))
    seen = []
    for page in range(1, 9):
        text = listed(client, rule=rule, sort="revenue", page=page)[1]
        cells = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>(?:<small>([^<]+)</small>)?</th>', text)
        seen += [number or shown for shown, number in cells]
    buyers = sorted((row for row in rows if row["is_buyer"]), key=lambda row: (row["revenue"], row["customer_id"]))
    assert seen == [row["customer_id"] for row in buyers]


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "0"}, {"page": "999999999999"}, {"page": "-1"}, {"page": "²"}, {"sort": "password"}, {"sort": "--r"},
        {"segment": "x"}, {"segment": "99999"}, {"segment": "²"}, {"r": "five"}, {"r": ""}, {"decile": "9" * 30},
        {"is_buyer": "maybe"}, {"q": "\x00"}, {"q": "%_'\"\\"}, {"rule": "[" * 9000}, {"rule": "\ud83d"}, {"last_order_on": "x"},
        {"revenue": "nan"}, {"region": "\x00"},
    ],
)  # fmt: skip
def test_whatever_stands_in_the_address_the_list_answers(shop, asked):
    answer = client_of(shop, "owner").get(
        "/console/customers/?"
        + urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in asked.items()})
    )
    assert answer.status_code in (200, 422)


def edited(client, act, **fields):
    answer = client.post("/console/customers/builder/", {**fields, "act": act})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_rule_grows_and_shrinks_while_its_size_is_told(shop, rows):
    client = client_of(shop, "analyst")
    text = edited(client, "", **{"kind-0": "all", "count-0": "0"})
    assert told_people(text) == len(rows)
    text = edited(client, "add-compare:0", **{"kind-0": "all", "count-0": "0"})
    assert "条件1: 「状態」の値を1〜200個選んでください" in text
    filled = {
        "kind-0": "all", "count-0": "2", "kind-0.0": "compare", "column-0.0": "status", "op-0.0": "is",
        "value-0.0": ["dormant", "first"], "kind-0.1": "did", "did-0.1": "bought", "op-0.1": "below", "times-0.1": "2",
        "days-0.1": "", "goods-0.1": "",
    }  # fmt: skip
    text = edited(client, "", **filled)
    few = [row for row in rows if row["status"] in ("dormant", "first") and row["order_count"] < 2]
    assert told_people(text) == len(few)
    text = edited(client, "remove:0.0", **filled)
    assert told_people(text) == sum(row["order_count"] < 2 for row in rows)
    text = edited(client, "", **{**filled, "kind-0": "none"})
    assert told_people(text) == sum(
        row["status"] not in ("dormant", "first") and row["order_count"] >= 2 for row in rows
    )


def test_a_draft_from_a_rule_gives_that_rule_again():
    from okaeri.schema.segments import Any, parse
    from okaeri.web.console.draft import drafted, plain

    rule = All((
        Compare("status", "is", ("dormant",)), Compare("revenue", "at_least", 3000.0), Compare("cpm", "empty", True),
        Compare("last_order_on", "last_days", 30), Compare("is_buyer", "is", (False,)),
        Any((Did("bought", "at_least", 2, 90, "SB-01"), Did("review", "below", 1, None, None, "健康食品"))),
        Not(Any((Compare("r", "is", (1, 2)), Did("block", "at_least", 1)))),
    ))  # fmt: skip
    assert parse(plain(drafted(rule))) == rule


@given(rule=leaves())
def test_the_form_loses_nothing_of_a_condition(rule):
    from okaeri.schema.segments import parse
    from okaeri.web.console.draft import drafted, plain

    assert parse(plain(drafted(rule))) == All((rule,))


def test_what_was_done_is_counted_between_two_days_the_last_among_them(shop, rows):
    last = max(row["last_order_on"] for row in rows if row["last_order_on"])
    text = edited(client_of(shop, "owner"), "", **{
        "kind-0": "all", "count-0": "1", "kind-0.0": "did", "did-0.0": "bought", "op-0.0": "at_least", "times-0.0": "1",
        "window-0.0": "between", "since-0.0": str(last), "last-0.0": str(last),
    })  # fmt: skip
    assert told_people(text) == sum(row["last_order_on"] == last for row in rows)
    assert f"{last}から{last}までの購入が1回以上" in text


def test_a_saved_group_keeps_its_versions_and_saving_twice_changes_nothing(shop, rows):
    from okaeri.records.models import AuditEntry, SegmentVersion

    client, name = client_of(shop, "analyst"), "再来店を待つ人"
    first, second = Compare("status", "is", ("dormant",)), Compare("status", "is", ("first",))
    places = [client.post("/console/customers/segments/", {"name": f" {name} ", "rule": written(rule)})["Location"]
              for rule in (first, first, second)]  # fmt: skip
    assert len(set(places)) == 1
    with shop.workspace.records():
        versions = SegmentVersion.objects.filter(segment__name=name).order_by("number")
        assert [(one.number, one.rule, one.made_by) for one in versions] == [
            (1, told(first), "analyst"), (2, told(second), "analyst"),
        ]  # fmt: skip
        assert AuditEntry.objects.filter(action="segment", detail__name=name).count() == 2
    text = client.get(places[0]).content.decode()
    assert told_people(text) == sum(row["status"] == "first" for row in rows)
    assert name in text
    number = int(places[0].rpartition("=")[2])
    client.post(f"/console/customers/segments/{number}/away/")
    assert name not in listed(client)[1]
    with shop.workspace.records():
        assert AuditEntry.objects.filter(action="segment", detail__put_away=True, detail__name=name).count() == 1
    assert client.post("/console/customers/segments/", {"name": name, "rule": written(second)})["Location"] == places[0]
    assert name in listed(client)[1]


def test_a_group_without_a_name_or_with_a_broken_rule_is_refused(shop):
    client = client_of(shop, "marketer")
    for sent in ({"name": " ", "rule": '{"all": []}'}, {"name": "x" * 101, "rule": '{"all": []}'}, {"name": "x"}):
        assert client.post("/console/customers/segments/", sent).status_code == 422


def exported(client, where="export", **asked):
    answer = client.post(f"/console/customers/{where}/", asked)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_an_export_holds_everybody_chosen_and_is_logged(shop, rows):
    from okaeri.records.models import AuditEntry

    rule = Compare("status", "is", ("dormant",))
    sent = exported(client_of(shop, "analyst"), rule=written(rule))
    assert sent.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    dormant = [row for row in rows if row["status"] == "dormant"]
    assert {row["顧客ID"] for row in read} == {row["customer_id"] for row in dormant}
    assert sum(float(row["累計購入金額"]) for row in read) == pytest.approx(sum(row["revenue"] for row in dormant))
    assert "氏名" not in read[0]
    with shop.workspace.records():
        entry = AuditEntry.objects.filter(action="export customers").latest("pk")
    assert entry.actor == "analyst"
    assert json.loads(json.dumps(entry.detail["rule"])) == told(rule)
    assert (entry.detail["people"], entry.detail["with_names"]) == (len(dormant), False)


def test_names_leave_only_with_the_right_to_and_no_cell_runs_as_a_formula(shop):
    from okaeri.records.models import Person

    person = person_of(shop, store="own")
    with shop.workspace.records():
        Person.objects.filter(pk=person.pk).update(name="=cmd|' /C calc'!A0")
    client = client_of(shop, "marketer")
    sent = exported(client, "export-people", q=person.customer_id, encoding="cp932").decode("cp932")
    read = next(row for row in csv.DictReader(io.StringIO(sent)) if row["顧客ID"] == person.customer_id)
    with shop.workspace.records():
        Person.objects.filter(pk=person.pk).update(name=person.name)
    assert read["氏名"] == "'=cmd|' /C calc'!A0"
    assert read["メール"] == person.email
    for role in ("analyst", "support", "read_only"):
        assert client_of(shop, role).post("/console/customers/export-people/", {}).status_code == 403
    assert client_of(shop, "support").post("/console/customers/export/", {}).status_code == 403


def test_a_person_imported_anew_is_found_by_the_new_name(shop):
    from okaeri.loop import people
    from okaeri.loop.customers import search
    from okaeri.records.models import ImportRun

    person = person_of(shop, store="own")
    with shop.workspace.records():
        run, name = ImportRun.objects.latest("pk"), person.name
        row = {column: getattr(person, column) or None for column in people.PERSON_COLUMNS}
        assert person.customer_id in search(name)
        people.remember([{**row, "name": "龍 さくら", "digest": "x"}], run)
        assert person.customer_id in search("竜 さくら")
        assert person.customer_id not in search(name)
        people.remember([{**row, "digest": "y"}], run)
