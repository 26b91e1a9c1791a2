"""Who gets a link, for what, and what a link is worth."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest

from okaeri.schema.errors import DataRejected, RuleRefused
from tests.programs.shops import TODAY, client_of, path_of, shop_with_orders, voices_of

DAY = timedelta(days=1)


@pytest.fixture
def shop(tmp_path):
    # ordered 16 days ago = delivered 14 days ago; one too young, one too old, one customer with two orders
    orders = [
        ("1", "ann", 16),
        ("2", "bob", 20),
        ("3", "cid", 10),
        ("4", "dan", 60),
        ("5", "eve", 17),
        ("6", "eve", 16),
    ]
    made = shop_with_orders(tmp_path, orders)
    made.surveys.create("after")
    return made


def test_orders_delivered_two_weeks_ago_are_asked_about_and_missed_days_are_caught_up(shop):
    asked = shop.surveys.links("after", as_of=TODAY)
    assert [(one.order_id, one.customer_id, one.product_id, one.kind) for one in asked] == [
        ("own:1", "own:ann", "P1", "first"), ("own:2", "own:bob", "P1", "first"), ("own:5", "own:eve", "P1", "first"),
    ]  # fmt: skip


def test_the_same_day_again_gives_the_same_links_and_asks_nobody_twice(shop):
    first = shop.surveys.links("after", as_of=TODAY)
    assert shop.surveys.links("after", as_of=TODAY) == first
    assert shop.surveys.state() == [
        {"survey": "after", "version": 1, "asks_one": False, "is_anonymous": False, "asked": 3, "began": 0, "finished": 0}
    ]  # fmt: skip


def test_a_question_put_alone_waits_for_no_other(shop):
    text = {"ja": "文", "en": "text"}
    first = {"id": "one", "kind": "choice", "source": "survey_after", "label": text,
             "options": [{"id": "yes", "label": text}]}  # fmt: skip
    second = {"id": "two", "kind": "words", "source": "survey_after", "label": text, "only_after": {"one": ["yes"]}}
    with pytest.raises(DataRejected, match="put alone"):
        shop.surveys.create("stream", [first, second], asks_one=True)
    assert shop.surveys.create("both", [first, second]) == 1


def test_a_person_asked_within_the_quiet_days_is_left_alone_by_every_survey(shop):
    shop.surveys.links("after", as_of=TODAY)
    shop.surveys.create("nps")
    assert shop.surveys.links("nps", days=14, as_of=TODAY + DAY) == []
    later = shop.surveys.links("nps", days=28, as_of=TODAY + 14 * DAY)
    assert [one.customer_id for one in later] == ["own:ann", "own:bob", "own:eve"]


def test_who_has_not_finished_is_reminded_once_and_who_has_is_not(shop):
    ann, bob, eve = shop.surveys.links("after", as_of=TODAY)
    client = client_of(shop)
    for question, told in [("satisfaction", {"score": "9"}), ("problems", {}), ("again", {"choices": "yes"})]:
        client.post(path_of(ann.link), {"question": question, **told})
    client.post(path_of(bob.link), {"question": "satisfaction", "score": "3"})
    week = TODAY + 7 * DAY
    assert [one for one in shop.surveys.links("after", as_of=week - DAY) if one.kind == "reminder"] == []
    reminders = [one for one in shop.surveys.links("after", as_of=week) if one.kind == "reminder"]
    assert [one.link for one in reminders] == [bob.link, eve.link]
    assert [one for one in shop.surveys.links("after", as_of=week + DAY) if one.kind == "reminder"] == []


def test_a_stream_puts_one_question_per_order_and_the_next_one_next_time(tmp_path):
    shop = shop_with_orders(tmp_path, [("1", "ann", 40), ("2", "ann", 20)])
    shop.surveys.create("stream")
    client = client_of(shop)
    shown = []
    for ago in (31, 11):
        (one,) = shop.surveys.links("stream", as_of=TODAY - ago * DAY)
        page = client.get(path_of(one.link)).content.decode()
        assert 'type="radio" name="score"' in page
        shown.append(page.split('name="question" value="')[1].split('"')[0])
        client.post(path_of(one.link), {"question": shown[-1], "score": "5"})
        assert "ありがとうございました" in client.get(path_of(one.link)).content.decode()
    assert shown == ["delivery", "unboxing"]


def test_an_anonymous_survey_keeps_no_customer_with_the_answer(tmp_path):
    from okaeri.programs.surveys.models import Sheet

    shop = shop_with_orders(tmp_path, [("1", "ann", 16), ("2", "bob", 16)])
    shop.surveys.create("after", is_anonymous=True)
    asked = shop.surveys.links("after", as_of=TODAY)
    assert shop.surveys.links("after", as_of=TODAY) == []
    client = client_of(shop)
    for one in asked:
        assert "化粧水" in client.get(path_of(one.link)).content.decode()
        assert client.post(path_of(one.link), {"question": "satisfaction", "score": "2"}).status_code == 303
    with shop.workspace.records():
        sheets = list(Sheet.objects.values("customer_id", "order_id", "product_id"))
    assert sheets == [{"customer_id": "", "order_id": "", "product_id": "P1"}] * 2
    voices = voices_of(shop)
    assert [(v["customer_id"], v["order_id"], v["product_id"], v["rating"]) for v in voices] == [
        (None, None, "P1", 0.2)
    ] * 2
    assert {v["at"].hour for v in voices} == {3}, "noon in Tokyo: only the day is told"
    assert [one for one in shop.surveys.links("after", as_of=TODAY + 7 * DAY) if one.kind == "reminder"] == []


def test_changed_questions_are_a_new_version_and_the_same_ones_are_not(shop):
    from okaeri.programs.surveys.ready import READY

    told = READY["after"].questions
    assert shop.surveys.create("after", told) == 1
    assert shop.surveys.create("after", told[:1]) == 2
    assert shop.surveys.create("after", told) == 3
    with pytest.raises(RuleRefused, match="another way"):
        shop.surveys.create("after", is_anonymous=True)
    with pytest.raises(RuleRefused, match="no survey hello"):
        shop.surveys.create("hello")
    with pytest.raises(RuleRefused, match="no survey before"):
        shop.surveys.links("before", as_of=TODAY)
    with pytest.raises(RuleRefused, match="no event"):
        shop.surveys.links("after", event="dreamt", as_of=TODAY)


GOOD = {"id": "q", "kind": "words", "source": "survey_after", "label": {"ja": "問", "en": "q"}}
YES = {"id": "yes", "label": {"ja": "はい", "en": "yes"}}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ([], "list of questions"),
        ([GOOD, GOOD], "same id"),
        ([{**GOOD, "id": "Q 1"}], "begins with a letter"),
        ([{**GOOD, "kind": "essay"}], "none of the words"),
        ([{**GOOD, "source": "review"}], "none of the words"),
        ([{**GOOD, "label": {"ja": "問"}}], "in ja and en"),
        ([{**GOOD, "colour": "red"}], "no such field"),
        ([{**GOOD, "options": [YES]}], "A choice needs options"),
        ([{**GOOD, "kind": "choice"}], "A choice needs options"),
        ([{**GOOD, "only_after": {"p": ["yes"]}}], "earlier question"),
        ([{**GOOD, "id": "p", "kind": "choice", "options": [YES]}, {**GOOD, "only_after": {"p": ["no"]}}], "earlier"),
    ],
)
def test_questions_that_cannot_be_put_are_refused_with_the_place(shop, told, reason):
    with pytest.raises(DataRejected, match=reason):
        shop.surveys.create("mine", told)
    assert [row["survey"] for row in shop.surveys.state()] == ["after"]


def test_the_command_line_writes_the_links_as_csv_and_tells_the_state_as_json(shop, tmp_path):
    from typer.testing import CliRunner

    from okaeri.cli import app

    def run(*words):
        return CliRunner().invoke(app, ["survey", *words, "--shop", str(shop.workspace.path)], catch_exceptions=False)

    run("links", "after", "--as-of", TODAY.isoformat(), "--out", str(tmp_path / "links.csv"))
    rows = list(csv.DictReader((tmp_path / "links.csv").open(encoding="utf-8-sig")))
    assert [(row["customer_id"], row["order_id"]) for row in rows] == [
        ("own:ann", "own:1"), ("own:bob", "own:2"), ("own:eve", "own:5"),
    ]  # fmt: skip
    assert all(row["link"].startswith("http://localhost:8000/s/") for row in rows)
    assert json.loads(run("state", "--json").stdout)[0]["asked"] == 3
    (tmp_path / "q.json").write_text(run("ready", "nps").stdout, encoding="utf-8")
    run("create", "ours", "--questions", str(tmp_path / "q.json"))
    assert [row["survey"] for row in shop.surveys.state()] == ["after", "ours"]
