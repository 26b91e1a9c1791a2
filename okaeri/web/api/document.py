"""The API as one: its parts, its description (OpenAPI 3.1) and the page that shows it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import REF_TEMPLATE
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from okaeri import __version__
from okaeri.web.api import reading, sending, working
from okaeri.web.api.answers import Problem
from okaeri.web.api.callers import Key, Session
from okaeri.web.api.problems import MEDIA_TYPE, handle_errors

#: Swagger UI writes style attributes and small pictures of its own; everything comes from this server.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Statuses any address may answer with, and those of addresses that take a batch.
ALWAYS, SENDING = (400, 401, 403, 404, 405, 422, 429), (409, 413, 415)
SAID = {
    400: "The request cannot be read", 401: "No key, or none in force", 403: "The key may not", 404: "Nothing there",
    405: "The address does not know this method", 409: "Other rows under this idempotency key, or nothing to measure",
    413: "The batch is too large", 415: "Not application/json", 422: "Not as described here",
    429: "Too many wrong keys",
}  # fmt: skip


class Strict(Parser):
    """JSON without the numbers JSON does not know; decimals are read exactly."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_float=Decimal, parse_constant=_no_number)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


class Plain(BaseRenderer):
    """JSON as people write it."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return json.dumps(data, ensure_ascii=False, allow_nan=False)


class Page(DocsBase):
    """The description as a page; Swagger UI comes with the framework and is served from here."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        told = {"url": self.get_openapi_url(api, kwargs), "layout": "BaseLayout", "deepLinking": True}
        response = render(request, "okaeri/api/docs.html", {"api": api, "told": told})
        response.headers["Content-Security-Policy"] = POLICY
        return response


class Api(NinjaAPI):
    """The framework's API with its errors described as they are: problems."""

    def get_openapi_schema(self, **asked: Any) -> Any:
        told = super().get_openapi_schema(**asked)
        told["components"]["schemas"]["Problem"] = Problem.json_schema()
        for operations in told["paths"].values():
            for method, operation in operations.items():
                for status in ALWAYS + (SENDING if method == "post" else ()):
                    operation["responses"][status] = _problem(status)
        return told


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REF_TEMPLATE.format(model="Problem")}
    return {"description": SAID[status], "content": {MEDIA_TYPE: {"schema": schema}}}


api = Api(
    title="okaeri",
    version=__version__,
    description=(
        "Measured and predicted tables and customers to read; orders, customers, events and voices to send; jobs to watch "
        "and measurements to ask for. "
        "Make a key in the console under API keys and send it as `Authorization: Bearer okaeri_...`. "
        "Amounts are JSON numbers with at most two decimals."
    ),
    docs=Page(),
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
    auth=[Key(), Session()],
    parser=Strict(),
    renderer=Plain(),
)
handle_errors(api)
api.add_router("/v1", reading.router)
api.add_router("/v1", sending.router)
api.add_router("/v1", working.router)
