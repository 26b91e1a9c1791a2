"""What a page of the console is, who may see it, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from okaeri.loop import uploads
from okaeri.loop.published import Published, published
from okaeri.records.shopfront import LANGUAGES
from okaeri.web.console.sentences import sentences
from okaeri.web.report.labels import Word, chart_words
from okaeri.web.serving import ConsoleRequest

View = Callable[..., HttpResponseBase]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Route:
    """One address: its path below /console/, its name, the view, and the permission asked for; None asks for nobody.

    ``takes_file`` where a file may be sent, up to the shop's limit; elsewhere only forms are read.
    """

    path: str
    name: str
    view: View
    permission: str | None
    method: str = "GET"
    takes_file: bool = False


@dataclass(frozen=True)
class Page:
    """One entry of the menu: the first route is the page, the others are its parts and verbs."""

    title: Word
    routes: tuple[Route, ...]
    group: str = "look"

    @property
    def name(self) -> str:
        return self.routes[0].name

    @property
    def permission(self) -> str | None:
        return self.routes[0].permission


def guarded(route: Route) -> View:
    """The route's view behind its permission, in the language of who asks and the zone of the shop, with the console's
    policy on its answer."""
    methods = (
        {"GET", "HEAD"} if route.method == "GET" else {"GET", "HEAD", "POST"} if route.method == "BOTH" else {"POST"}
    )
    checked = csrf_protect(_answered)

    @wraps(route.view)
    def answer(asked: HttpRequest, **given: Any) -> HttpResponseBase:
        request = cast(ConsoleRequest, asked)
        zone = ZoneInfo(request.shop.settings.shop.timezone)
        with translation.override(language_of(request)), timezone.override(zone):
            # Looking for a form's token reads all that was sent: who may not is refused before.
            refusal = _refusal(request, route, methods)
            response = _refused(request, refusal) if refusal else checked(request, route, given)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        # Django asks forms sent over HTTPS where they come from; only pages of this shop are told.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    answer.permission = route.permission  # type: ignore[attr-defined]
    return answer


def language_of(request: ConsoleRequest) -> str:
    """Of the session, else of the member of staff, else the shop's."""
    wanted = request.session.get("language") or getattr(request.user, "language", "") or request.shop.language
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _answered(request: ConsoleRequest, route: Route, given: dict[str, Any]) -> HttpResponseBase:
    # No database or file keeps this letter, and no keyboard writes it.
    if any("\x00" in text for _, texts in request.POST.lists() for text in texts):
        return HttpResponse(status=400)
    try:
        return route.view(request, **given)
    except Http404:
        return show(request, "okaeri/console/not_here.html", status=404)


Refusal = Callable[[], HttpResponse]


@csrf_protect
@csrf_exempt
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer that refuses; it changes nothing, so its form may come from anywhere."""
    return refusal()


def _refusal(request: ConsoleRequest, route: Route, methods: set[str]) -> Refusal | None:
    """What refuses the request by its head alone; None where it may be read."""
    refused = partial(show, request, "okaeri/console/refused.html")
    if request.method not in methods:
        return partial(refused, status=405, headers={"Allow": ", ".join(sorted(methods))})
    if route.permission is not None and not request.user.is_authenticated:
        return partial(_to_sign_in, request)
    if route.permission is not None and not request.user.may(route.permission):
        return partial(refused, status=403)
    is_too_large = int(request.META.get("CONTENT_LENGTH") or 0) > _most(request, route)
    return partial(_too_large, request, route) if is_too_large else None


def _most(request: ConsoleRequest, route: Route) -> int:
    """Bytes an address reads: a file within the shop's limit and the form around it, or a form."""
    form: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return form + request.shop.settings.imports.max_upload_mb * uploads.MEGABYTE if route.takes_file else form


def _too_large(request: ConsoleRequest, route: Route) -> HttpResponse:
    told = sentences(uploads.too_large(request.workspace)) if route.takes_file else []
    return show(request, "okaeri/console/wrong.html", {"sentences": told}, status=413)


def _to_sign_in(request: ConsoleRequest) -> HttpResponse:
    if not request.htmx:
        return redirect_to_login(request.get_full_path() if request.method == "GET" else resolve_url("console:today"))
    # A part of a page cannot be a sign-in form: htmx is told to load the form as a page.
    place = resolve_url("console:sign_in") + "?" + urlencode({"next": request.htmx.current_url_abs_path or "/"})
    return HttpResponse(status=401, headers={"HX-Redirect": place})


def show(
    request: ConsoleRequest, template: str, about: dict[str, Any] | None = None, *, status: int = 200,
    headers: dict[str, str] | None = None, charts: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """A page in the frame of the console, or a part of one; ``charts`` is what its scripts draw."""
    shell = {
        "shop": request.shop, "language": translation.get_language(), "currency": request.shop.settings.shop.currency,
        "switch": next(other for other in LANGUAGES if other != translation.get_language()),
        "here": request.get_full_path() if request.method == "GET" else "",
        "staff": request.user if request.user.is_authenticated else None, "menu": _menu(request),
        "charts": {**_drawn(request), **(charts or {})},
    }  # fmt: skip
    response = render(request, template, {**shell, **(about or {})}, status=status)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def published_of(request: ConsoleRequest) -> Published | None:
    """What the latest refresh laid ready, asked once per request; None before the first."""
    if not hasattr(request, "_published"):
        request._published = published(request.workspace)  # type: ignore[attr-defined]
    return cast("Published | None", request._published)  # type: ignore[attr-defined]


def _drawn(request: ConsoleRequest) -> dict[str, Any]:
    words = {name: str(word) for name, word in chart_words().items()}
    return {"language": translation.get_language(), "currency": request.shop.settings.shop.currency, "words": words}


def _menu(request: ConsoleRequest) -> list[dict[str, Any]]:
    from okaeri.web.console.pages import GROUPS, PAGES

    if not request.user.is_authenticated:
        return []
    here = request.resolver_match.url_name if request.resolver_match else None
    entries = [
        {
            "title": page.title, "url": f"console:{page.name}", "group": page.group,
            "here": here in {route.name for route in page.routes},
        }
        for page in PAGES
        if page.permission is None or request.user.may(page.permission)
    ]  # fmt: skip
    return [
        {"title": title, "entries": [entry for entry in entries if entry["group"] == group]}
        for group, title in GROUPS.items()
    ]
