"""The shop a server process is for, and what every answer of it carries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse

from okaeri.loop.workspace import settings_state, with_settings_now
from okaeri.records import database
from okaeri.records.shopfront import Shopfront, ShopRequest
from okaeri.schema.errors import DataRejected
from okaeri.web.askers import asker

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from okaeri.loop.workspace import Workspace
    from okaeri.records.models import Staff

log = logging.getLogger("okaeri.web")
Answering = Callable[[HttpRequest], HttpResponse]

#: Nothing from elsewhere, no script, no frame around the page.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_served: list[tuple[Workspace, object]] = []


def serve(workspace: Workspace) -> None:
    """Answer every request of this process for the opened shop."""
    _served[:] = [(workspace, settings_state(workspace))]


def served() -> Workspace:
    """The shop of this process, with its settings read anew where another process or person has changed the file.

    Settings that are broken leave those in force which were read before.
    """
    ((workspace, state),) = _served
    now = settings_state(workspace)
    if now != state:
        try:
            workspace = with_settings_now(workspace)
        except DataRejected as broken:
            log.error("The settings cannot be read; those read before stay in force: %s", broken)
        _served[:] = [(workspace, now)]
    return workspace


def front_of(workspace: Workspace) -> Shopfront:
    """The opened shop as its customers meet it."""
    return Shopfront(workspace.settings, workspace.database, workspace.secret, workspace.path)


class ConsoleRequest(ShopRequest):
    """A request of somebody who works for the shop, as the middleware hands it on."""

    workspace: Workspace
    user: Staff
    htmx: HtmxDetails


def workspace_of(request: HttpRequest) -> Workspace:
    """The opened shop this request is for."""
    return cast(ConsoleRequest, request).workspace


class ShopInUse:
    """Gives the request its shop, and sends its queries to that shop's database."""

    def __init__(self, answer: Answering):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        workspace = served()
        asked = cast(ConsoleRequest, request)
        asked.workspace, asked.shop = workspace, front_of(workspace)
        # Whoever counts tries or keeps an address reads it here, and would otherwise find the proxy's.
        asked.META["REMOTE_ADDR"] = asker(asked.META, workspace.settings.web.trusted_proxies)
        with database.using(workspace.database):
            return self.answer(request)


class Guarded:
    """Headers that keep a page to itself. A page that may stand inside others sets its own policy."""

    def __init__(self, answer: Answering):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
