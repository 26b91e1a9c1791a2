"""セグメント: the classes customers stand in, and who moved between them from one day to another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.loop.moving import moved
from okaeri.loop.published import Published
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import frame, panels_page
from okaeri.web.report.sections.cpm import movement as laid_out
from okaeri.web.serving import ConsoleRequest


def segments(request: ConsoleRequest) -> HttpResponse:
    """RFM, status, CPM, deciles, clusters and personas, as panels."""
    return panels_page(request, "segments")


def movement(request: ConsoleRequest) -> HttpResponse:
    """The two days asked for, else the latest and the one the segments are compared with; the cells come by themselves."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    asked, wrong = _asked(request, laid)
    return show(request, "okaeri/console/movement.html", {**frame(request, laid), **asked, "wrong": wrong},
                status=422 if wrong else 200)  # fmt: skip


def movement_cells(request: ConsoleRequest) -> HttpResponse:
    """Who moved between the two days: counted anew, which takes a second or two at a million customers."""
    laid = published_of(request)
    if laid is None:
        return HttpResponse(status=204)
    asked, wrong = _asked(request, laid)
    if wrong:
        return HttpResponse(status=422)
    rows = moved(request.workspace, laid, asked["since"], asked["until"])
    return show(request, "okaeri/console/movement_cells.html", {**asked, "matrix": laid_out(rows)})


def _asked(request: ConsoleRequest, laid: Published) -> tuple[dict[str, Any], str]:
    """Both days, and what is wrong with them; the usual days in place of what is no day."""
    usual = {
        "since": laid.as_of - timedelta(days=request.shop.settings.rules.compare_days), "until": laid.as_of
    }  # fmt: skip
    try:
        days = {name: date.fromisoformat(request.GET.get(name) or str(day)) for name, day in usual.items()}
    except ValueError:
        return usual, gettext("Give both days, as 2026-04-01.")
    if not days["since"] < days["until"] <= laid.as_of:
        return days, gettext("The first day must come before the second, and neither after the day of the figures.")
    return days, ""


PAGE = Page(
    _("Segments"),
    (
        Route("segments/", "segments", segments, "figures"),
        Route("segments/movement/", "movement", movement, "figures"),
        Route("segments/movement/cells/", "movement_cells", movement_cells, "figures"),
    ),
    group="people",
)
