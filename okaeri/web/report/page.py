"""The whole page: sections in reading order, each made from its tables by its own module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from okaeri.web.report.definitions import DEFINITIONS
from okaeri.web.report.inlining import inlined
from okaeri.web.report.labels import chart_words
from okaeri.web.report.sections import GROUPS, SECTIONS
from okaeri.web.report.tables import About, FactState, Tables

if TYPE_CHECKING:
    from okaeri.loop.workspace import Workspace


def write(workspace: Workspace, out: Path, *, language: str | None = None) -> Path:
    """Write the page of the latest refresh to ``out``, whole or not at all; raises RuleRefused before the first."""
    tables, about = gather(workspace)
    shop = workspace.settings.shop
    with timezone.override(ZoneInfo(shop.timezone)):
        text = render(tables, about, language=language or shop.language)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    return partial.replace(out)


def gather(workspace: Workspace) -> tuple[Tables, About]:
    """The tables every section asks for, and what the page says of the shop."""
    from okaeri.loop import reading

    _, as_of = reading.measured_folder(workspace)
    needed = sorted({name for section in SECTIONS.values() for name in section.TABLES})
    tables = Tables({name: reading.show(workspace, name) for name in needed})
    facts = tuple(
        FactState(state.table.name, state.rows, state.newest, state.filled or {})
        for state in reading.tables(workspace)
        if state.kind == "fact"
    )
    shop = workspace.settings.shop
    return tables, About(shop.name, as_of, shop.currency, workspace.settings.rules, facts)


def render(tables: Tables, about: About, *, language: str) -> str:
    """The page as HTML in ``language`` (ja or en)."""
    with override(language):
        return render_to_string("okaeri/report/page.html", context(tables, about, language=language))


def context(tables: Tables, about: About, *, language: str) -> dict[str, Any]:
    """What the templates show; call it with the language in force."""
    built = {name: section.build(tables, about) for name, section in SECTIONS.items()}
    return {
        "about": about,
        "language": language,
        "heading": built["heading"],
        "groups": [(title, [_shown(name, built[name]) for name in names]) for title, names in GROUPS],
        "charts": _charts(built, about, language),
        "definitions": DEFINITIONS,
        "inlined": inlined(),
    }


def _shown(name: str, section: dict[str, Any]) -> dict[str, Any]:
    template = f"okaeri/report/sections/{name}.html"
    return {"name": name, "title": SECTIONS[name].TITLE, "template": template, "section": section}


def _charts(built: Mapping[str, dict[str, Any]], about: About, language: str) -> dict[str, Any]:
    """What the scripts draw, as plain JSON values; lazy words are spoken here."""
    charts = {name: section["chart"] for name, section in built.items() if section.get("chart")}
    told = {"language": language, "currency": about.currency, "words": chart_words(), **charts}
    return plain(told)


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """What scripts draw as plain JSON values: words in the language in force, numbers as long as a pixel needs."""
    return dict(json.loads(json.dumps(told, default=str), parse_float=_shortened))


def _shortened(number: str) -> float:
    """Seven digits: more than any pixel, and half the page."""
    return float(f"{float(number):.7g}")
