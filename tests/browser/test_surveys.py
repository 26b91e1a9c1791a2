"""Surveys in a real browser: on a phone and at a desk, in both languages, by day and night, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.comfort import assert_comfortable
from tests.browser.served import SCRIPT, VIEWPORTS
from tests.programs.shops import TODAY, path_of, shop_with_orders

pytestmark = pytest.mark.browser

NEXT, SEND = {"ja": "次へ", "en": "Next question"}, {"ja": "送信する", "en": "Send"}
THANKS = {"ja": "ありがとうございました", "en": "Thank you."}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    made = shop_with_orders(tmp_path_factory.mktemp("served"), [(str(n), f"c{n}", 16) for n in range(20)])
    made.surveys.create("after")
    return made


@pytest.fixture(scope="module")
def links(shop):
    """Paths of personal links, each used by one test."""
    return iter([path_of(one.link) for one in shop.surveys.links("after", as_of=TODAY)])


def answers(shop, question):
    from okaeri.programs.surveys.models import Answer

    with shop.workspace.records():
        return list(Answer.objects.filter(question=question).order_by("pk").values_list("score", "words"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_survey_is_answered_on_a_phone_without_script(look, shop, links, language):
    page = look(f"{next(links)}?lang={language}&score=7", script=False)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("input[name=score]:checked").get_attribute("value") == "7"
    page.get_by_role("button", name=NEXT[language]).tap()
    page.locator("input[name=choices]").nth(2).check()
    page.get_by_role("textbox").fill("もれていた / it leaked")
    page.get_by_role("button", name=NEXT[language]).tap()
    page.locator("input[name=choices]").nth(2).check()
    page.get_by_role("button", name=NEXT[language]).tap()
    page.get_by_role("textbox").fill("また考えます")
    page.get_by_role("button", name=SEND[language]).tap()
    expect(page.get_by_role("heading")).to_contain_text(THANKS[language])
    assert answers(shop, "satisfaction")[-1] == (7, "")
    assert answers(shop, "problems")[-1] == (None, "もれていた / it leaked")
    assert answers(shop, "why_not")[-1] == (None, "また考えます")


def test_a_double_tap_a_way_back_and_a_used_link_keep_each_answer_once(look, shop, links):
    path = next(links)
    page = look(path)
    before = len(answers(shop, "satisfaction"))
    page.locator("input[name=score][value='4']").check()
    page.evaluate("() => { const form = document.querySelector('form'); form.submit(); form.submit(); }")
    page.wait_for_url("**at=problems**")
    page.get_by_role("link", name="戻る").click()
    assert page.locator("input[name=score]:checked").get_attribute("value") == "4"
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("button", name="次へ").click()
    page.locator("input[value=yes]").check()
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("heading")).to_contain_text(THANKS["ja"])
    assert len(answers(shop, "satisfaction")) == before + 1
    again = look(path)
    assert THANKS["ja"] in again.get_by_role("heading").inner_text()
    assert again.locator("form").count() == 0


def test_a_script_in_an_answer_is_shown_as_text_and_never_runs(look, shop, links):
    page = look(next(links))
    page.locator("input[name=score][value='1']").check()
    page.get_by_role("textbox").fill(SCRIPT)
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("link", name="戻る").click()
    assert page.get_by_role("textbox").input_value() == SCRIPT
    assert "in" not in page.title().split("|")[0].strip().split()
    assert answers(shop, "satisfaction")[-1] == (1, SCRIPT)


def test_a_forged_link_shows_a_sentence_and_no_form(look, links):
    token = next(links)
    page = look(token[:-2] + ("A" if token[-2] != "A" else "B") + "/")
    assert "このリンクは使えません" in page.get_by_role("heading").inner_text()
    assert page.locator("form").count() == 0


def test_an_answer_that_is_missing_is_asked_for_in_place(look, links):
    page = look(next(links))
    page.get_by_role("button", name="次へ").click()
    assert "0から10" in page.get_by_role("alert").inner_text()


def test_every_part_is_reached_by_keyboard_and_named(look, links):
    page = look(next(links), "desk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "English"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    chosen = page.locator("input[name=score]:checked")
    assert chosen.get_attribute("value") == "1" or chosen.get_attribute("value") == "2"
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outline == "solid"
    assert page.get_by_role("group", name="使ってみて").count() == 1
    assert page.get_by_role("radio", name="10 とても満足").count() == 1
    assert page.get_by_label("よろしければ、理由をお聞かせください").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_text_can_be_read_nothing_sticks_out_and_targets_are_large(look, links, viewport, scheme, tmp_path):
    path = next(links)
    for step, query in enumerate(["", "?at=problems", "?at=again&lang=en"]):
        page = look(path + query, viewport, scheme)
        page.screenshot(path=tmp_path / f"{viewport}-{scheme}-{step}.png", full_page=True)
        assert_comfortable(page)
