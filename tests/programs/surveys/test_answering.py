"""The page behind a link: what it keeps, and what it lets in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okaeri.programs.surveys import links
from okaeri.programs.surveys.ready import READY
from tests.programs.shops import TODAY, client_of, path_of, shop_with_orders, voices_of

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def shop(tmp_path):
    made = shop_with_orders(tmp_path, [("1", "ann", 16)])
    made.surveys.create("after")
    return made


@pytest.fixture
def link(shop):
    (one,) = shop.surveys.links("after", as_of=TODAY)
    return path_of(one.link)


@pytest.fixture
def client(shop):
    return client_of(shop)


def kept(shop) -> list[tuple]:
    from okaeri.programs.surveys.models import Answer

    with shop.workspace.records():
        return list(Answer.objects.order_by("pk").values_list("question", "number", "score", "choices", "words"))


def test_looking_even_with_a_score_in_the_link_changes_nothing(shop, client, link):
    for method in (client.get, client.head):
        assert method(link + "?score=7").status_code == 200
    page = client.get(link + "?score=7").content.decode()
    assert '<input type="radio" name="score" value="7" checked>' in page
    assert kept(shop) == []
    assert client.put(link).status_code == 405


def test_a_whole_survey_is_kept_step_by_step_and_then_closed(shop, client, link):
    steps = [
        ("satisfaction", {"score": "3", "words": "かおりが苦手でした"}, "problems"),
        ("problems", {"choices": ["late", "scent_taste"]}, "again"),
        ("again", {"choices": "no"}, "why_not"),
        ("why_not", {"words": "ほかの店で買います"}, None),
    ]
    for question, told, after in steps:
        page = client.get(link).content.decode()
        assert f'name="question" value="{question}"' in page
        done = client.post(link, {"question": question, **told})
        assert done.status_code == 303
        assert (f"at={after}" in done["Location"]) == (after is not None)
    assert "ありがとうございました" in client.get(link).content.decode()
    before = kept(shop)
    assert [row[0] for row in before] == [step[0] for step in steps]
    late = client.post(link, {"question": "satisfaction", "score": "10"})
    assert late.status_code == 200
    assert "ありがとうございました" in late.content.decode()
    assert kept(shop) == before


def test_who_wants_to_buy_again_is_not_asked_why_not(shop, client, link):
    client.post(link, {"question": "satisfaction", "score": "10"})
    client.post(link, {"question": "problems"})
    client.post(link, {"question": "again", "choices": "yes"})
    assert "ありがとうございました" in client.get(link).content.decode()
    assert shop.surveys.state()[0]["finished"] == 1


def test_a_double_submit_is_kept_once_and_a_changed_mind_is_added(shop, client, link):
    for score in ("4", "4", "6", "6", "4"):
        client.post(link, {"question": "satisfaction", "score": score})
    assert [row[:3] for row in kept(shop)] == [
        ("satisfaction", 1, 4), ("satisfaction", 2, 6), ("satisfaction", 3, 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"question": "satisfaction"}, "0から10"),
        ({"question": "satisfaction", "score": "11"}, "0から10"),
        ({"question": "satisfaction", "score": "-1"}, "0から10"),
        ({"question": "satisfaction", "score": "１０点"}, "0から10"),
        ({"question": "satisfaction", "score": "5", "words": "あ" * 2001}, "2,000"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence_and_nothing_is_written(shop, client, link, told, sentence):
    page = client.post(link, told)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert kept(shop) == []


@pytest.mark.parametrize("told", [{"choices": ["yes", "no"]}, {"choices": "maybe"}])
def test_a_choice_takes_one_of_its_options(shop, client, link, told):
    assert client.post(link, {"question": "again", **told}).status_code == 422
    assert kept(shop) == []


def test_a_question_that_is_not_on_the_way_cannot_be_answered(shop, client, link):
    for question in ("why_not", "nonsense"):
        client.post(link, {"question": question, "words": "hello"})
    assert kept(shop) == []


def test_two_thousand_characters_with_line_ends_are_kept_as_the_browser_counted_them(shop, client, link):
    words = ("あ" * 39 + "\r\n") * 50
    client.post(link, {"question": "satisfaction", "score": "5", "words": words + "\x00"})
    assert kept(shop)[0][4] == words.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_script_in_an_answer_is_text(shop, client, link, language):
    client.post(link, {"question": "satisfaction", "score": "5", "words": SCRIPT})
    page = client.get(f"{link}?at=satisfaction&lang={language}&score={SCRIPT}").content.decode()
    assert "<script" not in page
    assert "onerror=alert(1)>" not in page
    assert "&lt;script&gt;alert(" in page


def test_a_page_has_no_script_no_cookie_and_asks_nobody_else(client, link):
    page = client.get(link)
    assert page.cookies == {}
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "http" not in page.content.decode().replace("http-equiv", "")


def test_both_languages_are_one_tap_away(shop, client, link):
    assert "使ってみて、どのくらい満足していますか" in client.get(link).content.decode()
    page = client.get(link + "?lang=en").content.decode()
    assert "how satisfied are you?" in page
    assert 'href="?lang=ja"' in page
    client.post(link + "?lang=en", {"question": "satisfaction", "score": "5", "words": "fine"})
    assert voices_of(shop)[0]["language"] == "en"


def test_a_forged_or_foreign_link_opens_nothing(shop, client, link, tmp_path):
    token = link.split("/")[2]
    payload, _ = token.split(".")
    other = links.written(links.Ticket(2, 4_000_000_000), shop.workspace.secret)
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"), payload + "." + other.split(".")[1], payload, "x", "%00", ".",
        links.written(links.Ticket(1, 4_000_000_000), "another secret"),
        links.written(links.Ticket(999, 4_000_000_000), shop.workspace.secret),
    ]  # fmt: skip
    for bad in forged:
        for ask in (client.get, lambda path: client.post(path, {"question": "satisfaction", "score": "1"})):
            page = ask(f"/s/{bad}/")
            assert page.status_code == 404, bad
            assert "試験の店" in page.content.decode()
    assert kept(shop) == []


def test_a_link_whose_time_is_over_says_so_and_keeps_nothing(shop, client):
    old = links.written(links.Ticket(1, 1_600_000_000), shop.workspace.secret)
    assert client.get(f"/s/{old}/").status_code == 410
    assert client.post(f"/s/{old}/", {"question": "satisfaction", "score": "1"}).status_code == 410
    assert kept(shop) == []


def test_an_answer_cannot_be_larger_than_a_page_takes(shop, client, link):
    page = client.post(link, {"question": "satisfaction", "score": "1", "words": "x" * 3_000_000})
    assert page.status_code == 400
    assert kept(shop) == []


def test_answers_become_voices_once_with_what_tells_the_speaker_taken_out(shop, client, link, monkeypatch):
    monkeypatch.setattr("okaeri.loop.refresh.compute", lambda *told, **more: {})
    shop.workspace.measured.mkdir()
    client.post(link, {"question": "satisfaction", "score": "3", "words": "電話は090-1234-5678です"})
    client.post(link, {"question": "problems", "choices": ["late", "price"], "words": "遅い"})
    shop.refresh(as_of=TODAY + timedelta(days=1))
    client.post(link, {"question": "satisfaction", "score": "8", "words": "電話は090-1234-5678です"})
    assert voices_of(shop) == (told := voices_of(shop))
    assert [(v["rating"], v["text"]) for v in told] == [
        (None, "届くのが遅かった、価格が高い\n遅い"), (0.8, "電話は[phone]です"),
    ]  # fmt: skip
    assert {(v["customer_id"], v["order_id"], v["product_id"], v["source"], v["touchpoint"]) for v in told} == {
        ("own:ann", "own:1", "P1", "survey_after", "use")
    }


def test_the_ready_surveys_can_be_answered_to_the_end_in_both_languages(tmp_path):
    shop = shop_with_orders(tmp_path, [(str(n), f"c{n}", 16) for n in range(len(READY))])
    client = client_of(shop)
    for place, name in enumerate(READY):
        shop.surveys.create(name)
        day = TODAY + timedelta(days=30 * place)
        one = shop.surveys.links(name, event="delivered", days=14 + 30 * place, as_of=day)[place]
        for language in ("ja", "en"):
            for question in READY[name].questions:
                page = client.get(f"{path_of(one.link)}?lang={language}&at={question['id']}")
                assert page.status_code == 200
        for _ in range(12):
            page = client.get(path_of(one.link)).content.decode()
            if 'name="question"' not in page:
                break
            question = page.split('name="question" value="')[1].split('"')[0]
            told = (
                {"score": "5"}
                if 'name="score"' in page
                else {"choices": page.split('name="choices" value="')[-1].split('"')[0]}
                if 'name="choices"' in page
                else {"words": "理由"}
            )
            assert client.post(path_of(one.link), {"question": question, **told}).status_code == 303
        assert "ありがとうございました" in client.get(path_of(one.link)).content.decode(), name


def test_a_page_that_is_not_there_says_so(client):
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "試験の店" in page.content.decode()
    assert client.get("/alive/").content == b"ok"


def test_of_several_answers_told_since_the_last_time_the_newest_is_the_voice(shop, client, link):
    for score in ("3", "9", "8"):
        client.post(link, {"question": "satisfaction", "score": score})
    assert [voice["rating"] for voice in voices_of(shop)] == [0.8]


def test_a_form_that_arrives_while_another_closes_the_sheet_changes_nothing(shop):
    from okaeri.loop import snapshots
    from okaeri.programs.surveys import actions

    shop.surveys.links("after", as_of=TODAY)
    with shop.workspace.records():
        asked = actions.put(links.Ticket(1, 4_000_000_000), "ja")
        question = asked.questions[0]
        assert actions.record(asked, question, actions.Given(9), snapshots.now(), finishes=True)
        assert not actions.record(asked, question, actions.Given(1), snapshots.now(), finishes=False)
    assert [row[:3] for row in kept(shop)] == [("satisfaction", 1, 9)]
