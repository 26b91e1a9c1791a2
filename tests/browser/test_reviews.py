"""Reviews in a real browser: written with a photo on a phone, shown to anybody, standing in the shop's own page."""

from __future__ import annotations

import json
import random
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.comfort import assert_comfortable
from tests.browser.served import SCRIPT, VIEWPORTS
from tests.programs.shops import TOMORROW, path_of, shop_with_orders

pytestmark = pytest.mark.browser

PUBLISH = {"ja": "レビューを公開する", "en": "Publish the review"}
PUBLISHED = {"ja": "レビューを公開しました", "en": "Your review is published"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    made = shop_with_orders(tmp_path_factory.mktemp("served"), [(str(n), f"c{n}", 16) for n in range(14)])
    made.reviews.offer("次回100円引き", "100 yen off the next order", TOMORROW, TOMORROW)
    return made


@pytest.fixture(scope="module")
def links(shop):
    return iter([path_of(one.link) for one in shop.reviews.links(as_of=TOMORROW)])


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photo as a phone makes it."""
    chance = random.Random(3)
    image = Image.new("RGB", (64, 48))
    image.putdata([(chance.randrange(90, 250), chance.randrange(60, 200), 120) for _ in range(64 * 48)])
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    image.resize((2400, 1800)).save(path, quality=92)
    return path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_review_with_a_photo_is_written_on_a_phone_without_script(look, links, photo, language):
    page = look(f"{next(links)}?lang={language}", script=False)
    page.locator("input[name=stars][value='2']").check()
    page.locator("#text").fill(f"香りが合いませんでした {language}")
    page.locator("#author").fill("はな")
    page.locator("#photo").set_input_files(photo)
    page.get_by_role("button", name=PUBLISH[language]).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text(PUBLISHED[language])
    expect(page.locator(".said")).to_contain_text("香りが合いませんでした")
    expect(page.locator(".given")).to_contain_text("100")
    assert page.locator("article img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600


def test_a_large_photo_of_a_forged_type_is_refused_with_a_sentence_and_what_was_written_stays(
    look, links, tmp_path, shop
):
    forged = tmp_path / "photo.jpg"
    forged.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20_000_000))
    page = look(next(links))
    page.locator("input[name=stars][value='4']").check()
    page.locator("#text").fill("写真つき")
    page.locator("#photo").set_input_files(forged)
    page.get_by_role("button", name=PUBLISH["ja"]).click()
    expect(page.get_by_role("alert")).to_contain_text("10MBを超えています")
    assert page.locator("#text").input_value() == "写真つき"
    assert page.locator("input[name=stars]:checked").get_attribute("value") == "4"
    assert "写真つき" not in {row["text"] for row in shop.reviews.newest()}
    assert len(list((shop.workspace.path / "photos").glob("*.partial"))) == 0


def test_a_script_in_a_review_never_runs_and_a_double_submit_is_one_review(look, links, shop):
    page = look(next(links))
    page.locator("input[name=stars][value='3']").check()
    page.locator("#text").fill(SCRIPT)
    page.locator("#author").fill(SCRIPT[:40])
    page.evaluate("() => { const form = document.querySelector('form'); form.submit(); form.submit(); }")
    expect(page.get_by_role("heading", level=1)).to_contain_text(PUBLISHED["ja"])
    page = look("/reviews/?product=P1")
    assert SCRIPT in page.locator(".said").first.inner_text()
    assert page.title().startswith("レビュー")
    assert [row["text"] for row in shop.reviews.newest()].count(SCRIPT) == 1


def test_a_visitor_votes_once_and_stays_where_he_was(look):
    page = look("/reviews/?product=P1")
    for _ in range(2):
        page.get_by_role("button", name="参考になった").first.click()
        page.wait_for_url("**#r*")
    expect(page.locator(".helpful").first).to_contain_text("1人が参考になった")


def test_reviews_stand_in_the_shops_own_page(browser, address, tmp_path):
    frame = f'<iframe src="{address}/reviews/?product=P1" width="500" height="700"></iframe>'
    (tmp_path / "index.html").write_text(f"<!doctype html><h1>own page</h1>{frame}", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as own:
        Thread(target=own.serve_forever, daemon=True).start()
        page = browser.new_context().new_page()
        page.goto(f"http://localhost:{own.server_port}/")
        inside = page.frame_locator("iframe")
        expect(inside.get_by_role("heading", level=1)).to_contain_text("レビュー")
        told = json.loads(inside.locator("script[type='application/ld+json']").inner_text())
        page.context.close()
        own.shutdown()
    assert told["aggregateRating"]["reviewCount"] >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_text_can_be_read_nothing_sticks_out_and_targets_are_large(look, links, shop, viewport, scheme, tmp_path):
    newest = shop.reviews.newest()
    shop.reviews.answer(newest[-1]["review"], "ご意見をありがとうございます。無香料の品もございます。")
    if not newest[0]["hidden_for"]:
        shop.reviews.hide(newest[0]["review"], "off_topic", newest[0]["text"])
    for name, path in (
        ("write", next(links)),
        ("product", "/reviews/?product=P1"),
        ("english", "/reviews/?product=P1&lang=en"),
    ):
        page = look(path, viewport, scheme)
        page.screenshot(path=tmp_path / f"{viewport}-{scheme}-{name}.png", full_page=True)
        assert_comfortable(page)
