"""The page of a shop without a single fact says what to do, section by section."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

import okaeri
from okaeri.loop.workspace import start_django
from okaeri.web.report import render
from okaeri.web.report.sections import SECTIONS
from tests.web.report_shop import about, nothing, readable

start_django()

ALWAYS_FULL = ("heading", "quality")


@pytest.mark.parametrize("name", [name for name in SECTIONS if name not in ALWAYS_FULL])
def test_a_section_without_rows_knows_that_it_is_empty(name):
    with override("en"):
        assert SECTIONS[name].build(readable(nothing()), about(nothing()))["is_empty"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_empty_section_says_so_in_words(language):
    page = render(readable(nothing()), about(nothing()), language=language)
    for name in SECTIONS:
        if name not in ALWAYS_FULL:
            section = re.search(rf'<section id="{name}".*?</section>', page, re.DOTALL)[0]
            assert re.search(r'<p class="empty">[^<]{8,}(?: <code>[^<]+</code>)?</p>', section), name


def test_an_empty_shop_is_told_which_files_are_missing():
    page = render(readable(nothing()), about(nothing()), language="en")
    section = re.search(r'<section id="quality".*?</section>', page, re.DOTALL)[0]
    assert set(re.findall(r"\w+\.csv", section)) >= {"events.csv", "costs.csv", "products.csv", "voices.csv"}


def test_in_the_console_nobody_is_told_to_use_a_shell(tmp_path):
    """What is missing leads to the page where it is done; commands stand in the file that `okaeri report` writes."""
    from django.template.loader import render_to_string

    from tests.web.console.shops import staffed

    shop = staffed(okaeri.init(tmp_path / "shop"))
    with shop.workspace.records(), override("en"):
        from okaeri.records.models import Staff

        for role, leads in (("owner", True), ("read_only", False)):
            staff = Staff.objects.get(name=role)
            for name, section in list(SECTIONS.items())[1:]:  # the heading is no panel
                told = {"s": section.build(readable(nothing()), about(nothing())), "about": about(nothing())}
                page = render_to_string(
                    f"okaeri/report/sections/{name}.html", {**told, "in_console": True, "staff": staff}
                )
                assert not re.search(r"okaeri (?:import|refresh)|okaeri\.toml|\[rules\]", page), name
                if name in ("ltv", "payback", "quality"):
                    assert ('href="/console/' in page) == leads, name
