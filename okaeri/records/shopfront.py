"""What a page has to know of the shop it is shown for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from okaeri.schema.settings import Settings


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
