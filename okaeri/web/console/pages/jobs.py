"""Work under way: the strip that other pages show, one job's progress, and asking for a measurement."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from okaeri.loop import at_work, snapshots, undoing
from okaeri.loop import jobs as loop
from okaeri.records import jobs
from okaeri.records.models import ImportRun, Job
from okaeri.schema.errors import RuleRefused
from okaeri.web.console.page import Route, show
from okaeri.web.console.sentences import sentences
from okaeri.web.console.words import FACTS
from okaeri.web.serving import ConsoleRequest


def strip(request: ConsoleRequest) -> HttpResponse:
    """What runs, waits and has just ended, whoever began it, and what came of the last import and measurement, as a part
    of a page that asks again by itself."""
    held, outside = jobs.shown(), at_work.others(request.workspace)
    is_running = bool(outside) or any(job.is_live for job in held)
    about = {
        "jobs": held, "outside": outside, "seconds": 2 if is_running else 20,
        "measured": snapshots.latest_refresh(), "taken": _newest_import(),
    }  # fmt: skip
    return show(request, "okaeri/console/jobs_part.html", about)


def _newest_import() -> dict[str, Any] | None:
    """The import that came last and stands: what it was, and what it brought."""
    run = ImportRun.objects.filter(undone_at=None).order_by("-pk").first()
    if run is None:
        return None
    counts = [{"label": FACTS.get(name, name), "count": count} for name, count in run.counts.items()]
    name = run.source if run.source in undoing.PROGRAMS else run.file_name
    return {"name": name, "at": run.finished_at, "counts": counts, "rejected": run.rejected_count}


def progress(request: ConsoleRequest, number: int) -> HttpResponse:
    """How far a job is, and those that follow from it; where all went well, the way on to the first curve."""
    chain = _chain(number)
    if not chain:
        raise Http404
    last = chain[-1]
    about = {"chain": chain, "number": number, "last": last, "is_live": last.is_live}
    if last.state == "done" and last.kind == "refresh" and request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("console:value")})
    return show(request, "okaeri/console/" + ("job_part.html" if request.htmx else "job.html"), about)


def _chain(number: int) -> list[Job]:
    """The job, the one it asked for when it was done, and so on."""
    chain: list[Job] = []
    wanted: int | None = number
    while wanted is not None and (job := Job.objects.filter(pk=wanted).first()) is not None and job not in chain:
        chain.append(job)
        wanted = job.result.get("next")
    return chain


def measure(request: ConsoleRequest) -> HttpResponse:
    """Ask for a measurement of the facts as they stand."""
    day = request.POST.get("day", "")
    try:
        job = loop.ask_refresh(request.workspace, day=day if day in loop.DAYS else "today", actor=request.user.name)
    except RuleRefused as refused:
        return show(request, "okaeri/console/wrong.html", {"sentences": sentences(refused)}, status=409)
    return HttpResponseRedirect(resolve_url("console:job", job.pk), status=303)


ROUTES = (
    Route("jobs/", "jobs", strip, "figures"),
    Route("jobs/measure/", "measure", measure, "import", "POST"),
    Route("jobs/<int:number>/", "job", progress, "import"),
)
