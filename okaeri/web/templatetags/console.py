"""Words and places in the console's templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from okaeri.loop.jobs import is_measurable
from okaeri.loop.snapshots import current
from okaeri.web.console.office_words import KEY_PERMISSIONS
from okaeri.web.console.sentences import said
from okaeri.web.console.words import FACTS, FELT, JOBS, ROLES, STEPS
from okaeri.web.report import figures

register = template.Library()
#: Where something that is missing is mended: the console's page and place on it, who may go there, what the way is
#: called, and what does the same at the command line.
WAYS = {
    "orders": ("data", "#bring", _("Bring the order file"), "okaeri import FILE"),
    "products": ("data", "#bring", _("Bring the catalogue"), "okaeri import products.csv"),
    "unit_costs": ("settings", "#value", _("Set the usual margin, or bring a catalogue with unit costs"),
                   "okaeri import products.csv, [rules] default_margin"),
    "customers": ("data", "#bring", _("Bring the file of members"), "okaeri import customers.csv"),
    "events": ("data", "#bring", _("Bring visits and clicks"), "okaeri import events.csv"),
    "voices": ("data", "#bring", _("Bring customers' words"), "okaeri import voices.csv"),
    "costs": ("costs", "", _("Enter costs"), "okaeri import costs.csv"),
    "pairs": ("settings", "#offers", _("Change the fewest customers asked for"), "[rules] min_support"),
    "rules": ("settings", "", _("Settings of the shop"), "[rules] in okaeri.toml"),
    "schedule": ("settings", "#schedule", _("When the shop is measured"), "[schedule] refresh_at"),
    "own_mails": ("settings", "#imports", _("The shop's own addresses"), "[imports] own_mails"),
}  # fmt: skip
#: Who brings data and sets bounds is who may go there.
_ASKED = {"data": "import", "settings": "settings", "costs": "import"}


@register.filter
def words(text: str) -> list[str]:
    """The words of ``text``, to go through them in a template."""
    return text.split()


@register.simple_tag
def role(name: str) -> str:
    """A role as people call it."""
    return str(ROLES[name])


@register.filter
def job(kind: str) -> str:
    """A kind of job as people call it."""
    return str(JOBS[kind])


@register.filter(expects_localtime=True)
def moment(at: datetime) -> str:
    """A day and its time, in the zone in force."""
    return f"{figures.day(at)} {at:%H:%M}"


@register.filter
def step(name: str) -> str:
    """The step a job is at."""
    return str(STEPS.get(name, name))


@register.filter
def fact(name: str) -> str:
    """A table of facts as people call it."""
    return str(FACTS.get(name, name))


@register.filter
def sentence(told: dict[str, Any]) -> str:
    """What was refused, in the reader's language, with its place in the file."""
    return said(told)


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> bool:
    """Whether whoever looks at the page may do something."""
    staff = context.get("staff")
    return staff is not None and staff.may(permission)


@register.simple_tag
def mood(name: str) -> str:
    """A feeling as people call it."""
    return str(FELT[name])


@register.simple_tag
def has_orders() -> bool:
    """Whether there are orders that could be measured."""
    return is_measurable(current())


@register.simple_tag
def key_permission(name: str) -> str:
    """What a key may, as people call it."""
    return str(KEY_PERMISSIONS.get(name, name))


@register.simple_tag(takes_context=True)
def place(context: template.Context, section: str) -> str:
    """Where a section stands: on this page, or in the console on the page that holds it."""
    if not context.get("in_console"):
        return f"#{section}"
    from okaeri.web.console.panels import place_of

    return place_of(section)


@register.simple_tag(takes_context=True)
def way_to(context: template.Context, name: str) -> str:
    """The way to where ``name`` is done: in the console a link for those who may go it, in a file the command."""
    page, place, words, command = WAYS[name]
    if not context.get("staff"):
        return format_html("<code>{}</code>", command)
    if not may(context, _ASKED[page]):
        return format_html("<small>({})</small>", words)
    return format_html('<a href="{}{}">{}</a>', reverse(f"console:{page}"), place, words)
