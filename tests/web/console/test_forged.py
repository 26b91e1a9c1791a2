"""What no page of the console would send: refused before it is read where it may be, and never a breakdown."""

from datetime import date

import pytest

from tests.web.console.shops import client_of, measured_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("forged"))


class Unread:
    """A body that nobody may read."""

    def read(self, *_):
        raise AssertionError("what was sent is read")

    readline = read


def sent(client, address, length):
    head = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Unread()}
    return client.generic("POST", address, b"", **head)


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("read_only", 403)])
def test_nothing_is_read_of_what_somebody_sends_who_may_not_send_it(shop, role, status):
    client = client_of(shop, role, csrf=True)
    client.cookies["okaeri_csrf"] = "a" * 32
    assert sent(client, "/console/data/upload/", 10**6).status_code == status


@pytest.mark.parametrize(
    ("role", "address", "length"),
    [(None, "/console/sign-in/", 3 * 10**6), ("owner", "/console/settings/shop/save/", 3 * 10**6),
     ("owner", "/console/data/upload/", 2 * 10**9)],
)  # fmt: skip
def test_nothing_is_read_of_more_than_an_address_takes(shop, role, address, length):
    client = client_of(shop, role, csrf=True)
    client.cookies["okaeri_csrf"] = "a" * 32
    assert sent(client, address, length).status_code == 413


def test_a_page_that_refuses_still_lets_one_sign_out(shop):
    client = client_of(shop, "read_only", csrf=True)
    refused = client.get("/console/settings/")
    assert refused.status_code == 403
    token = refused.content.decode().split('name="csrfmiddlewaretoken" value="')[1].partition('"')[0]
    assert client.post("/console/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 303


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("customers/segments/", {"name": "a\0b", "rule": '{"all": []}'}),
        ("emotion/sketch/save/", {"persona": "all", "action-search": "a\0b"}),
        ("settings/shop/save/", {"shop.name": "a\0b"}),
    ],
)
def test_a_letter_that_no_database_keeps_is_kept_nowhere(shop, address, form):
    assert client_of(shop, "owner").post(f"/console/{address}", form).status_code == 400


@pytest.mark.parametrize("count", ["x", "-1", "1.5", "²", "9" * 5000])
def test_a_form_of_a_rule_with_any_number_of_parts_is_answered(shop, count):
    form = {"kind-0": "all", "count-0": count, "kind-0.0": "compare", "column-0.0": "order_count",
            "op-0.0": "at_least", "value-0.0": "9" * 400}  # fmt: skip
    assert client_of(shop, "owner").post("/console/customers/builder/", form).status_code == 200


def test_a_number_larger_than_any_float_is_too_large_in_a_rule(shop):
    from okaeri.schema.errors import RuleRefused
    from okaeri.schema.segments import parse

    with pytest.raises(RuleRefused, match="too large"):
        parse({"column": "order_count", "op": "at_least", "value": 10**400})


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_log_has_no_day_at_the_end_of_time(shop, day):
    assert client_of(shop, "owner").get(f"/console/audit/?day={day.isoformat()}").status_code == 422


def test_a_task_done_leads_to_no_address_that_cannot_be(shop):
    from uuid import uuid4

    from okaeri.loop import notes

    with shop.workspace.records():
        task = notes.write("own:1", "call", key=uuid4(), actor="owner", is_task=True)
    answer = client_of(shop, "owner").post(f"/console/customers/tasks/{task.pk}/done/", {"customer": "a\nb"})
    assert (answer.status_code, answer["Location"]) == (303, "/console/customers/")
