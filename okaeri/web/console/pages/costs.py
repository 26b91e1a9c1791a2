"""費用: what was spent to win customers, month by month, entered without a file."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from okaeri.loop import jobs as loop
from okaeri.loop import spending
from okaeri.schema.errors import OkaeriError
from okaeri.web.console.page import Route, show
from okaeri.web.console.sentences import sentences
from okaeri.web.report.labels import Word, segment
from okaeri.web.serving import ConsoleRequest

WRONG: dict[str, Word] = {
    "month": _("Write the month as 2026-04."),
    "via": _("Choose a source."),
    "amount": _("Write the amount in figures, without a minus."),
}


def costs(request: ConsoleRequest) -> HttpResponse:
    """The form, and what was entered or came in files, by month."""
    return _page(request)


def _page(
    request: ConsoleRequest, *, typed: dict[str, str] | None = None, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    months = spending.entered(request.workspace)
    for month in months:
        for row in month["rows"]:
            row["source"] = segment("acquired_via", row["via"])
    about: dict[str, Any] = {
        "months": months, "vias": [(via, segment("acquired_via", via)) for via in spending.VIAS],
        "campaigns": sorted({row["campaign"] for month in months for row in month["rows"] if row["campaign"]}),
        "key": secrets.token_hex(16), "typed": typed or {"month": f"{request.workspace.today():%Y-%m}", "via": "ad"},
        "wrong": wrong or [], "saved": request.GET.get("saved", ""), "most_months": spending.MOST_MONTHS,
        "days": _days(request), "open_month": request.GET.get("month") or (months[0]["month"] if months else ""),
    }  # fmt: skip
    return show(request, "okaeri/console/costs.html", about, status=status)


def _days(request: ConsoleRequest) -> dict[str, Any]:
    from okaeri.web.console.pages.data import days_to_measure

    return days_to_measure(request, loop.newest_order(request.workspace))


def enter(request: ConsoleRequest) -> HttpResponse:
    """Take the typed cost in."""
    typed = {name: request.POST.get(name, "") for name in ("month", "via", "campaign", "amount")}
    cost, faults = spending.read(**typed)
    if cost is None:
        return _page(request, typed=typed, wrong=[str(WRONG[name]) for name in faults], status=422)
    return _taken(request, cost, "entered")


def take_back(request: ConsoleRequest) -> HttpResponse:
    """Take one that was entered back."""
    typed = {name: request.POST.get(name, "") for name in ("month", "via", "campaign")}
    cost, _faults = spending.read(**typed, amount="0")
    if cost is None:
        raise Http404
    return _taken(request, spending.Cost(cost.month, cost.via, cost.campaign, None), "back")


def _taken(request: ConsoleRequest, cost: spending.Cost, saved: str) -> HttpResponse:
    key = request.POST.get("key", "")[:64]
    if not key:
        raise Http404
    try:
        spending.enter(request.workspace, cost, key=key, actor=request.user.name)
    except OkaeriError as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=422)
    query = urlencode({"saved": saved, "month": cost.month})
    return HttpResponseRedirect(f"{resolve_url('console:costs')}?{query}", status=303)


ROUTES = (
    Route("data/costs/", "costs", costs, "import"),
    Route("data/costs/enter/", "enter_cost", enter, "import", "POST"),
    Route("data/costs/take-back/", "take_cost_back", take_back, "import", "POST"),
)
