"""設定: the shop, its targets, and every bound and window it measures by."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext, pgettext_lazy

from okaeri.loop import editing, jobs, snapshots
from okaeri.loop.previewing import SCHEMES, preview
from okaeri.schema.errors import DataRejected, RuleRefused
from okaeri.schema.settings import Settings
from okaeri.web.console import setting_fields
from okaeri.web.console.office_words import class_word, scheme_column
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.pages.data import days_to_measure
from okaeri.web.console.setting_fields import Group
from okaeri.web.serving import ConsoleRequest


def settings(request: ConsoleRequest) -> HttpResponse:
    """Every setting with its meaning, unit and default."""
    return _page(request, _groups(request))


def _page(request: ConsoleRequest, groups: list[Group], *, status: int = 200) -> HttpResponse:
    about = {
        "groups": groups, "seen": request.POST.get("seen") or editing.digest_of(request.workspace),
        "schemes": list(SCHEMES), "saved": request.GET.get("saved", ""),
        "measured_by": {*setting_fields.RULES, "others"}, "days": days_to_measure(request, jobs.newest_order(request.workspace)),
    }  # fmt: skip
    return show(request, "okaeri/console/settings.html", about, status=status)


def _groups(request: ConsoleRequest) -> list[Group]:
    return setting_fields.groups(request.workspace.settings, has_data=snapshots.current() is not None)


def _sent(request: ConsoleRequest, name: str) -> tuple[list[Group], Group, dict[str, Any]]:
    """All groups, the one called ``name`` with what was typed, and the values read; raises Http404 for another name."""
    groups = _groups(request)
    group = next((each for each in groups if each.name == name), None)
    if group is None:
        raise Http404
    wanted = setting_fields.read(group, request.POST)
    for place, (sentence, told) in editing.faults(request.workspace.settings, wanted).items():
        field = next(each for each in group.fields if each.place == place)
        field.error = str(setting_fields.FAULTS[sentence]).format(**told)
    return groups, group, wanted


def save(request: ConsoleRequest, name: str) -> HttpResponse:
    """What was typed in a group, written into the shop's file."""
    groups, group, wanted = _sent(request, name)
    if any(each.error for each in group.fields):
        return _page(request, groups, status=422)
    return _saved(request, groups, group, wanted)


def reset(request: ConsoleRequest, name: str) -> HttpResponse:
    """A group as it is without being set."""
    groups, group, _ = _sent(request, name)
    wanted = {each.place: editing.default_of(each.place) for each in group.fields if not each.is_fixed}
    return _saved(request, groups, group, wanted)


def _saved(request: ConsoleRequest, groups: list[Group], group: Group, wanted: dict[str, Any]) -> HttpResponse:
    try:
        editing.save_settings(
            request.workspace, wanted, seen=request.POST.get("seen", ""), actor=request.user.name
        )  # fmt: skip
    except RuleRefused as refused:
        group.told = gettext(refused.sentence)
        return _page(request, groups, status=409)
    except DataRejected as rejected:
        group.told = " ".join(f"{problem.column}: {gettext(problem.reason)}" for problem in rejected.problems)
        return _page(request, groups, status=422)
    return HttpResponseRedirect(resolve_url("console:settings") + f"?saved={group.name}#{group.name}", status=303)


def look_ahead(request: ConsoleRequest, name: str) -> HttpResponse:
    """How many customers each class would hold with the bounds typed; nothing is saved."""
    if name not in SCHEMES:
        raise Http404
    groups, group, wanted = _sent(request, name)
    laid = published_of(request)
    if any(each.error for each in group.fields):
        return _page(request, groups, status=422)
    if laid is None:
        group.told = gettext("Nothing is measured yet: bring the data and measure first.")
        return _page(request, groups, status=422)
    then: Settings = editing.changed(request.workspace.settings, wanted)
    told = preview(request.workspace, laid, name, then.rules)
    group.preview = {
        scheme_column(column): [(class_word(column, code), now, new, new - now) for code, (now, new) in kinds.items()]
        for column, kinds in told.items()
    }
    return _page(request, groups)


PAGE = Page(
    pgettext_lazy("console", "Settings"),
    (
        Route("settings/", "settings", settings, "settings"),
        Route("settings/<str:name>/save/", "settings_save", save, "settings", "POST"),
        Route("settings/<str:name>/reset/", "settings_reset", reset, "settings", "POST"),
        Route("settings/<str:name>/preview/", "settings_preview", look_ahead, "settings", "POST"),
    ),
    group="shop",
)
