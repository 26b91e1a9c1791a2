"""The pictures of README, from the demo: makes it (or finds it made), signs in and photographs pages.

python tools/screenshots.py             docs/images/*.png from demo/
python tools/screenshots.py --dir DIR   from another demo's folder
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import okaeri  # noqa: E402
from okaeri import demo  # noqa: E402
from tests.conftest import CHROMIUM_ARGS, chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images"
#: Picture to the page it shows, the part of it, the width and the colours.
PICTURES = {
    "today": ("/console/", 1280, 860, "light"),
    "card": ("/console/customers/{best}/", 1280, 900, "light"),
    "emotion": ("/console/emotion/", 1280, 860, "dark"),
}
LANGUAGES = {"ja": ".ja", "en": ""}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, default=ROOT / "demo")
    parser.add_argument("--customers", type=int, default=10_000)
    told = parser.parse_args()
    said: list[str] = []
    demo.run(told.dir, customers=told.customers, port=8000, browser=False, say=said.append)
    address = next(line for text in said for line in text.splitlines() if line.startswith("http")).rstrip("/")
    password = (told.dir / "login.txt").read_text(encoding="ascii").strip()
    try:
        photograph(address, password, best_customer(told.dir))
    finally:
        demo.stop(told.dir)


def best_customer(folder: Path) -> str:
    """Whoever is worth most, so that the card has something to tell."""
    rows = okaeri.open(folder / "shop").show("customer_value").sort_by([("lifetime_value", "descending")])
    return str(rows["customer_id"][0])


def photograph(address: str, password: str, best: str) -> None:
    """Every picture in both languages."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        for name, (path, width, height, colours) in PICTURES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
            page = context.new_page()
            sign_in(page, address, password)
            for language, suffix in LANGUAGES.items():
                speak(page, language)
                page.goto(address + path.format(best=best))
                page.wait_for_load_state("networkidle")
                page.screenshot(path=IMAGES / f"{name}{suffix}.png")
            context.close()
        browser.close()


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/console/sign-in/")
    page.locator("input[name=username]").fill(demo.OWNER)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{address}/console/")


def speak(page: Page, language: str) -> None:
    """Switch the console to ``language`` where it speaks the other one."""
    button = page.locator("form[action$='/language/'] button")
    if button.get_attribute("value") == language:
        button.click()
        page.wait_for_function("(wanted) => document.documentElement.lang === wanted", arg=language)


if __name__ == "__main__":
    main()
