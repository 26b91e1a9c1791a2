"""The report in a real browser: from a file, without network, in both languages, by day and night, on a phone."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from okaeri.loop.workspace import start_django
from okaeri.web.report import render
from okaeri.web.report.figures import money, share
from okaeri.web.report.sections import GROUPS
from tests.browser.comfort import CONTRAST
from tests.web.report_shop import NAME, about, readable, shop
from tools import messages

pytestmark = pytest.mark.browser
start_django()

SECTIONS = [name for _, names in GROUPS for name in names]
#: English that is Japanese too: what Japanese shops call things by.
JAPANESE_TOO = re.compile(
    r"(?<![A-Za-z])(?:LTV|RFM|CPM|CPA|CPO|KPI|SNS|Amazon|Yahoo|PAY|BASE|Shopify|[a-z]+\.(?:csv|toml)|okaeri [a-z]+"
    r"|okaeri|rules|[a-z]+(?:_[a-z]+)+"
    r"|\d{4}-\d\d-\d\d delivery"  # a setting as it is written
    r"|M?BG/(?:NBD|CNBD-\d+)|Pareto/NBD)(?![A-Za-z])"  # models, by the names of their papers
)
VIEWPORTS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Path of the page by language."""
    folder = tmp_path_factory.mktemp("report")
    for language in ("ja", "en"):
        text = render(readable(shop()), about(shop()), language=language)
        (folder / f"{language}.html").write_text(text, encoding="utf-8")
    return {language: (folder / f"{language}.html").as_uri() for language in ("ja", "en")}


@pytest.fixture
def look(browser, files):
    """Opens the page offline; afterwards nothing may have been said on the console or asked of the network."""
    said, asked, contexts = [], [], []

    def opened(language="ja", viewport="desk", scheme="light"):
        context = browser.new_context(viewport=VIEWPORTS[viewport], color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(files[language])
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert set(asked) <= set(files.values())


def visible_text(page) -> str:
    return page.evaluate("document.body.innerText")


def without(text: str, names: set[str]) -> str:
    """``text`` less the shop's own words, longest first: one name may stand inside another."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_section_has_something_to_show(look, language):
    page = look(language)
    for name in SECTIONS:
        section = page.locator(f"section#{name}")
        assert section.bounding_box()["height"] > 100
        assert len(section.inner_text()) > 40
        assert section.locator(".empty").count() == 0
    for chart in page.locator(".chart").all():
        assert chart.locator("svg path").count() > 3


def test_the_page_holds_the_figures_of_the_tables(look):
    page = look("ja")
    status = shop()["customer_status_summary"].to_pandas()
    kpis = shop()["kpis"].to_pandas().query("cohort == 'all'").set_index("kpi")
    belt = shop()["belt"].to_pandas()
    payback = shop()["payback"].to_pandas().query("dimension == 'all' and horizon_days == 365").iloc[0]
    with override("ja"):
        assert f"{status['customers'].sum():,}" in page.locator(".top-figures").inner_text()
        assert money(status["revenue"].sum()) in page.locator(".top-figures").inner_text()
        cards = page.locator(".cards").inner_text()
        assert share(kpis.loc["step_up_rate", "value"]) in cards
        assert money(kpis.loc["order_value", "value"]) in cards
        worst = belt.query("is_bottleneck").iloc[0]
        assert money(worst["gross_profit_per_percent"]) in page.locator("#belt .bottleneck").inner_text()
        assert money(payback["limit_cpa"]) in page.locator("#payback tbody tr").first.inner_text()


def test_the_curve_is_drawn_from_its_table(look):
    page = look("en")
    drawn = page.evaluate("""() => {
      const option = echarts.getInstanceByDom(document.getElementById("chart-ltv")).getOption();
      return option.series.filter((s) => s.name && s.lineStyle.width === 2)[0].data;
    }""")
    table = shop()["ltv_curve"].to_pandas()
    table = table[(table["dimension"] == "all") & (table["value_kind"] == "revenue") & table["is_mature"]]
    assert [age for age, _ in drawn] == sorted(table["age_days"])
    assert [value for _, value in drawn] == pytest.approx(table.sort_values("age_days")["ltv"].tolist(), rel=1e-6)


def test_no_english_is_left_on_the_japanese_page(look):
    page = look("ja")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    page.evaluate("document.querySelectorAll('code, [lang=en], [data-words]').forEach((name) => { name.remove() })")
    text = visible_text(page)
    text = without(text, {*shop()["products"]["name"].to_pylist(), NAME})
    assert re.findall(r"[A-Za-z]{3,}", JAPANESE_TOO.sub("", text)) == []


def test_no_japanese_is_left_on_the_english_page(look):
    page = look("en")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    # what customers say and how the shop names its campaigns stands as they wrote it
    page.evaluate("document.querySelectorAll('[lang=ja], [data-words]').forEach((said) => { said.remove() })")
    text = visible_text(page)
    text = without(text, {*shop()["products"]["name"].to_pylist(), *shop()["ltv_curve"]["segment"].to_pylist(), NAME})
    allowed = {word for _, sentence in messages.messages() for word in re.findall(r"[぀-ヿ一-鿿]+", sentence)}
    assert set(re.findall(r"[぀-ヿ一-鿿]+", text)) <= allowed


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("viewport", VIEWPORTS)
def test_the_page_never_scrolls_sideways(look, language, viewport):
    page = look(language, viewport)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    width = VIEWPORTS[viewport]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for section in page.locator("main > section").all():
        box = section.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(look, scheme):
    page = look("ja", scheme=scheme)
    found = page.evaluate(CONTRAST)
    assert found["checked"] > 1000
    assert found["poor"] == []


def wait_until(page, expression: str) -> None:
    """Ask until it is true, for five seconds: Playwright's own waiting needs eval, which the page's policy forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def test_the_theme_follows_the_system_until_one_is_chosen(look):
    page = look("en", scheme="dark")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.emulate_media(color_scheme="light")
    wait_until(page, f"{theme} === 'light'")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(theme) == "dark"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    page.emulate_media(color_scheme="dark")
    wait_until(page, "matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate(theme) == "light"


def test_the_curve_is_split_and_counted_as_chosen(look):
    page = look("en")
    legend = "echarts.getInstanceByDom(document.getElementById('chart-ltv')).getOption().legend[0].data"
    page.select_option("#ltv-dimension", "acquired_via")
    assert "Advertising" in page.evaluate(legend)
    assert page.locator("[data-ltv-table=acquired_via]").is_visible()
    assert page.locator("[data-ltv-table=all]").is_hidden()
    page.get_by_role("button", name="Gross profit", exact=True).click()
    shown = page.locator("[data-ltv-table=acquired_via] tbody tr:visible")
    assert {row.get_attribute("data-ltv-row") for row in shown.all()} == {"gross_profit"}


def test_the_kpi_shown_is_the_one_chosen(look):
    page = look("en")
    page.get_by_role("button", name="Order value").click()
    page.locator("#kpis summary").first.click()
    assert page.locator("[data-kpi-table=order_value]").is_visible()
    assert page.locator("[data-kpi-table=step_up_rate]").is_hidden()
    assert page.locator("[data-kpi=order_value]").get_attribute("aria-pressed") == "true"
    axis = page.locator("#chart-kpis").inner_text()
    assert "¥" in axis


@pytest.mark.parametrize(
    ("button", "seen", "unseen"),
    [
        ("[data-cohort-view=value]", ".cohorts .in-value", ".cohorts .in-rate"),
        ("[data-rfm-view=revenue]", ".rfm .in-revenue", ".rfm .in-customers"),
        ("[data-next-view=any]", ".next td.in-any", ".next td.in-other"),
    ],
)
def test_a_table_shows_what_was_chosen(look, button, seen, unseen):
    page = look("ja")
    assert page.locator(unseen).first.is_visible()
    page.locator(button).click()
    assert page.locator(seen).first.is_visible()
    assert page.locator(unseen).first.is_hidden()


def test_a_product_opens_all_that_follows_it_by_keyboard_alone(look):
    page = look("ja")
    button = page.locator("[data-next-product]").nth(3)
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#next-detail caption").inner_text().startswith(button.inner_text())
    assert page.locator("#next-detail tbody tr").count() >= 1


def test_a_term_says_its_definition_on_focus_and_is_silenced_by_escape(look):
    page = look("ja")
    page.locator("#payback .term", has_text="限界CPA").first.focus()
    assert "粗利LTV" in page.locator("#tip").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()


def test_without_scripts_every_table_is_still_there(browser, files):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["ja"])
    for name in SECTIONS:
        assert len(page.locator(f"section#{name}").inner_text()) > 40
    assert page.locator("section table").count() > 10
    context.close()
