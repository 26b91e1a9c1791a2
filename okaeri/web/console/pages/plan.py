"""計画: the targets of a year, what they bring, and what came of them."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import pgettext_lazy

from okaeri.loop import planning
from okaeri.loop.planning import Desk
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import frame
from okaeri.web.console.plan_words import SHORTFALL_PARTS, TARGETS
from okaeri.web.report.page import plain
from okaeri.web.serving import ConsoleRequest

#: Each target with its unit, how finely it is set, and by what it is multiplied for the form (rates are set in percent).
FIELDS = (
    ("newcomers", "people", 1.0, 1.0), ("f2_rate", "percent", 0.1, 100.0), ("repeat_rate", "percent", 0.1, 100.0),
    ("order_value", "money", 10.0, 1.0),
)  # fmt: skip
#: How far a slider reaches, times the present.
LOWEST, HIGHEST = 0.5, 1.5


class TargetsForm(forms.Form):
    """The targets, in the units people say them in."""

    newcomers = forms.FloatField(min_value=0, max_value=1e9)
    f2_rate = forms.FloatField(min_value=0, max_value=100)
    repeat_rate = forms.FloatField(min_value=0, max_value=100)
    order_value = forms.FloatField(min_value=0, max_value=1e9)
    key = forms.CharField(max_length=64, required=False)

    def levels(self) -> dict[str, float]:
        """The targets given, as shares and plain numbers."""
        given = {name: self.cleaned_data[name] / times for name, _, _, times in FIELDS}
        return {name: value for name, value in given.items() if value is not None}


def plan(request: ConsoleRequest) -> HttpResponse:
    """The sliders, what they bring, the plan in force and what came of it."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    desk = planning.desk(laid, request.shop.settings.rules)
    if desk is None:
        return show(request, "okaeri/console/plan.html", {**frame(request, laid), "is_empty": True})
    kept = planning.in_force()
    held = planning.progress(laid, kept.told) if kept else None
    wanted = _wanted(request, desk, kept.levels if kept else None)
    told = _told(desk, wanted)
    about = {
        **frame(request, laid), "fields": _fields(desk, wanted), "kept": kept, "held": held, **told,
        "parts": _parts(held), "targets": _targets(desk, kept), "key": secrets.token_hex(16),
        "proposals": [_proposed(proposal) for proposal in planning.proposals(desk, held)],
        "years": planning.fiscal_years(laid, request.shop.settings.shop.fiscal_year_start),
        "may_plan": request.user.may("plan"), "is_saved": "saved" in request.GET,
    }  # fmt: skip
    return show(request, "okaeri/console/plan.html", about, charts=_charts(told, held))


def outlook(request: ConsoleRequest) -> HttpResponse:
    """The part of the page that follows the sliders."""
    laid = published_of(request)
    desk = planning.desk(laid, request.shop.settings.rules) if laid else None
    if laid is None or desk is None:
        return show(request, "okaeri/console/plan_outlook.html", {"is_empty": True})
    told = _told(desk, _wanted(request, desk, None))
    return show(
        request,
        "okaeri/console/plan_outlook.html",
        {**frame(request, laid), **told, "drawn": plain({"months": told["chart"]})["months"]},
    )


def save(request: ConsoleRequest) -> HttpResponse:
    """Put these targets in force."""
    laid, form = published_of(request), TargetsForm(request.POST)
    desk = planning.desk(laid, request.shop.settings.rules) if laid else None
    if desk is None or not form.is_valid() or not form.cleaned_data["key"]:
        return show(request, "okaeri/console/plan_refused.html", status=422)
    planning.save(desk, form.levels(), key=form.cleaned_data["key"], actor=request.user.name)
    return HttpResponseRedirect(resolve_url("console:plan") + "?saved=1", status=303)


def _wanted(request: ConsoleRequest, desk: Desk, kept: dict[str, float] | None) -> dict[str, float]:
    """The levels asked for in the address, else those of the plan in force, else the present."""
    form = TargetsForm(request.GET)
    return form.levels() if form.is_valid() else {**desk.levels, **(kept or {})}


def _fields(desk: Desk, wanted: dict[str, float]) -> list[dict[str, Any]]:
    """A slider for each target; it reaches a half below and above the present, and as far as what is wanted."""
    fields = []
    for name, unit, step, times in FIELDS:
        now, here, best = (levels[name] * times for levels in (desk.levels, wanted, desk.best))
        top = 100.0 if unit == "percent" else float("inf")
        ends = min(LOWEST * now, here), min(max(HIGHEST * now, here), top)
        fields.append({
            "name": name, "label": TARGETS[name], "unit": unit, "step": f"{step:g}", "now": desk.levels[name],
            "value": _number(here, step), "low": _number(ends[0], step), "high": _number(ends[1], step),
            "best": desk.best[name], "present": _number(now, step), "best_value": _number(best, step),
        })  # fmt: skip
    return [field for field in fields if field["now"]]


def _number(value: float, step: float) -> str:
    """A number as a form writes it: with the digits of its step."""
    return f"{value:.1f}" if step < 1 else f"{value:.0f}"


def _told(desk: Desk, wanted: dict[str, float]) -> dict[str, Any]:
    """What the targets bring beside what the present brings."""
    factors = desk.factors(wanted)
    seen, now = desk.told(factors), desk.told(desk.factors(desk.levels))
    months = [
        month | {"now": other["revenue"], "more": month["revenue"] - other["revenue"]}
        for month, other in zip(seen["months"], now["months"], strict=True)
    ]
    return {
        "seen": seen, "present": now, "months": months, "more": seen["total"] - now["total"],
        "ltv_more": seen["ltv"] - now["ltv"], "is_too_much": desk.is_too_much(factors), "horizon": desk.horizon_days,
        "profit": seen["total"] * desk.margin if desk.margin is not None else None,
        "chart": [{name: month[name] for name in ("month", "revenue", "low", "high", "now")} for month in months],
    }  # fmt: skip


def _targets(desk: Desk, kept: Any) -> list[dict[str, Any]]:
    """The plan's targets beside the present."""
    if kept is None:
        return []
    units = {name: unit if unit != "percent" else "share" for name, unit, _, _ in FIELDS}
    return [
        {"label": TARGETS[name], "unit": units[name], "target": kept.levels[name], "now": desk.levels[name]}
        for name in units
        if name in kept.levels
    ]


def _parts(held: Any) -> list[dict[str, Any]]:
    """What the KPIs did to the difference, in yen and as bars of the largest."""
    if held is None or not held.came:
        return []
    most = max(abs(value) for value in held.parts.values()) or 1.0
    return [
        {"label": SHORTFALL_PARTS[name], "effect": value, "bar": round(50 * abs(value) / most, 1)}
        for name, value in held.parts.items()
    ]


def _proposed(proposal: dict[str, Any]) -> dict[str, Any]:
    """A proposal with the address that sets the sliders to it."""
    if proposal["share"] is None:
        return proposal
    values = {name: _number(proposal["levels"][name] * times, step) for name, _, step, times in FIELDS}
    query = "&".join(f"{name}={value}" for name, value in values.items())
    shown = [
        {"label": TARGETS[name], "value": proposal["levels"][name], "unit": unit if unit != "percent" else "share"}
        for name, unit, _, _ in FIELDS
    ]
    return proposal | {"query": query, "shown": shown}


def _charts(told: dict[str, Any], held: Any) -> dict[str, Any]:
    came = [{"month": month["month"], "planned": month["planned"], "low": month["low"], "high": month["high"],
             "came": month["came"]} for month in held.months] if held else []  # fmt: skip
    return {"plan": plain({"months": told["chart"], "held": came})}


PAGE = Page(
    pgettext_lazy("console", "Plan"),
    (
        Route("plan/", "plan", plan, "figures"),
        Route("plan/outlook/", "plan_outlook", outlook, "figures"),
        Route("plan/save/", "plan_save", save, "plan", "POST"),
    ),
)
