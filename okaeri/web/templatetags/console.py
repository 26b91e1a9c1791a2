"""Words and places in the console's templates."""

from __future__ import annotations

from django import template

from okaeri.web.console.words import ROLES

register = template.Library()


@register.filter
def words(text: str) -> list[str]:
    """The words of ``text``, to go through them in a template."""
    return text.split()


@register.simple_tag
def role(name: str) -> str:
    """A role as people call it."""
    return str(ROLES[name])


@register.simple_tag(takes_context=True)
def place(context: template.Context, section: str) -> str:
    """Where a section stands: on this page, or in the console on the page that holds it."""
    if not context.get("in_console"):
        return f"#{section}"
    from okaeri.web.console.panels import place_of

    return place_of(section)
