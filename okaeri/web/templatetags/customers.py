"""Words of what customers did, and ways from a figure to the people behind it."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from okaeri.lib.periods import month_of, month_start
from okaeri.schema.segment_words import COLUMNS, DEEDS, word
from okaeri.schema.segments import All, Compare, Rule, both, written

register = template.Library()


@register.filter
def deed(code: str) -> str:
    """What somebody did or how they spoke, in words."""
    return word(DEEDS[code], get_language() or "en")


@register.filter
def column(name: str) -> str:
    """A column of people as it is called."""
    return word(COLUMNS[name], get_language() or "en")


@register.simple_tag(takes_context=True)
def people_where(context: template.Context, shown: str, **where: object) -> str:
    """``shown``; in the console with a way to the customers whose columns hold these values, None for an empty cell."""
    parts = tuple(
        Compare(name, "empty", True) if value is None else Compare(name, "is", (value,))
        for name, value in where.items()
    )
    return _way(context, shown, both(*parts))


@register.simple_tag(takes_context=True)
def people_of_month(context: template.Context, shown: str, month: str) -> str:
    """``shown``; in the console with a way to the customers whose first order came in ``month``, as 2026-04."""
    first, after = (month_start(month_of(month) + later) for later in (0, 1))
    rule = All((Compare("first_order_on", "since", first), Compare("first_order_on", "before", after)))
    return _way(context, shown, rule)


@register.simple_tag(takes_context=True)
def station_door(context: template.Context, shown: str, station: int) -> str:
    """``shown``; in the console with a way to the page of the station."""
    if not context.get("in_console"):
        return shown
    return format_html('<a href="{}">{}</a>', reverse("console:station", args=[station]), shown)


def _way(context: template.Context, shown: str, rule: Rule) -> str:
    """The rule stands in the address as it is: a value may hold a comma, which parts values given by column."""
    if not context.get("in_console") or shown in ("", "0"):
        return shown
    place, asked = reverse("console:customers"), urlencode({"rule": written(rule)})
    return format_html('<a href="{}?{}" class="to-people">{}</a>', place, asked, shown)
