"""The pages for an address that leads nowhere, and for a form that came from elsewhere."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from okaeri.records.shopfront import ShopRequest


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says that there is no such page, in the shop's language."""
    shop = cast(ShopRequest, request).shop
    with translation.override(shop.language):
        return render(request, "okaeri/customer/not_found.html", {"shop": shop, "language": shop.language}, status=404)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says that a form was not sent from a page of this shop, or from one that is too old."""
    shop = cast(ShopRequest, request).shop
    with translation.override(shop.language):
        return render(
            request, "okaeri/console/not_from_here.html", {"shop": shop, "language": shop.language}, status=403
        )
