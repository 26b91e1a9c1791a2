"""Tables and customers, read."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Path, Query, Router
from pydantic import Field

from okaeri.loop.customer_card import customer_card, told_card
from okaeri.loop.published import Published, published
from okaeri.loop.rows import MOST_CONDITIONS, MOST_ROWS, page_of, permission_of
from okaeri.loop.snapshots import latest_refresh
from okaeri.records.models import Received
from okaeri.schema.computed import TABLES
from okaeri.schema.table import Table
from okaeri.web.api.answers import CustomerTold, RowsTold, StatusTold, TablesTold
from okaeri.web.api.callers import asks, caller_of, demand, note_people_read, note_rows_read
from okaeri.web.api.problems import Refused
from okaeri.web.console.card_words import reasons, sentences
from okaeri.web.console.naming import products_of
from okaeri.web.serving import front_of, workspace_of

router = Router(tags=["reading"])

Name = Annotated[str, Path(description="Name of a table", max_length=100)]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page")]
Cursor = Annotated[str | None, Query(min_length=1, max_length=2_000, description="``next`` of the page before")]
Condition = Annotated[str, Field(max_length=500, pattern=r"^[a-z][a-z0-9_]*:(eq|lt|le|gt|ge):[^\x00]*$")]
Where = Annotated[
    list[Condition],
    Query(max_length=MOST_CONDITIONS, description="column:operator:value, operators eq lt le gt ge; all must hold"),
]
CustomerId = Annotated[str, Path(description="Id of a customer with a store, as store:id", max_length=200)]


@router.get("/status", response=StatusTold, summary="How fresh the figures are")
@asks("figures")
def status(request: HttpRequest) -> dict[str, Any]:
    """The day the figures are from, and what waits to be taken."""
    shop, latest = workspace_of(request).settings.shop, latest_refresh()
    return {
        "shop": shop.name, "currency": shop.currency, "timezone": shop.timezone,
        "as_of": latest.as_of.isoformat() if latest else None,
        "refreshed_at": latest.finished_at.isoformat() if latest else None,
        "waiting": Received.objects.filter(taken_at=None).count(),
    }  # fmt: skip


@router.get("/tables", response=TablesTold, summary="Every table with its meaning and columns")
@asks("figures")
def tables(request: HttpRequest) -> Any:
    """What each table tells, what a row of it is, and which permission its rows ask for. It changes with okaeri's version
    alone: sent again with ``If-None-Match`` it answers 304 without a body."""
    body, tag = _tables()
    kept = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=kept)
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=kept)


@router.get("/tables/{name}", response=RowsTold, summary="Rows of a table")
@asks(None, "limit", "cursor", "where")
def rows(request: HttpRequest, name: Name, where: Where = [], limit: Limit = 100, cursor: Cursor = None) -> Any:  # noqa: B006
    """Rows in the order of the key, those of a long table as they lie in its file. All pages of one reading come from the
    same refresh. Reading rows of single customers is written into the log."""
    if name not in TABLES:
        raise Refused(404, "There is no such table")
    demand(request, permission_of(TABLES[name]))
    page = page_of(workspace_of(request), _laid(request), name, where=where, limit=limit, cursor=cursor)
    if permission_of(TABLES[name]) != "figures":
        note_rows_read(request, name, where, is_begun=cursor is not None)
    return {"table": name, "as_of": page.as_of.isoformat(), "rows": page.rows, "next": page.cursor}


@router.get("/customers/{path:customer_id}", response=CustomerTold, summary="All about one customer")
@asks(None)
def customer(request: HttpRequest, customer_id: CustomerId) -> Any:
    """What is measured and expected of one customer; with the permission ``people`` also who they are and what the card
    of the console tells: orders, voices, notes, open trouble, why they may leave, how to reach them and what to say."""
    caller = caller_of(request)
    if not (caller.may("people") or caller.may("export_figures")):
        demand(request, "people")
    laid = _laid(request)
    told = customer_card(laid, customer_id, may=caller.permissions)
    if told is None:
        raise Refused(404, "There is no such customer")
    if told["persons"] is None:
        return told | {"card": None}
    note_people_read(request)
    return told | {"card": _card(request, laid, told["customer_id"])}


def _card(request: HttpRequest, laid: Published, customer_id: str) -> dict[str, Any] | None:
    """What the console's card tells, with its sentences in the shop's language."""
    workspace = workspace_of(request)
    found = told_card(workspace, laid, customer_id)
    if found is None:
        return None
    card, told = found
    with translation.override(front_of(workspace).language):
        names = products_of(laid)
        said = [{"text": one.text, "because": one.because} for one in sentences(card, names)]
        return told | {"sentences": said, "reasons": reasons(card, names)}


def _laid(request: HttpRequest) -> Published:
    laid = published(workspace_of(request))
    if laid is None:
        raise Refused(404, "Nothing is measured yet; run: okaeri refresh")
    return laid


@cache
def _tables() -> tuple[bytes, str]:
    """The list as it is sent, and its mark."""
    body = json.dumps({"tables": [_told(table) for table in TABLES.values()]}).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _told(table: Table) -> dict[str, Any]:
    columns = [
        {
            "name": column.name, "type": column.type, "meaning": column.meaning, "unit": column.unit,
            "nullable": column.nullable, "choices": list(column.choices),
        }
        for column in table.columns
    ]  # fmt: skip
    return {
        "name": table.name, "meaning": table.meaning, "grain": table.grain, "key": list(table.key),
        "permission": permission_of(table), "columns": columns,
    }  # fmt: skip
