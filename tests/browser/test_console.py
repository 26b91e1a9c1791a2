"""The console in a real browser: every page, in both languages, at a desk and on a phone, by day and night, per role."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po

from okaeri.loop.workspace import start_django
from okaeri.records.roles import PERMISSIONS, ROLES
from tests.browser.served import VIEWPORTS, served
from tests.browser.test_report import CONTRAST, without
from tests.web.console.shops import PASSWORD, measured_shop

pytestmark = pytest.mark.browser
start_django()

from okaeri.web.console.urls import ROUTES  # noqa: E402

CATALOGUE = Path(__file__).resolve().parents[2] / "okaeri" / "web" / "locale" / "ja" / "LC_MESSAGES" / "django.po"
#: Each language with each width, each language with each colour, each width with each colour.
VIEWS = (("ja", "desk", "light"), ("ja", "phone", "dark"), ("en", "desk", "dark"), ("en", "phone", "light"))
SERIOUS = {"serious", "critical"}
#: Pages about one thing, by the page that leads there and what its address looks like.
LED_TO = {
    "/console/customers/": r'href="(/console/customers/[a-z]+(?::|%3A)[^"?]+)"',
    "/console/voices/": r'href="(/console/voices/one/\?id=[^"]+)"',
    "/console/belt/": r'href="(/console/belt/\d/)"',
    "/console/emotion/": r'href="(/console/emotion/[a-z]+/)(?:\?[^"]*)?"',
}
KANA = re.compile(r"[぀-ヿ]")
#: What people and shops wrote stands on a page as it is, in whatever language it is.
NOT_OURS = "blockquote, code, pre, [lang], [data-words]"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("console"))


@pytest.fixture(scope="module")
def address(shop):
    with served(shop.workspace.path) as here:
        yield here


@pytest.fixture(scope="module")
def sessions(browser, address):
    """The cookies of somebody of each role, signed in once by the form."""
    kept = {}
    for role in ROLES:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/console/sign-in/")
        page.locator("input[name=username]").fill(role)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"{address}/console/")
        kept[role] = context.storage_state()
        context.close()
    return kept


@pytest.fixture(scope="module")
def walk(browser, address, sessions):
    """Goes through pages as a role in one view; gives each page loaded, and what was said and asked meanwhile."""
    contexts = []

    def opened(role, language, viewport, scheme):
        context = browser.new_context(
            viewport=VIEWPORTS[viewport],
            color_scheme=scheme,
            storage_state=sessions[role],
            has_touch=viewport == "phone",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20000)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{address}/console/account/")
        if page.locator("html").get_attribute("lang") != language:
            page.locator("form[action$='/language/'] button").click()
            page.wait_for_function(f"document.documentElement.lang === '{language}'")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def pages(browser, address, sessions):
    """Addresses of every whole page a role may open that needs nothing but itself; parts and downloads are none."""

    @cache
    def of(role):
        context = browser.new_context(storage_state=sessions[role])
        open_to = [
            f"/console/{route.path}"
            for route in ROUTES
            if route.method != "POST" and "<" not in route.path and route.permission and route.name != "voice"
            and role in PERMISSIONS[route.permission]
        ]  # fmt: skip
        answers = {path: context.request.get(address + path) for path in open_to}
        whole = [path for path, answer in answers.items() if not answer.ok or "<html" in answer.text()]
        led_to = [re.search(LED_TO[path], answers[path].text()) for path in LED_TO if path in answers]
        context.close()
        return whole + [unescape(found[1]) for found in led_to if found]

    return of


@cache
def sentences() -> list[tuple[str, str]]:
    """Every message of the catalogue that reads differently in the two languages, without its variable parts."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="ja")
    told = [(str(message.id), str(message.string)) for message in catalogue if message.id and message.string]
    return [(english, japanese) for english, japanese in told if english != japanese]


def fixed_parts(sentence: str) -> list[str]:
    """What of a message always stands on the page."""
    return [part.strip() for part in re.split(r"\{[^}]*\}|%\([^)]*\)s|<[^>]*>", sentence.replace("%%", "%"))]


def our_words(page) -> str:
    """The visible text, less what people and shops wrote and less the switch to the other language."""
    return page.evaluate(
        """(foreign) => {
          const copy = document.body.cloneNode(true);
          document.body.append(copy);
          for (const element of copy.querySelectorAll(foreign)) element.remove();
          const text = copy.innerText;
          copy.remove();
          return text;
        }""",
        NOT_OURS,
    )


@pytest.fixture(scope="module")
def names(shop):
    """What the shop calls its products and categories, and what its customers are called."""
    from okaeri.records.models import Person

    products = shop.show("products").to_pylist()
    with shop.workspace.records():
        people = Person.objects.values_list("name", "kana", "region", "address")
        told = {part for person in people for part in person}
    return told | {row[column] for row in products for column in ("name", "category", "brand") if row[column]} - {""}


def untranslated(text: str, language: str) -> list[str]:
    """Messages of the other language that stand on the page: English of two words or more, Japanese with kana."""
    found = []
    # Words of the trade that English sentences hold too, such as the names of the classes.
    shared = " ".join(english for english, _ in sentences()) if language == "en" else ""
    for english, japanese in sentences():
        foreign, own = (english, japanese) if language == "ja" else (japanese, english)
        for part in fixed_parts(foreign):
            is_telling = len(part.split()) >= 2 and len(part) > 8 if language == "ja" else len(KANA.findall(part)) >= 3
            if is_telling and part in text and part not in own and part not in shared:
                found.append(part)
    return found


@pytest.mark.parametrize("view", VIEWS, ids="-".join)
def test_every_page_stands_in_every_view(walk, pages, names, address, view):
    """No console error, nobody else asked, no word of the other language, no sideways scroll, readable contrast, and
    nothing serious that axe-core finds."""
    page, wrong = walk("owner", *view), []
    for path in pages("owner"):
        answer = page.goto(address + path)
        page.wait_for_load_state("networkidle")
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status}")
            continue
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: scrolls sideways")
        wrong += [
            f"{path}: {text!r} is not {view[0]}" for text in untranslated(without(our_words(page), names), view[0])
        ]
        wrong += [f"{path}: contrast {text}" for text in page.evaluate(CONTRAST)["poor"]]
        found = Axe().run(page).response["violations"]
        wrong += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]
    assert wrong == []
    assert page.said == []
    assert [url for url in page.asked if not url.startswith((address, "data:"))] == []


@pytest.mark.parametrize(("role", "view"), list(zip(ROLES[1:], VIEWS, strict=True)), ids=lambda part: str(part))
def test_every_page_of_a_role_stands(walk, pages, address, role, view):
    page, wrong = walk(role, *view), []
    for path in pages(role):
        answer = page.goto(address + path)
        if answer.status != 200 or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: {answer.status}")
    assert wrong == []
    assert page.said == []


def test_the_menu_opens_on_a_phone_by_touch_and_closes_by_keyboard(walk, address):
    page = walk("owner", "ja", "phone", "light")
    page.goto(f"{address}/console/")
    assert not page.locator("#menu").is_visible()
    page.locator(".menu-button").tap()
    page.locator("#menu a[href='/console/value/']").wait_for(state="visible")
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()


def test_a_chosen_colour_is_kept_from_page_to_page(walk, address):
    page = walk("analyst", "ja", "desk", "light")
    page.goto(f"{address}/console/")
    page.locator("[data-theme-choice=dark]").click()
    page.goto(f"{address}/console/value/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("[data-theme-choice=dark]").get_attribute("aria-pressed") == "true"
