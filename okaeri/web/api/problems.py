"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from okaeri.schema.errors import RuleRefused

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("okaeri.api")


class Refused(Exception):
    """An answer that is a problem: its status, what is wrong, and headers that go with it."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None):
        self.status, self.detail, self.headers = status, detail, dict(headers or {})
        super().__init__(detail)


def problem(
    status: int, detail: str, *, errors: Iterable[dict[str, str]] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer that tells a problem; ``errors`` name places in the request, never what stood there."""
    told: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail
    }  # fmt: skip
    if found := list(errors):
        told["errors"] = found
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def handle_errors(api: NinjaAPI) -> None:
    """Answer every error of the API's own and of its framework as a problem."""
    handlers: dict[type[Exception], Any] = {
        Refused: _refused, RuleRefused: _rule_refused, ValidationError: _not_valid, HttpError: _of_framework,
        Http404: _not_found, Exception: _broken,
    }  # fmt: skip
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(error.status, error.detail, headers=error.headers)


def _rule_refused(request: HttpRequest, error: RuleRefused) -> HttpResponse:
    return problem(422, str(error))


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    told = [{"place": _place(each["loc"]), "reason": str(each["msg"])} for each in error.errors[:100]]
    return problem(422, "The request is not as the description of the API asks", errors=told)


def _place(where: Iterable[Any]) -> str:
    """``rows.0.order_id`` of ("body", "batch", "rows", 0, "order_id")."""
    kind, *rest = where
    return ".".join(str(part) for part in (rest[1:] if kind == "body" else rest)) or str(kind)


def _of_framework(request: HttpRequest, error: HttpError) -> HttpResponse:
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    detail = "Send a key that is in force: Authorization: Bearer okaeri_..." if headers else str(error)
    return problem(error.status_code, detail, headers=headers)


def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, "There is nothing at this address")


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("An answer of the HTTP API failed", exc_info=error)
    return problem(500, "This failed here, not with you; the server's log tells more")
