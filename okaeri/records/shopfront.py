"""What a page has to know of the shop it is shown for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from okaeri.schema.settings import Settings

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Shopfront:
    """An open shop as customers meet it: ``secret`` signs its links, ``folder`` keeps what customers send."""

    settings: Settings
    database: str
    secret: str
    folder: Path

    @property
    def name(self) -> str:
        return self.settings.shop.name

    @property
    def language(self) -> str:
        return self.settings.shop.language

    @property
    def address(self) -> str:
        """Where customers reach the pages, without a slash at the end."""
        return self.settings.web.address.rstrip("/")

    def now(self) -> datetime:
        """This instant in the shop's zone."""
        return datetime.now(UTC).astimezone(ZoneInfo(self.settings.shop.timezone))


class ShopRequest(HttpRequest):
    """A request to a shop's page, as the middleware hands it on."""

    shop: Shopfront


def language_of(request: ShopRequest) -> str:
    """The language asked for by ``?lang=``, else the shop's."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else request.shop.language


def page(request: ShopRequest, template: str, language: str, *, status: int = 200, **about: object) -> HttpResponse:
    """A page of the shop in ``language``, with a switch to the other one that stays at the same place."""
    switch = next(other for other in LANGUAGES if other != language)
    kept = {**{name: request.GET[name] for name in ("at", "product", "page") if name in request.GET}, "lang": switch}
    about |= {"shop": request.shop, "language": language, "switch": switch, "switch_to": "?" + urlencode(kept)}
    return render(request, template, about, status=status)
