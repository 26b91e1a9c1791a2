"""データ: bring a file, see what it holds, confirm, watch it being taken in and measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import pgettext_lazy

from okaeri.loop import jobs as loop
from okaeri.loop import looking, schedule, snapshots, uploads
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.schema.errors import DataRejected, OkaeriError, RuleRefused
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.pages import costs, history, jobs, join, queue, tables
from okaeri.web.console.panels import PANELS, frame, panels_of
from okaeri.web.console.sentences import sentences
from okaeri.web.console.words import CARTS, DELIMITERS, FACTS, GRAINS, STATES, TARGETS, TAXES
from okaeri.web.serving import ConsoleRequest

#: Asked for in any file of orders: what tells one customer from another, and what was cancelled.
ASKED = ("orders.customer_id", "persons.email", "persons.phone", "orders.status")


def data(request: ConsoleRequest) -> HttpResponse:
    """Bring a file, measure, and how the facts stand."""
    laid = published_of(request)
    newest = loop.newest_order(request.workspace)
    about: dict[str, Any] = {
        "days": days_to_measure(request, newest), "panels": [], "daily": schedule.daily(request.workspace),
        "held": len(uploads.held(request.workspace)),
    }  # fmt: skip
    charts: dict[str, Any] = {}
    if laid is not None:
        about["panels"], charts = panels_of(request, laid, PANELS["data"])
        about |= frame(request, laid)
    return show(request, "okaeri/console/data.html", about, charts=charts)


def days_to_measure(request: ConsoleRequest, newest: date | None) -> dict[str, Any]:
    """The two days one may measure from, and which is taken unless one says otherwise."""
    return {
        "today": request.workspace.today(), "newest": newest, "chosen": loop.usual_day(request.workspace, newest),
        "is_measurable": loop.is_measurable(snapshots.current()),
    }  # fmt: skip


def upload(request: ConsoleRequest) -> HttpResponse:
    """Keep a file, and show what it holds; of several, what became of each."""
    files = request.FILES.getlist("file")
    if len(files) > 1:
        return queue.keep_all(request, files)
    brought = files[0] if files else None
    try:
        if not isinstance(brought, UploadedFile):
            raise RuleRefused("Choose a file first")
        key = uploads.keep(request.workspace, brought.name or "", brought.chunks())
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=422)
    return HttpResponseRedirect(resolve_url("console:upload", key), status=303)


def look(request: ConsoleRequest, key: str, wrong: OkaeriError | None = None) -> HttpResponse:
    """What the file holds, or the questions it raises."""
    path = _found(request, key)
    try:
        seen = looking.look(request.workspace, path, grain=request.GET.get("grain", ""))
    except DataRejected as refused:
        told = {"sentences": sentences(refused), "file": path.name}
        return show(request, "okaeri/console/wrong.html", told, status=422)
    about: dict[str, Any] = {
        "seen": seen,
        "key": key,
        "delimiter": DELIMITERS.get(seen.delimiter, ""),
        "wrong": sentences(wrong) if wrong else [],
    }
    if isinstance(seen, looking.Asking):
        return show(request, "okaeri/console/mapping.html", about | _questions(seen), status=422 if wrong else 200)
    newest = max(filter(None, (seen.newest_order, loop.newest_order(request.workspace))), default=None)
    preview = [
        {"label": FACTS[name], "rows": _plain(rows), "count": seen.counts[name]} for name, rows in seen.preview.items()
    ]
    found = {
        "days": days_to_measure(request, newest),
        "problems": sentences(DataRejected(list(seen.problems))),
        "preview": preview,
    }
    return show(request, "okaeri/console/look.html", about | found)


def _plain(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows of one table as a sheet: the columns that hold anything, and their cells."""
    names = [name for name in rows[0] if any(row[name] not in (None, "", {}) for row in rows)]
    return {"names": names, "cells": [["" if row[name] is None else row[name] for name in names] for row in rows]}


def _questions(seen: looking.Asking) -> dict[str, Any]:
    """What a user is asked about a file: the columns needed or guessed first, the others behind a fold."""
    fields = [{**field, "label": TARGETS.get(field["target"], field["target"])} for field in seen.fields]
    first = [field for field in fields if field["chosen"] or field["is_needed"] or field["target"] in ASKED]
    names = [f"{name}#{nth}" if nth > 1 else name for name, nth in _counted(seen.header)]
    return {
        "first": first, "others": [field for field in fields if field not in first], "names": names,
        "grains": GRAINS, "taxes": TAXES, "states": STATES,
        "columns": [(name, seen.samples[place]) for place, name in enumerate(names)],
    }  # fmt: skip


def _counted(header: tuple[str, ...]) -> list[tuple[str, int]]:
    return [(name, header[: place + 1].count(name)) for place, name in enumerate(header)]


def agree(request: ConsoleRequest, key: str) -> HttpResponse:
    """Keep how the file is to be read, and show what it then holds."""
    path, posted = _found(request, key), request.POST
    told = {
        "grain": posted.get("grain", ""), "tax": posted.get("tax", ""), "status": posted.get("status", ""),
        "store": posted.get("store", "").strip()[:50],
        "columns": {name.removeprefix("c:"): posted[name] for name in posted if name.startswith("c:")},
        "words": {name.removeprefix("w:"): posted[name] for name in posted if name.startswith("w:")},
    }  # fmt: skip
    try:
        looking.agree(request.workspace, path, told)
    except DataRejected as refused:
        return look(request, key, refused)
    return HttpResponseRedirect(resolve_url("console:upload", key), status=303)


def confirm(request: ConsoleRequest, key: str) -> HttpResponse:
    """Take the file in, and measure then."""
    day = request.POST.get("day", "")
    try:
        job = loop.ask_import(
            request.workspace, key, day=day if day in loop.DAYS else "today", actor=request.user.name
        )  # fmt: skip
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=404)
    return HttpResponseRedirect(resolve_url("console:job", job.pk), status=303)


def rejected(request: ConsoleRequest, key: str) -> FileResponse:
    """The rows of an upload that would be left out, as CSV."""
    path = _found(request, key)
    listed = looking.rejected_file(path)
    if not listed.exists():
        raise Http404
    with atomic():
        note(request.user.name, "export", what="rejected rows", file=path.name)
    return FileResponse(
        listed.open("rb"), as_attachment=True, filename=f"{path.stem}-rejects.csv", content_type="text/csv"
    )


def connect(request: ConsoleRequest) -> HttpResponse:
    """How a shop's data come in, cart by cart."""
    return show(request, "okaeri/console/connect.html", {"carts": CARTS})


def _found(request: ConsoleRequest, key: str) -> Path:
    path = uploads.find(request.workspace, key)
    if path is None:
        raise Http404
    return path


PAGE = Page(
    pgettext_lazy("console", "Data"),
    (
        Route("data/", "data", data, "data"),
        Route("data/upload/", "upload_file", upload, "import", "POST", takes_file=True),
        Route("data/uploads/<str:key>/", "upload", look, "import"),
        Route("data/uploads/<str:key>/mapping/", "agree", agree, "import", "POST"),
        Route("data/uploads/<str:key>/confirm/", "confirm", confirm, "import", "POST"),
        Route("data/uploads/<str:key>/rejected/", "upload_rejected", rejected, "import"),
        Route("data/connect/", "connect", connect, "data"),
        *costs.ROUTES,
        *history.ROUTES,
        *jobs.ROUTES,
        *tables.ROUTES,
        *join.ROUTES,
        *queue.ROUTES,
    ),
    group="shop",
)
