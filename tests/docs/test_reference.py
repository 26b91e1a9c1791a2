"""The reference pages tell the truth: they are what the code says, and the code says something about everything."""

from __future__ import annotations

import importlib.util
from dataclasses import fields
from pathlib import Path

import pytest

from okaeri.loop.building import NOT_TABLES
from okaeri.loop.measuring import COMPUTED, inputs_of
from okaeri.loop.predictions import PREDICTIONS
from okaeri.measure import MEASURES
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.measured import MEASURED
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLES = {**FACTS, **EXPORTED, **MEASURED, **PREDICTED}


def _load():
    spec = importlib.util.spec_from_file_location("build_reference", DOCS / "build_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = _load()
SECTIONS = {item.name: type(getattr(Settings(), item.name)) for item in fields(Settings)}


@pytest.mark.parametrize("page", ["tables.md", "settings.md", "sources.md", "commands.md"])
def test_the_committed_page_is_what_the_code_says(page):
    committed = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert committed == build.pages()[page], "make docs writes it anew"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_and_column_has_a_meaning(name):
    table = TABLES[name]
    assert table.meaning.endswith((".", ")"))
    assert table.grain
    assert set(table.key) <= set(table.column_names)
    assert len(set(table.column_names)) == len(table.columns)
    assert [column.name for column in table.columns if len(column.meaning) < 3] == []
    assert f"### {name}\n" in build.pages()["tables.md"]


@pytest.mark.parametrize("name", TABLES)
def test_every_number_has_a_unit(name):
    plain = [
        column.name for column in TABLES[name].columns if column.type in ("decimal", "float64") and not column.unit
    ]
    assert plain == []


def test_every_measure_has_a_table_and_every_measured_table_a_measure():
    assert set(MEASURES) == set(MEASURED)
    assert set(PREDICTIONS) == set(PREDICTED)
    wanted = {parent for name in COMPUTED for parent in inputs_of(name)}
    assert wanted - set(TABLES) - set(NOT_TABLES) == set()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_has_a_meaning_and_stands_in_its_section(section):
    assert SECTIONS[section].__doc__
    page = build.pages()["settings.md"].partition(f"## [{section}]")[2].partition("\n## ")[0]
    for item in fields(SECTIONS[section]):
        assert len(item.metadata["meaning"]) > 3
        assert f"| `{item.name}` |" in page


@pytest.mark.parametrize("name", build.SOURCES)
def test_every_source_says_what_it_is_and_brings(name):
    source = build.SOURCES[name]
    assert source.name == name
    assert source.title
    assert set(source.brings) <= set(FACTS)
    assert source.brings
    assert f"## {name}\n" in build.pages()["sources.md"]


@pytest.mark.parametrize("name", build.cli_commands())
def test_every_command_and_each_of_its_arguments_has_a_meaning(name):
    command = build.cli_commands()[name]
    assert command.help
    assert [parameter.name for parameter in command.params if not parameter.help] == []
    assert f"## okaeri {name}\n" in build.pages()["commands.md"]


def test_the_verbs_promised_are_there():
    promised = {"init", "import", "refresh", "tables", "show", "report", "simulate", "demo"}
    assert promised <= set(build.cli_commands())
