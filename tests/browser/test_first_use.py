"""From an empty shop to the first curve: three clicks, a worker beside the server, progress in between."""

import re
import shutil

import pytest

from tests.browser.served import VIEWPORTS, served
from tests.web.console.shops import PASSWORD, empty_shop
from tests.web.console.test_data import orders

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return empty_shop(tmp_path_factory.mktemp("first")).workspace.path


@pytest.fixture
def page(browser, shop, tmp_path):
    """Signed in to a copy of the empty shop; gives the page, and what its console said."""
    shutil.copytree(shop, tmp_path / "shop")
    with served(tmp_path / "shop", worker=True) as address:
        context = browser.new_context(viewport=VIEWPORTS["desk"])
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        opened.said = []
        opened.on("console", lambda message: opened.said.append(message.text))
        opened.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.goto(f"{address}/console/sign-in/")
        opened.locator("input[name=username]").fill("owner")
        opened.locator("input[name=password]").fill(PASSWORD)
        opened.locator("main button[type=submit]").click()
        opened.wait_for_url(f"{address}/console/")
        yield opened
        context.close()


@pytest.mark.timeout(300)
def test_three_clicks_lead_from_no_data_to_the_first_curve(page, tmp_path):
    clicks = 0
    file = orders(tmp_path / "受注.csv")
    with page.expect_file_chooser() as asked:
        page.locator(".file-button").click()
        clicks += 1
    asked.value.set_files(file)  # the second click: a file in the browser's own dialogue
    clicks += 1
    page.wait_for_url(re.compile("/console/data/uploads/"))
    page.locator("form[action$='/confirm/'] button").click()
    clicks += 1
    page.wait_for_url(re.compile("/console/jobs/"))
    assert page.locator("#job progress").count() >= 1
    page.wait_for_url(re.compile("/console/value/"), timeout=240_000)
    page.locator("#chart-ltv svg path").nth(3).wait_for(state="attached")
    assert clicks == 3
    assert page.said == []


@pytest.mark.timeout(120)
def test_a_file_dropped_on_the_page_is_shown_as_a_chosen_one_is(page, tmp_path):
    file = orders(tmp_path / "orders.csv")
    data = page.evaluate_handle(
        """text => { const held = new DataTransfer(); held.items.add(new File([text], "orders.csv")); return held; }""",
        file.read_bytes().decode("cp932"),
    )
    page.dispatch_event("form[data-drop]", "drop", {"dataTransfer": data})
    page.wait_for_url(re.compile("/console/data/uploads/"))
    assert "orders.csv" in page.locator("h1").inner_text()
    assert page.said == []
