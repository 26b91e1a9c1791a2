"""Words of what customers did, and ways from a figure to the people behind it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from okaeri.lib.periods import month_of, month_start
from okaeri.loop.rows import permission_of
from okaeri.schema.computed import TABLES
from okaeri.schema.segment_words import COLUMNS, DEEDS, word
from okaeri.schema.segments import RUN_OUT, All, Compare, Did, Rule, both, written

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


@register.simple_tag(takes_context=True)
def people_who_bought(context: template.Context, shown: str, product_id: str) -> str:
    """``shown``; in the console with a way to the customers who ever bought the product."""
    return _way(context, shown, Did("bought", "at_least", 1, product=product_id))


@register.simple_tag(takes_context=True)
def people_using_up(
    context: template.Context, shown: str, product_id: str, since: date | None, before: date | None
) -> str:
    """``shown``; in the console with a way to the customers whose goods are expected to be used up between two days."""
    return _way(context, shown, Did(RUN_OUT, "at_least", 1, product=product_id, since=since, before=before))


@register.simple_tag(takes_context=True)
def product_link(context: template.Context, name: str, product_id: str) -> str:
    """The product's name; in the console with a way to its page."""
    if not context.get("in_console"):
        return name
    try:
        place = reverse("console:product", args=[product_id])
    except NoReverseMatch:  # an id no address can hold
        return name
    return format_html('<a href="{}" data-words>{}</a>', place, name)


@register.simple_tag(takes_context=True)
def product_door(context: template.Context, name: str, product_id: str) -> str:
    """Beside a name that is a button: in the console, a way to the product's page; elsewhere nothing."""
    try:
        place = reverse("console:product", args=[product_id]) if context.get("in_console") else ""
    except NoReverseMatch:  # an id no address can hold
        place = ""
    return format_html('<a href="{}" class="door" aria-label="{}"></a>', place, name) if place else ""


@register.simple_tag(takes_context=True)
def rows_in(context: template.Context, shown: str, table: str) -> str:
    """``shown``; in the console, for those who may read its rows, with a way to the table."""
    staff = context.get("staff")
    if not context.get("in_console") or staff is None or not staff.may(permission_of(TABLES[table])):
        return shown
    return format_html('<a href="{}">{}</a>', reverse("console:table", args=[table]), shown)


def _way(context: template.Context, shown: str, rule: Rule) -> str:
    """The rule stands in the address as it is: a value may hold a comma, which parts values given by column."""
    if not context.get("in_console") or shown in ("", "0"):
        return shown
    place, asked = reverse("console:customers"), urlencode({"rule": written(rule)})
    return format_html('<a href="{}?{}" class="to-people">{}</a>', place, asked, shown)
