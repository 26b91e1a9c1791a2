"""Pages that show what was measured and predicted: value and products."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from okaeri.web.console.page import Page, Route, View
from okaeri.web.console.panels import panels_page


def _view(name: str) -> View:
    return partial(panels_page, page=name)


VALUE = Page(_("LTV"), (Route("value/", "value", _view("value"), "figures"),))
PRODUCTS = Page(_("Products"), (Route("products/", "products", _view("products"), "figures"),))
