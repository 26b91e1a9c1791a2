"""Rows that programs send: kept at once, taken once, refused with the place of what is wrong."""

import json
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import okaeri
from tests.web.api.sending import Program, order, refused


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    return okaeri.init(tmp_path_factory.mktemp("sending") / "shop", name="test").workspace.path


@pytest.fixture
def shop(tmp_path, new):
    return okaeri.open(shutil.copytree(new, tmp_path / "shop"))


def take(shop):
    from okaeri.loop.receiving import take_received

    with shop.workspace.records():
        return take_received(shop.workspace)


def test_an_order_is_kept_at_once_and_becomes_a_fact_with_its_lines(shop):
    program = Program(shop)
    answer = program.send("orders", [order(1), order(2, status="cancelled", store="phone", lines=None)])
    receipt = answer.json()
    assert answer.status_code == 202
    assert (receipt["status"], receipt["rows"], receipt["kind"]) == ("waiting", 2, "orders")
    assert answer["Location"] == f"/api/v1/receipts/{receipt['receipt']}"
    assert shop.show("orders").num_rows == 0
    assert program.get("status").json()["waiting"] == 1
    assert take(shop) == 1
    first, second = sorted(shop.show("orders").to_pylist(), key=lambda row: row["order_id"])
    assert (first["order_id"], first["customer_id"], first["status"], first["store"]) == (
        "own:A1",
        "own:c1",
        "paid",
        "own",
    )
    assert (first["order_date"], first["order_month"], first["total"]) == (date(2026, 3, 2), "2026-03", Decimal(1200))
    assert first["ordered_at"] == datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    assert (second["status"], second["store"]) == ("cancelled", "phone")
    (line,) = shop.show("order_lines").to_pylist()
    assert (line["order_id"], line["line_no"], line["quantity"], line["unit_price"]) == ("own:A1", 1, 2, Decimal(600))
    after = program.get(f"receipts/{receipt['receipt']}").json()
    assert (after["status"], after["rejected"]) == ("taken", [])
    assert take(shop) == 0


def test_the_same_batch_again_gives_the_same_receipt_before_and_after_it_is_taken(shop):
    program = Program(shop)
    receipts = {program.send("orders", [order(1)]).json()["receipt"] for _ in range(3)}
    take(shop)
    receipts.add(program.send("orders", [order(1)]).json()["receipt"])
    spaced = json.dumps({"rows": [order(1)]}, indent=3)
    receipts.add(program.send("orders", spaced).json()["receipt"])
    assert len(receipts) == 1
    assert take(shop) == 0
    assert shop.show("orders").num_rows == 1


def test_what_was_sent_since_a_measurement_began_is_measured_by_another_that_is_asked_for(shop):
    from okaeri.records import jobs

    program = Program(shop, "import")
    refused(program.send("refresh", "{}"), 409)
    program.send("orders", [order(1)], "a")
    first = program.send("refresh", "{}").json()["id"]
    program.send("orders", [order(2)], "b")
    assert program.send("refresh", "{}").json()["id"] == first
    with shop.workspace.records():
        jobs.claim("w")
    take(shop)
    program.send("orders", [order(3)], "c")
    second = program.send("refresh", "{}").json()["id"]
    assert second != first
    assert program.send("refresh", "{}").json()["id"] == second


def test_other_rows_or_another_kind_under_a_known_idempotency_key_are_refused(shop):
    program = Program(shop)
    program.send("orders", [order(1)])
    refused(program.send("orders", [order(1, total=1)]), 409)
    refused(program.send("voices", [{"voice_id": "v", "at": "2026-03-02T00:30:00Z", "source": "review"}]), 409)
    assert Program(shop).send("orders", [order(1, total=1)]).status_code == 202


def test_a_later_row_of_an_order_completes_it_and_its_lines_replace_those_before(shop):
    program = Program(shop)
    program.send("orders", [order(1), order(2)], "a")
    again = {"order_id": "own:A1", "ordered_at": "2026-03-02T00:30:00+09:00", "status": "returned"}
    program.send("orders", [again], "b")
    take(shop)
    program.send("orders", [order(2, lines=[{"quantity": 5, "unit_price": 1}, {"quantity": 6, "unit_price": 2}])], "c")
    take(shop)
    orders = {row["order_id"]: row for row in shop.show("orders").to_pylist()}
    assert (orders["own:A1"]["status"], orders["own:A1"]["total"]) == ("returned", Decimal(1200))
    lines = [(row["order_id"], row["line_no"], row["quantity"]) for row in shop.show("order_lines").to_pylist()]
    assert sorted(lines) == [("own:A1", 1, 2), ("own:A2", 1, 5), ("own:A2", 2, 6)]


def test_a_later_row_of_a_voice_stands_in_place_of_the_earlier_one(shop):
    told = {"voice_id": "v1", "at": "2026-03-02T10:00:00Z", "source": "review"}
    assert (
        Program(shop).send("voices", [told | {"rating": 1, "text": "良い"}, told | {"text": "まあまあ"}]).status_code
        == 202
    )
    take(shop)
    [voice] = shop.show("voices").to_pylist()
    assert (voice["rating"], voice["text"]) == (None, "まあまあ")


def test_a_key_with_a_permission_there_is_not_is_not_made(shop):
    from okaeri.records import keys
    from okaeri.schema.errors import RuleRefused

    with shop.workspace.records(), pytest.raises(RuleRefused):
        keys.make("x", ["figures", "staff"], actor="test")


def test_what_names_a_person_goes_to_the_records_and_nowhere_else(shop):
    from okaeri.records.models import AuditEntry, Person, Received

    told = {"customer_id": "7", "name": "白樺 花子", "email": "hanako@shirakaba.example", "phone": "090-1234-5678",
            "birth_date": "1980-02-29", "attributes": {"rank": "gold", "memo": "電話は 090-1234-5678"}}  # fmt: skip
    program = Program(shop)
    program.send("customers", [told])
    words = "返事は hanako@shirakaba.example か 090-1234-5678 へ"
    program.send("voices", [{"voice_id": "v1", "at": "2026-03-02T10:00:00Z", "source": "inquiry", "text": words}], "v")
    seen = {"event_id": "e1", "at": "2026-03-02T10:00:00Z", "kind": "search", "detail": "hanako@shirakaba.example"}
    program.send("events", [seen], "e")
    take(shop)
    with shop.workspace.records():
        person = Person.objects.get(customer_id="own:7")
        assert (person.name, person.email, person.birth_date) == ("白樺 花子", told["email"], "1980-02-29")
        assert set(Received.objects.values_list("body", flat=True)) == {""}
        audit = json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)), ensure_ascii=False)
    facts = "".join(str(shop.show(name).to_pylist()) for name in ("customers", "voices", "events"))
    assert "[mail]" in facts
    assert "gold" in facts
    for part in ("花子", "hanako", "1234"):
        assert part not in facts
        assert part not in audit


WRONG = [
    ("orders", [order(1, total="1200")], "rows.0.total"),
    ("orders", [order(1, total=0.005)], "rows.0.total"),
    ("orders", [order(1, ordered_at="2026-03-02T00:30:00")], "rows.0.ordered_at"),
    ("orders", [order(1, ordered_at="1066-03-02T00:30:00Z")], "rows.0.ordered_at"),
    ("orders", [order(1), order(2, status="lost")], "rows.1.status"),
    ("orders", [order(1, lines=[{"quantity": 1.5}])], "rows.0.lines.0.quantity"),
    ("orders", [{"ordered_at": "2026-03-02T00:30:00Z"}], "rows.0.order_id"),
    ("orders", [order(1, colour="red")], "rows.0.colour"),
    ("orders", [order(1, customer_id="a\x00")], "rows.0.customer_id"),
    ("orders", [order(1, customer_id="\ud800")], "rows.0.customer_id"),
    ("orders", [order(1, customer_id="c\n1")], "rows.0.customer_id"),
    ("orders", [order(1, customer_id="c\u20281")], "rows.0.customer_id"),
    ("orders", [order(1), order(2, order_id="a\t2")], "rows.1.order_id"),
    ("orders", [], "rows"),
    ("voices", [{"voice_id": "v", "at": "2026-03-02T00:30:00Z", "source": "review", "rating": 4}], "rows.0.rating"),
    ("customers", [{"customer_id": "7", "birth_date": "2026-02-30"}], "rows.0.birth_date"),
    ("customers", [{"customer_id": "7", "is_member": 1}], "rows.0.is_member"),
]


@pytest.mark.parametrize(("kind", "rows", "place"), WRONG)
def test_a_row_that_cannot_be_a_fact_is_refused_with_its_place_and_nothing_is_kept(shop, kind, rows, place):
    told = refused(Program(shop).send(kind, rows), 422)
    assert [error["place"] for error in told["errors"]] == [place]
    assert take(shop) == 0


def test_what_is_no_json_or_too_much_of_it_is_refused(shop):
    program = Program(shop)
    for body in ("{", '{"rows": [NaN]}', "[" * 100_000, b"\xff\xfe", " "):
        assert refused(program.send("orders", body), 400)
    refused(program.send("orders", [order(number) for number in range(1_001)]), 422)
    refused(program.send("orders", " " * 2_000_001), 413)
    client = program.client
    refused(client.post("/api/v1/orders", "a,b", content_type="text/csv", headers=program.headers), 415)
    refused(
        client.post("/api/v1/orders", '{"rows": []}', content_type="application/json", headers=program.headers), 422
    )
    assert take(shop) == 0


def test_only_a_key_that_may_import_sends_and_sees_what_it_sent(shop):
    sender, other = Program(shop), Program(shop)
    receipt = sender.send("orders", [order(1)]).json()["receipt"]
    assert sender.get(f"receipts/{receipt}").status_code == 200
    refused(other.get(f"receipts/{receipt}"), 404)
    looking = Program(shop, "figures", "people")
    refused(looking.send("orders", [order(1)]), 403)
    refused(looking.get(f"receipts/{receipt}"), 403)
    answer = Program(shop, key="okaeri_wrong").send("orders", [order(1)])
    refused(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert take(shop) == 1


def test_a_key_is_kept_as_a_digest_and_opens_nothing_once_revoked(shop):
    from okaeri.records import keys
    from okaeri.records.models import ApiKey

    with shop.workspace.records():
        made, text = keys.make("till", ["figures"], actor="owner")
        held = ApiKey.objects.values().get(pk=made.pk)
        assert text not in str(held)
        assert len(text) > 45
    assert Program(shop, key=text).get("status").status_code == 200
    with shop.workspace.records():
        assert ApiKey.objects.get(pk=made.pk).last_used_at is not None
        keys.revoke(made.pk, actor="owner")
        keys.revoke(made.pk, actor="owner")
    refused(Program(shop, key=text).get("status"), 401)


def test_many_wrong_keys_are_slowed_down_and_right_ones_let_in(shop):
    from django.core.cache import cache

    wrong, right = Program(shop, key="okaeri_no"), Program(shop)
    told = [wrong.get("status") for _ in range(65)]
    assert {answer.status_code for answer in told} == {401, 429}
    assert 1 <= int(told[-1]["Retry-After"]) <= 60
    refused(told[-1], 429)
    assert right.get("status").status_code == 200
    cache.clear()
