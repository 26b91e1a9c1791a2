"""今日: what to look at first, in yen."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from okaeri.web.console.page import Page, Route
from okaeri.web.console.panels import panels_page
from okaeri.web.serving import ConsoleRequest


def today(request: ConsoleRequest) -> HttpResponse:
    """The findings that cost most, and the three KPIs."""
    return panels_page(request, "today")


PAGE = Page(_("Today"), (Route("", "today", today, "figures"),))
