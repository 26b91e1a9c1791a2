"""Words and places in the console's templates."""

from __future__ import annotations

from typing import Any

from django import template

from okaeri.loop.snapshots import current
from okaeri.web.console.office_words import KEY_PERMISSIONS
from okaeri.web.console.sentences import said
from okaeri.web.console.words import FELT, JOBS, ROLES, STEPS

register = template.Library()


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


@register.filter
def step(name: str) -> str:
    """The step a job is at."""
    return str(STEPS.get(name, name))


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
    snapshot = current()
    return snapshot is not None and "orders" in snapshot.versions


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
