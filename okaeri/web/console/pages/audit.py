"""The log: who changed, exported or was refused what."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okaeri.records.models import AuditEntry
from okaeri.web.console.office_words import action_word
from okaeri.web.console.page import Page, Route, show
from okaeri.web.serving import ConsoleRequest

SHOWN = 100
#: Entries among which the actions to choose from are looked for.
LOOKED_AT = 5_000
_LAST = 2**62
#: Days outside these are nobody's, and some have no begin or end as an instant.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class FilterForm(forms.Form):
    """What to look for; everything where nothing is given."""

    actor = forms.CharField(label=_("Who"), max_length=100, required=False)
    action = forms.CharField(label=pgettext_lazy("console", "What"), max_length=50, required=False)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)],
    )  # fmt: skip
    before = forms.IntegerField(min_value=0, max_value=_LAST, required=False, widget=forms.HiddenInput)


def audit(request: ConsoleRequest) -> HttpResponse:
    """Entries, the newest first; ``before`` goes on from one of them."""
    form = FilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = list(_chosen(request, wanted)[: SHOWN + 1])
    further = {name: value for name, value in wanted.items() if value and name != "before"}
    about = {
        "form": form, "entries": [_told(entry) for entry in found[:SHOWN]], "actions": _actions(),
        "older": urlencode({**further, "before": found[SHOWN - 1].pk}) if len(found) > SHOWN else "",
        "is_narrowed": bool(further),
    }  # fmt: skip
    return show(request, "okaeri/console/audit.html", about, status=422 if form.errors else 200)


def _chosen(request: ConsoleRequest, wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.order_by("-pk")
    if actor := wanted.get("actor"):
        entries = entries.filter(actor=actor)
    if action := wanted.get("action"):
        entries = entries.filter(action=action)
    if day := wanted.get("day"):
        begin = datetime.combine(day, time(), ZoneInfo(request.shop.settings.shop.timezone))
        entries = entries.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    if (before := wanted.get("before")) is not None:
        entries = entries.filter(pk__lt=before)
    return entries


def _actions() -> list[tuple[str, str]]:
    recent = AuditEntry.objects.order_by("-pk").values_list("action", flat=True)[:LOOKED_AT]
    return sorted((action, action_word(action)) for action in set(recent))


def _told(entry: AuditEntry) -> dict[str, Any]:
    detail = [(name, _short(_move(entry.action, value))) for name, value in entry.detail.items()]
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": action_word(entry.action),
        "detail": detail,
    }


def _move(action: str, value: object) -> object:
    """Settings are noted as what was and what is."""
    if action != "settings" or not isinstance(value, list) or len(value) != 2:
        return value
    return " → ".join("—" if part is None else json.dumps(part, ensure_ascii=False) for part in value)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"


PAGE = Page(pgettext_lazy("console", "Log"), (Route("audit/", "audit", audit, "audit"),), group="shop")
