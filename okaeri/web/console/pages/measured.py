"""Pages that show what was measured and predicted, and nothing else: value."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from okaeri.web.console.page import Page, Route
from okaeri.web.console.panels import panels_page

VALUE = Page(_("LTV"), (Route("value/", "value", partial(panels_page, page="value"), "figures"),))
