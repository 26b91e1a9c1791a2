"""ベルト: the seven stations, and who stands at each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from okaeri.loop import station as stations
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import about_of, frame, panels_page
from okaeri.web.report import labels
from okaeri.web.report.sections import belt as drawn
from okaeri.web.report.tables import Row, Tables
from okaeri.web.serving import ConsoleRequest

#: From this station on people have ordered, and are asked by surveys and for reviews.
FIRST_WITH_ORDERS = 2


def belt(request: ConsoleRequest) -> HttpResponse:
    """The belt with the people on it, and a way into each station."""
    laid = published_of(request)
    rows = sorted(laid.table("belt").to_pylist(), key=lambda row: row["station"]) if laid else []
    doors = [
        {"station": row["station"], "name": drawn.station_name(row), "still_count": row["still_count"],
         "cost": row["cost"], "recent_in": row["recent_in_count"], "recent_forward": row["recent_forward_count"],
         "recent_leak": row["recent_leak_count"], "revived": row["revived_count"]}
        for row in rows
    ]  # fmt: skip
    days = about_of(request, laid).rules.compare_days if laid else 0
    return panels_page(request, "belt", {"doors": doors, "compare_days": days})


def station(request: ConsoleRequest, station: int) -> HttpResponse:
    """Who stands at one station, who there may leave, and what the shop does there."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    row = Tables({"belt": laid.table("belt")}).row("belt", station=station)
    if row is None:
        return show(request, "okaeri/console/no_such.html", status=404)
    section = drawn.build(Tables({name: laid.table(name) for name in drawn.TABLES}), about_of(request, laid))
    own = next(one for one in section["stations"] if one["station"] == station)
    crowd = stations.crowd_of(laid, station)
    about = {
        **frame(request, laid), "own": own, "crowd": crowd, "is_profit": section["is_profit"],
        "flows": [flow for flow in section["flows"] if flow["from_station"] == station],
        "risks": [_risk(risk) for risk in crowd.by_risk],
        "work": stations.work_of(request.workspace) if station >= FIRST_WITH_ORDERS else {},
        "has_orders": station >= FIRST_WITH_ORDERS, "query": f"station={station}",
    }  # fmt: skip
    return show(request, "okaeri/console/station.html", about)


def _risk(row: Row) -> dict[str, Any]:
    """With the main reason in words."""
    why = row["reason_1"] or "none"
    return row | {"why": labels.reason(why, row["kind"]) if why in labels.REASONS else why}


PAGE = Page(
    _("Belt"),
    (Route("belt/", "belt", belt, "figures"), Route("belt/<int:station>/", "station", station, "figures")),
)
