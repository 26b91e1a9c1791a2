"""The card of one customer, its notes and tasks, and the ways from figures to the people behind them."""

import html
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.web.console.shops import client_of, measured_shop
from tests.web.console.test_customers import person_of, told_people


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("card"))


@pytest.fixture(scope="module")
def spoken(shop):
    """Somebody with a name who said something, was asked before and after, and has signs of a feeling."""
    from okaeri.records.models import Person

    signals = {row["customer_id"] for row in shop.show("emotion_signals").to_pylist()}
    with shop.workspace.records():
        named = set(Person.objects.exclude(name="").values_list("customer_id", flat=True))
    voices = [row for row in shop.show("voices").to_pylist() if row["text"] and row["customer_id"] in signals & named]
    return voices[0]["customer_id"]


def card_text(shop, customer_id, role="support"):
    from django.urls import reverse

    answer = client_of(shop, role).get(reverse("console:customer", args=[customer_id]))
    return answer.status_code, html.unescape(answer.content.decode())


def test_the_card_says_what_tables_and_records_say(shop, spoken):
    from okaeri.records.models import Person

    status, text = card_text(shop, spoken)
    now = next(row for row in shop.show("customers_now").to_pylist() if row["customer_id"] == spoken)
    value = next(row for row in shop.show("customer_value").to_pylist() if row["customer_id"] == spoken)
    with shop.workspace.records():
        person = Person.objects.get(customer_id=spoken)
    assert status == 200
    for said in (person.name, person.kana, person.phone, person.email, person.address):
        assert said in text
    for yen in (now["revenue"], value["residual_value"], value["lifetime_value"], value["high_80"]):
        assert f"{round(yen):,}円" in text
    own = [row for row in shop.show("voices").to_pylist() if row["customer_id"] == spoken and row["text"]]
    assert all(row["text"] in text for row in own)
    signals = [row for row in shop.show("emotion_signals").to_pylist() if row["customer_id"] == spoken]
    assert text.count("<circle") == sum(row["value"] is not None for row in signals) > 0
    offered = next(row for row in shop.show("recommendations").to_pylist()
                   if (row["customer_id"], row["placement"], row["rank"]) == (spoken, "for_you", 1))  # fmt: skip
    names = {row["product_id"]: row["name"] for row in shop.show("products").to_pylist()}
    assert f"<strong>{names[offered['product_id']]}</strong>" in text


def test_every_card_of_the_shop_can_be_shown_with_a_sentence_to_begin_with(shop):
    client = client_of(shop, "owner")
    from django.urls import reverse

    for row in shop.show("customers_now").to_pylist()[::12]:
        answer = client.get(reverse("console:customer", args=[row["customer_id"]]))
        assert answer.status_code == 200
        assert 'class="say"' in answer.content.decode()
        if row["is_buyer"]:
            assert "<li><p>" in answer.content.decode(), row["customer_id"]


def test_nobody_has_no_card_and_roles_without_people_see_none(shop, spoken):
    assert card_text(shop, "own:nobody")[0] == 404
    assert card_text(shop, "a/b#c?d")[0] == 404
    for role in ("analyst", "read_only"):
        assert card_text(shop, spoken, role)[0] == 403


def test_a_note_sent_twice_is_kept_once_and_logged_without_its_words(shop, spoken):
    from okaeri.records.models import AuditEntry, Note

    client, sent = client_of(shop, "support"), {"text": "夜に電話してほしいとのこと", "key": str(uuid4())}
    for _ in range(2):
        answer = client.post(f"/console/customers/notes/{spoken}/", sent)
        assert answer.status_code == 303
    assert sent["text"] in card_text(shop, spoken)[1]
    with shop.workspace.records():
        assert Note.objects.filter(customer_id=spoken, is_task=False).count() == 1
        logged = AuditEntry.objects.filter(action="note")
        assert [(entry.actor, entry.detail["customer_id"]) for entry in logged] == [("support", spoken)]
        assert sent["text"] not in str(logged[0].detail)


def test_the_day_of_a_note_is_that_of_the_shops_zone(shop, spoken):
    from okaeri.loop import notes
    from okaeri.records.models import Note

    with shop.workspace.records():
        kept = notes.write(spoken, "at midnight in Tokyo", key=uuid4(), actor="support")
        Note.objects.filter(pk=kept.pk).update(made_at=datetime(2026, 2, 10, 15, 30, tzinfo=UTC))
    text = card_text(shop, spoken)[1]
    said = text.partition("at midnight in Tokyo")[2][:200]
    assert "2026年2月11日" in said
    with shop.workspace.records():
        kept.delete()


def test_a_task_is_done_once(shop, spoken):
    from okaeri.records.models import AuditEntry, Note

    client = client_of(shop, "marketer")
    sent = {"text": "折り返し電話", "key": str(uuid4()), "is_task": "on", "due_on": "2026-04-03"}
    client.post(f"/console/customers/notes/{spoken}/", sent)
    assert "未完了 2026年4月3日" in card_text(shop, spoken)[1]
    with shop.workspace.records():
        number = Note.objects.get(is_task=True).pk
    for role in ("marketer", "support"):
        assert client_of(shop, role).post(f"/console/customers/tasks/{number}/done/").status_code == 303
    with shop.workspace.records():
        assert Note.objects.get(pk=number).done_by == "marketer"
        assert AuditEntry.objects.filter(action="task done").count() == 1
    assert client.post("/console/customers/tasks/9999/done/").status_code == 404


def test_a_task_is_found_by_whose_it_is_and_how_it_stands_and_ticked_off_where_it_was_found(shop, spoken):
    from datetime import timedelta

    from okaeri.loop import notes
    from okaeri.records.models import Note

    today = shop.workspace.today()
    plan = [
        ("late", -3, "support"),
        ("due", 0, "support"),
        ("later", 9, "support"),
        ("other", -1, "owner"),
        ("any", None, "support"),
    ]
    client = client_of(shop, "support")
    for text, days, whose in plan:
        day = {"due_on": (today + timedelta(days=days)).isoformat()} if days is not None else {}
        sent = {"text": f"task-{text}", "key": str(uuid4()), "is_task": "on", "assignee": whose, **day}
        assert client.post(f"/console/customers/notes/{spoken}/", sent).status_code == 303
    refused = {"text": "task-x", "key": str(uuid4()), "is_task": "on", "assignee": "analyst"}
    assert client.post(f"/console/customers/notes/{spoken}/", refused).status_code == 422

    def found(place, role="support"):
        return re.findall(r"task-(\w+)</td>", client_of(shop, role).get(place).content.decode())

    assert found("/console/tasks/") == ["late", "due", "later", "any"]
    assert found("/console/tasks/?state=due") == found("/console/") == ["late", "due"]
    assert found("/console/tasks/?state=due&whose=all") == ["late", "other", "due"]
    assert found("/console/tasks/?whose=nobody&state=x&page=99") == ["late", "due", "later", "any"]
    assert "task-" not in client_of(shop, "read_only").get("/console/").content.decode()
    with shop.workspace.records():
        number = Note.objects.get(text="task-late").pk
        plan = notes.tasks("open", "support", today).explain()
        assert "tasks_open" in plan
    answer = client.post(f"/console/customers/tasks/{number}/done/", {"back": "tasks"})
    assert (answer.status_code, answer["Location"]) == (303, "/console/tasks/")
    assert found("/console/tasks/") == ["due", "later", "any"]
    assert found("/console/tasks/?state=done") == ["late"]


@pytest.mark.parametrize(
    "sent", [{"text": " "}, {"text": "x" * 2001}, {"text": "x", "due_on": "soon"}, {"text": "x", "key": "no"}]
)
def test_a_note_that_cannot_be_kept_is_said_and_not_lost(shop, spoken, sent):
    from okaeri.records.models import Note

    answer = client_of(shop, "owner").post(f"/console/customers/notes/{spoken}/", {"key": str(uuid4()), **sent})
    assert answer.status_code == 422
    with shop.workspace.records():
        assert not Note.objects.filter(text=sent["text"]).exists()
    assert client_of(shop, "owner").post("/console/customers/notes/own:nobody/", sent).status_code == 404


def test_notes_written_under_another_id_of_the_person_are_on_the_card(shop):
    from okaeri.loop import notes
    from okaeri.records.models import Link

    with shop.workspace.records():
        link = Link.objects.filter(undone_at=None)[0]
        notes.write(link.customer_id, "別の店でのメモ", key=uuid4(), actor="test")
    assert "別の店でのメモ" in card_text(shop, link.person_id)[1]


def test_every_figure_of_people_in_the_console_leads_to_just_those_people(shop):
    client, followed = client_of(shop, "support"), 0
    for page in ("segments", "belt", "value", "products", "products/SB-01"):
        text = client.get(f"/console/{page}/").content.decode()
        links = re.findall(r'<a href="([^"]+)" class="to-people">([\d,]+)人?<', text)
        assert links
        for place, shown in links:
            answer = client.get(html.unescape(place))
            assert answer.status_code == 200
            assert told_people(answer.content.decode()) == int(shown.replace(",", "")), place
            followed += 1
    assert followed > 60


def test_the_report_that_is_sent_about_has_no_way_into_the_console(shop, tmp_path):
    written = shop.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "to-people" not in written
    assert "/console/" not in written


def test_the_list_leads_to_the_card(shop):
    person = person_of(shop, store="own")
    text = client_of(shop, "support").get("/console/customers/", {"q": person.customer_id}).content.decode()
    assert f'<a href="/console/customers/{person.customer_id}/">{person.name}</a>' in text
