"""The sections of the report as panels of the console: written once per refresh, language and role, shown on many pages."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from okaeri.loop.published import Published
from okaeri.records.models import Staff
from okaeri.schema.settings import Settings
from okaeri.web.console.page import published_of, show
from okaeri.web.console.sections import OWN_SECTIONS
from okaeri.web.report.definitions import DEFINITIONS
from okaeri.web.report.page import plain
from okaeri.web.report.sections import SECTIONS
from okaeri.web.report.tables import About, FactState, Tables
from okaeri.web.serving import ConsoleRequest

#: Page to the sections it shows, in reading order.
PANELS: dict[str, tuple[str, ...]] = {
    "today": ("first", "moved", "kpis"),
    "value": ("ltv", "payback", "ahead", "prospects", "cohorts", "ladder", "entry"),
    "belt": ("belt", "leaving"),
    "emotion": ("emotion",),
    "segments": ("rfm", "status", "cpm", "clusters", "personas"),
    "products": ("trouble", "next_product", "offers", "baskets", "steps", "stock", "carts"),
    "data": ("quality",),
}
#: Section to the group of settings its bounds stand in.
BOUNDS = {
    "ltv": "value", "ladder": "value", "rfm": "rfm", "status": "status", "cpm": "cpm", "belt": "belt",
    "next_product": "offers", "offers": "offers", "baskets": "offers",
}  # fmt: skip
#: Every section there is: the report's and the console's own.
ALL_SECTIONS = {**SECTIONS, **OWN_SECTIONS}
_building = threading.Lock()


class Written(NamedTuple):
    """A panel as HTML, and what its script draws."""

    html: str
    chart: Any


def panels_page(request: ConsoleRequest, page: str, about: dict[str, Any] | None = None) -> HttpResponse:
    """A page made of its panels alone, or the way to the first figures where nothing is measured yet."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    told, charts = panels_of(request, laid, PANELS[page])
    return show(
        request, f"okaeri/console/{page}.html", {"panels": told, **frame(request, laid), **(about or {})}, charts=charts
    )


def frame(request: ConsoleRequest, laid: Published) -> dict[str, Any]:
    """What templates of panels ask for beside their own figures."""
    return {"about": about_of(request, laid), "definitions": DEFINITIONS}


def about_of(request: ConsoleRequest, laid: Published) -> About:
    """The shop and the refresh a panel is about."""
    return _about(laid, request.shop.settings)


def panels_of(
    request: ConsoleRequest, laid: Published, names: Iterable[str]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The panels called ``names`` and what their scripts draw."""
    language, settings, role = translation.get_language(), request.shop.settings, request.user.role
    told = {name: written(laid, settings, name, language, role) for name in names}
    panels = [
        {"name": name, "title": ALL_SECTIONS[name].TITLE, "html": panel.html, "bounds": BOUNDS.get(name, "")}
        for name, panel in told.items()
    ]
    return panels, {name: panel.chart for name, panel in told.items() if panel.chart}


def written(laid: Published, settings: Settings, name: str, language: str, role: str) -> Written:
    """A panel as whoever has this role reads it; its language and the shop's zone must be in force."""
    with _building:
        return _written(laid, settings, name, language, role)


def place_of(section: str) -> str:
    """The address of the panel called ``section``."""
    page = next(name for name, sections in PANELS.items() if section in sections)
    return f"{reverse(f'console:{page}')}#{section}"


@lru_cache(maxsize=256)
def _built(laid: Published, settings: Settings, name: str, language: str) -> dict[str, Any]:
    section = ALL_SECTIONS[name]
    tables = Tables({table: laid.excerpt(table) for table in section.TABLES})
    told: dict[str, Any] = section.build(tables, _about(laid, settings))
    return {**told, "chart": plain(told["chart"])} if told.get("chart") else told


@lru_cache(maxsize=512)
def _written(laid: Published, settings: Settings, name: str, language: str, role: str) -> Written:
    section, where = _built(laid, settings, name, language), "console" if name in OWN_SECTIONS else "report"
    told = {
        "s": section, "about": _about(laid, settings), "definitions": DEFINITIONS, "in_console": True,
        "staff": Staff(role=role),
    }  # fmt: skip
    return Written(get_template(f"okaeri/{where}/sections/{name}.html").render(told), section.get("chart"))


def _about(laid: Published, settings: Settings) -> About:
    return About(settings.shop.name, laid.as_of, settings.shop.currency, settings.rules, _facts(laid))


@lru_cache(maxsize=8)
def _facts(laid: Published) -> tuple[FactState, ...]:
    return tuple(
        FactState(state["table"], state["rows"], _instant(state["newest"]), state["filled"]) for state in laid.facts
    )


def _instant(text: str | None) -> datetime | date | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
