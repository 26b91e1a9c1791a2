"""Numbers and terms in templates: ``{{ row.ltv|money:about.currency }}``, ``{% term "f2_rate" %}``."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from okaeri.web.report import figures
from okaeri.web.report.definitions import DEFINITIONS

register = template.Library()
for _filter in (figures.money, figures.share, figures.count, figures.days, figures.people):
    register.filter(_filter.__name__, _filter)
# The day of an instant is that of the zone in force.
register.filter("day", figures.day, expects_localtime=True)


@register.filter
def unlocalized(value: float) -> str:
    """A number as style sheets write it."""
    return f"{value:g}"


@register.filter
def percent(value: float | None) -> str:
    """A share as a percentage of a length."""
    return f"{100 * (value or 0.0):.2f}"


@register.simple_tag(name="figure")
def figure(value: float | None, unit: str, currency: str) -> str:
    """``value`` in the words of its unit."""
    return figures.figure(value, unit, currency)


@register.simple_tag(name="interval")
def interval(row: dict[str, float | None], unit: str, currency: str, name: str = "") -> str:
    """The interval in columns ``low`` and ``high`` of ``row``, or in ``<name>_low`` and ``<name>_high``."""
    prefix = f"{name}_" if name else ""
    return figures.interval(row[f"{prefix}low"], row[f"{prefix}high"], unit, currency)


@register.simple_tag
def term(name: str, shown: str = "") -> SafeString:
    """A word with its definition on hover and focus; the glossary holds the same."""
    entry = DEFINITIONS[name]
    return format_html('<span class="term" tabindex="0" aria-describedby="def-{}">{}</span>', name, shown or entry.word)
