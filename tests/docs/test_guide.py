"""The guide's code runs, and prints what the guide says it prints."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _load():
    spec = importlib.util.spec_from_file_location("run_guide", DOCS / "run_guide.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


guide = _load()


@pytest.mark.slow
def test_the_guide_runs_and_prints_what_it_says(tmp_path):
    text = guide.GUIDE.read_text(encoding="utf-8")
    assert len(guide.BLOCK.findall(text)) >= 6
    assert guide.run(text, tmp_path) == text, "make docs writes the outputs anew"


def test_an_output_that_is_no_longer_true_is_replaced(tmp_path):
    text = "```python\nx = 2\n```\n\nThen:\n\n```python\nprint(x + 1)\n```\n\n```text\n4\n```\n\nEnd.\n"
    assert guide.run(text, tmp_path) == text.replace("```text\n4\n", "```text\n3\n")


LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(DOCS.parent.glob("*.md"))]


@pytest.mark.parametrize("place", PAGES, ids=lambda place: str(place.relative_to(DOCS.parent)))
def test_every_link_of_a_page_leads_somewhere(place):
    text = place.read_text(encoding="utf-8")
    images = re.findall(r'(?:src|srcset)="(?!https?:)([^"]+)"', text)
    missing = [target for target in LINK.findall(text) + images if not (place.parent / target).exists()]
    assert missing == []
