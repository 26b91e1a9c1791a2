"""Every page of the console, in the order of its menu."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from okaeri.web.console.page import Page, Route
from okaeri.web.console.pages import (
    account,
    api_keys,
    audit,
    belt,
    customers,
    data,
    emotion,
    plan,
    products,
    segments,
    settings,
    sign_in,
    staff,
    tasks,
    today,
    value,
    voices,
)

PAGES: tuple[Page, ...] = (
    today.PAGE,
    value.PAGE,
    belt.PAGE,
    plan.PAGE,
    emotion.PAGE,
    customers.PAGE,
    tasks.PAGE,
    segments.PAGE,
    voices.PAGE,
    products.PAGE,
    data.PAGE,
    settings.PAGE,
    staff.PAGE,
    api_keys.PAGE,
    audit.PAGE,
    account.PAGE,
)
#: Signing in and out, and the choice of language.
OUTSIDE_THE_MENU: tuple[Route, ...] = sign_in.ROUTES
GROUPS = {
    "look": pgettext_lazy("console", "Figures"),
    "people": pgettext_lazy("console", "Customers"),
    "shop": pgettext_lazy("console", "Shop"),
}
