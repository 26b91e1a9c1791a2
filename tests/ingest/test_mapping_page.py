"""The page on mappings tells every key, and its examples load."""

from dataclasses import fields
from pathlib import Path

import pytest

from okaeri.ingest import mapping as module
from okaeri.ingest.mapping import CHOICES, Mapping, load_mapping

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("key", [field.name for field in fields(Mapping)])
def test_every_key_has_its_line_with_all_its_choices_on_the_page_and_in_the_module(key):
    (line,) = [
        line for line in (DOCS / "mapping.md").read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{key}`")
    ]
    assert all(f"`{choice}`" in line for choice in CHOICES.get(key, ()))
    assert key in module.__doc__


@pytest.mark.parametrize("path", sorted((DOCS / "mappings").glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_is_a_whole_mapping(path):
    assert load_mapping(path).lacks() == []
