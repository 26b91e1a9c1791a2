"""The page of a shop without a single fact says what to do, section by section."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

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
            assert re.search(r'<p class="empty">[^<]{10,}</p>', section), name


def test_an_empty_shop_is_told_which_files_are_missing():
    with override("en"):
        gaps = SECTIONS["quality"].build(readable(nothing()), about(nothing()))["gaps"]
    assert {word for gap in gaps for word in re.findall(r"\w+\.csv", gap)} >= {
        "events.csv",
        "costs.csv",
        "products.csv",
    }
