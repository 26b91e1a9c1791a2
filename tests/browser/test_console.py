"""The console in a real browser: every page, in both languages, at a desk and on a phone, by day and night, per role."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from django.utils.translation import override

from okaeri.lib.periods import day_number
from okaeri.loop.workspace import start_django
from okaeri.records.roles import PERMISSIONS, ROLES
from tests.browser.served import VIEWPORTS, served
from tests.browser.test_report import CONTRAST, without
from tests.loop.files import eccube
from tests.web.console.shops import AS_OF, PASSWORD, client_of, measured_shop
from tests.web.console.test_data import bring

pytestmark = pytest.mark.browser
start_django()

from okaeri.web.console.urls import ROUTES  # noqa: E402
from okaeri.web.report.figures import money, people  # noqa: E402

CATALOGUE = Path(__file__).resolve().parents[2] / "okaeri" / "web" / "locale" / "ja" / "LC_MESSAGES" / "django.po"
#: Each language with each width, each language with each colour, each width with each colour.
VIEWS = (("ja", "desk", "light"), ("ja", "phone", "dark"), ("en", "desk", "dark"), ("en", "phone", "light"))
SERIOUS = {"serious", "critical"}
#: Pages about one thing, by the page that leads there and what its address looks like.
LED_TO = {
    "/console/customers/": r'href="(/console/customers/[a-z]+(?::|%3A)[^"?]+)"',
    "/console/voices/": r'href="(/console/voices/one/\?id=[^"]+)"',
    "/console/data/tables/": r'href="(/console/data/tables/[a-z_]+/)"',
    "/console/belt/": r'href="(/console/belt/\d/)"',
    "/console/products/": r'href="(/console/products/[^"?]+/)"',
    "/console/emotion/": r'href="(/console/emotion/[a-z]+/)(?:\?[^"]*)?"',
}
TAKING_IN = PERMISSIONS["import"]
KANA = re.compile(r"[぀-ヿ]")
#: What people and shops wrote stands on a page as it is, in whatever language it is.
NOT_OURS = "blockquote, code, pre, [lang], [data-words]"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("console"))


@pytest.fixture(scope="module")
def brought(shop, tmp_path_factory):
    """Addresses of what only files that were brought have: a preview with rejected rows, questions about a file nobody
    knows, and jobs that wait, are done and have failed."""
    from okaeri.loop import jobs
    from okaeri.records.models import Job

    folder, client = tmp_path_factory.mktemp("brought"), client_of(shop, "owner")
    rejected = [{"注文番号": f"x{n}", "受注日": "2026-03-05 10:00:00"} for n in range(80)]
    eccube(folder / "受注.csv", [*rejected, {"注文番号": "y", "受注日": "2026-13-45 10:00:00"}])
    (folder / "own.csv").write_text("a,b,c\n" + "\n".join(f"k{n},2026-03-0{n % 9 + 1},{n}" for n in range(20)))
    files = {name: bring(client, folder / name)["Location"] for name in ("受注.csv", "own.csv")}
    assert "y" in client.get(files["受注.csv"] + "rejected/").getvalue().decode("utf-8-sig")
    with shop.workspace.records():
        waiting = jobs.ask_refresh(shop.workspace, day="today", actor="owner")
        told = {"kind": "import", "actor": "owner", "asked_at": waiting.asked_at, "arguments": {"file": "受注.csv"}}
        failed = Job.objects.create(
            key="failed", state="failed", finished_at=waiting.asked_at, **told,
            error=[{"sentence": "There is no such file", "values": {}, "file": "受注.csv"}],
        )  # fmt: skip
        done = Job.objects.create(key="done", state="done", finished_at=waiting.asked_at, share=1.0, **told)
    return [*files.values(), *(f"/console/jobs/{job.pk}/" for job in (waiting, failed, done))]


@pytest.fixture(scope="module")
def address(shop, brought):
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
def pages(browser, address, sessions, brought):
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
        return [*whole, *(unescape(found[1]) for found in led_to if found), *(brought if role in TAKING_IN else [])]

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


def persons(shop) -> list[dict]:
    """Everybody with what they are worth, and the days of their orders counted back from the day of the figures."""
    worth = {row["customer_id"]: row["lifetime_value"] for row in shop.show("customer_value").to_pylist()}
    today = day_number(AS_OF)
    orders: dict[str, set[tuple[int, int]]] = {}
    for line in shop.show("purchase_lines").to_pylist():
        orders.setdefault(line["customer_id"], set()).add((line["order_no"], today - line["order_day"]))
    return [
        row
        | {"ltv": worth.get(row["customer_id"]) or 0.0, "ago": [ago for _, ago in orders.get(row["customer_id"], ())]}
        for row in shop.show("customers_now").to_pylist()
    ]


def sized(page, chosen) -> None:
    """Wait until the form tells just these people and their LTV."""
    with override("en"):
        told = people(len(chosen)), money(sum(row["ltv"] for row in chosen))
    page.wait_for_function(
        "([n, yen]) => { const told = [...document.querySelectorAll('#builder dl.size dd')].map((cell) => cell.innerText);"
        " return told.length === 4 && told[0] === n && told[3].startsWith(yen); }",
        arg=list(told),
    )


def test_a_rule_is_built_by_hand_and_its_size_follows_until_it_is_saved_and_exported(walk, address, shop):
    everybody = persons(shop)
    many = [row for row in everybody if row["order_count"] >= 3]
    page = walk("owner", "en", "desk", "light")
    page.goto(f"{address}/console/customers/")
    page.get_by_text("Choose by conditions").click()
    # A choice is noticed however soon after the answer that brought the field.
    page.evaluate("""addEventListener("htmx:afterSwap", () => setTimeout(() => {
        const chosen = document.querySelector("[name='column-0.0']");
        chosen.value = "order_count";
        chosen.dispatchEvent(new Event("change", { bubbles: true }));
    }), { once: true })""")
    page.get_by_role("button", name="＋ Condition").click()
    page.locator("[name='op-0.0'] option[value=at_least]").wait_for(state="attached")
    page.select_option("[name='op-0.0']", "at_least")
    page.locator("input[type=number][name='value-0.0']").fill("3")
    page.keyboard.press("Tab")
    sized(page, many)
    page.select_option("[name='kind-0']", "none")
    sized(page, [row for row in everybody if row["order_count"] < 3])
    page.select_option("[name='kind-0']", "all")
    sized(page, many)
    page.get_by_role("button", name="＋ Group of conditions").click()
    inner = page.locator("fieldset.group fieldset.group")
    inner.get_by_role("button", name="＋ What they did").click()
    page.select_option("[name='window-0.1.0']", "last")
    page.locator("[name='days-0.1.0']").fill("180")
    page.locator("[name='times-0.1.0']").fill("2")
    page.keyboard.press("Tab")
    sized(page, [row for row in many if sum(ago <= 180 for ago in row["ago"]) >= 2])
    inner.get_by_role("button", name="＋ Condition").click()
    page.select_option("[name='value-0.1.1']", ["dormant"])
    chosen = [row for row in many if sum(ago <= 180 for ago in row["ago"]) >= 2 or row["status"] == "dormant"]
    sized(page, chosen)
    page.get_by_role("link", name="Show these people").click()
    page.wait_for_url(re.compile(r"rule="))
    with override("en"):
        assert page.locator("dl.size dd").first.inner_text() == people(len(chosen))
    page.get_by_text("Choose by conditions").click()
    page.locator("#segment-name").fill("三回以上")
    page.get_by_role("button", name="Save as a group").click()
    page.wait_for_url(re.compile(r"segment=\d+"))
    assert page.locator(".chips a", has_text="三回以上").get_attribute("aria-current") == "true"
    with page.expect_download() as brought:
        page.get_by_role("button", name="Export without names").click()
    lines = brought.value.path().read_text("utf-8-sig").splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == sorted(row["customer_id"] for row in chosen)
    assert page.said == []


def test_a_slider_moves_ltv_and_sales_and_the_plan_put_in_force_is_shown_again(walk, address):
    page = walk("owner", "en", "desk", "light")
    page.goto(f"{address}/console/plan/")
    figures = page.locator("#outlook .card-figure")
    ltv, sales = figures.nth(0).inner_text(), figures.nth(1).inner_text()
    slider = page.locator(".slider:has(#target-order_value) input[type=range]")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    wanted = page.locator("#target-order_value").input_value()
    assert float(wanted) == float(slider.input_value())
    page.wait_for_function("(before) => document.querySelector('#outlook .card-figure').innerText !== before", arg=ltv)
    assert yen(figures.nth(0).inner_text()) > yen(ltv)
    assert yen(figures.nth(1).inner_text()) > yen(sales)
    told = figures.all_inner_texts()
    page.get_by_role("button", name="Put this plan in force").click()
    page.wait_for_url(re.compile("saved=1"))
    page.goto(f"{address}/console/plan/")
    assert page.locator("#target-order_value").input_value() == wanted
    assert figures.all_inner_texts() == told
    assert told[1] in page.locator("#held .lead").inner_text()
    assert page.said == []


def yen(text: str) -> int:
    return int(re.sub(r"\D", "", text))
