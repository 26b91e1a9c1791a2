"""What was taken in, and taken back; and which customers of several stores were found to be one person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.paginator import Page as Leaf
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from okaeri.loop import jobs as loop
from okaeri.loop import people, undoing
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import ImportRun, Link, Person, PersonText
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.page import Route, show
from okaeri.web.console.sentences import sentences
from okaeri.web.console.words import FACTS, REASONS
from okaeri.web.serving import ConsoleRequest

TOGETHER = 50
#: Of the persons a search finds, merges of so many are looked for.
MOST_FOUND = 1_000
#: Letters of a search.
LONGEST = 100


def imports(request: ConsoleRequest) -> HttpResponse:
    """Every import, the newest first."""
    leaf = _leaf(request, ImportRun.objects.order_by("-pk"))
    for run in leaf.object_list:
        run.told = [{"label": FACTS.get(name, name), "count": count} for name, count in run.counts.items()]
    about = {"leaf": leaf, "undoable": undoing.undoable()}
    return show(request, "okaeri/console/imports.html", about)


def undo(request: ConsoleRequest, number: int) -> HttpResponse:
    """Take the newest import back, and measure without it."""
    if not ImportRun.objects.filter(pk=number).exists():
        raise Http404
    try:
        undone = undoing.undo(request.workspace, number, actor=request.user.name)
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=409)
    try:
        day = request.POST.get("day", "")
        job = loop.ask_refresh(request.workspace, day=day if day in loop.DAYS else "newest", actor=request.user.name)
    except RuleRefused:  # nothing is left to be measured
        return HttpResponseRedirect(resolve_url("console:imports"), status=303)
    return HttpResponseRedirect(
        resolve_url("console:job", job.pk) if undone else resolve_url("console:imports"), status=303
    )


def rejects(request: ConsoleRequest, number: int) -> FileResponse:
    """The rows an import left out, as CSV."""
    run = ImportRun.objects.filter(pk=number).first()
    path = Path(run.rejects_file) if run and run.rejects_file else None
    folder = request.workspace.path / "rejects"
    if run is None or path is None or path.parent.resolve() != folder.resolve() or not path.is_file():
        raise Http404
    with atomic():
        note(request.user.name, "export", what="rejected rows", file=run.file_name, run=run.pk)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv")


def merges(request: ConsoleRequest) -> HttpResponse:
    """Customers counted as one person, each with the reason; whose they are only for those who may see people."""
    wanted, sees = request.GET.get("q", "").strip()[:LONGEST], request.user.may("people")
    rows = Link.objects.filter(undone_at=None).exclude(reason="").order_by("-made_at", "-pk")
    if wanted:
        # What one may not see must not be found out by asking for it: others search ids alone.
        by_id = Q(customer_id__icontains=wanted) | Q(person_id__icontains=wanted)
        rows = rows.filter(Q(pk__in=_about(PersonText.objects.found(wanted, MOST_FOUND))) if sees else by_id)
    leaf = _leaf(request, rows)
    names = _names(leaf.object_list) if sees else {}
    for link in leaf.object_list:
        link.why = REASONS.get(link.reason, link.reason)
        link.names = names.get(link.customer_id, ""), names.get(link.person_id, "")
    about = {"leaf": leaf, "wanted": wanted, "sees": sees, "undone": Link.objects.exclude(undone_at=None).count()}
    return show(request, "okaeri/console/merges.html", about)


def _about(ids: list[str]) -> set[int]:
    """Links in force from or to these ids; looked for apart, as one question for either is asked of every link."""
    in_force = Link.objects.filter(undone_at=None)
    return {pk for rows in (in_force.filter(customer_id__in=ids), in_force.filter(person_id__in=ids))
            for pk in rows.values_list("pk", flat=True)}  # fmt: skip


def _names(links: Iterable[Link]) -> dict[str, str]:
    ids = {one for link in links for one in (link.customer_id, link.person_id)}
    return dict(Person.objects.filter(customer_id__in=ids).values_list("customer_id", "name"))


def unlink(request: ConsoleRequest) -> HttpResponse:
    """Undo one merge, for good."""
    try:
        people.unlink(request.POST.get("customer", ""), actor=request.user.name)
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=409)
    return HttpResponseRedirect(resolve_url("console:merges"), status=303)


def _leaf(request: ConsoleRequest, rows: QuerySet[Any]) -> Leaf[Any]:
    return Paginator(rows, TOGETHER).get_page(request.GET.get("page"))


ROUTES = (
    Route("data/imports/", "imports", imports, "data"),
    Route("data/imports/<int:number>/undo/", "undo_import", undo, "import", "POST"),
    Route("data/imports/<int:number>/rejects/", "rejects", rejects, "import"),
    Route("data/merges/", "merges", merges, "data"),
    Route("data/merges/undo/", "unlink", unlink, "import", "POST"),
)
