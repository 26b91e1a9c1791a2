"""The shop's jobs told, and a measurement asked for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from okaeri.loop.jobs import ask_refresh
from okaeri.records import jobs
from okaeri.records.models import Job
from okaeri.schema.errors import RuleRefused
from okaeri.web.api.answers import JobsTold, JobTold, accepted
from okaeri.web.api.bodies import Sent
from okaeri.web.api.callers import asks, caller_of
from okaeri.web.api.problems import Refused
from okaeri.web.console.sentences import all_said
from okaeri.web.serving import workspace_of

router = Router(tags=["working"])

MOST_JOBS = 100
JobId = Annotated[int, Path(ge=1, le=2**53, description="Number of a job")]
Limit = Annotated[int, Query(ge=1, le=MOST_JOBS, description="Jobs of a page")]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="``next`` of the page before")]


class RefreshAsked(Sent):
    """What a measurement is as of."""

    day: Literal["today", "newest"] = Field(
        default="today", description="Today in the shop's zone, or the day after the newest order"
    )


@router.get("/jobs", response=JobsTold, summary="Imports and measurements, the newest first")
@asks("import", "limit", "before")
def all_jobs(request: HttpRequest, limit: Limit = 20, before: Before = None) -> Any:
    """What waits, runs and has ended."""
    found = jobs.newest(limit + 1, before=before)
    more = found[limit - 1].pk if len(found) > limit else None
    return {"jobs": [_told(job) for job in found[:limit]], "next": more}


@router.get("/jobs/{number}", response=JobTold, summary="How far a job is")
@asks("import")
def job(request: HttpRequest, number: JobId) -> Any:
    """One job; ``state`` says whether it waits, runs, is done or failed."""
    found = jobs.of_number(number)
    if found is None:
        raise Refused(404, "There is no such job")
    return _told(found)


@router.post("/refresh", response={202: JobTold}, summary="Ask for a measurement")
@asks("import")
def refresh(request: HttpRequest, asked: RefreshAsked) -> HttpResponse:
    """Takes what was sent and measures the shop. While one that was asked for waits, asking again is asking once."""
    try:
        made = ask_refresh(workspace_of(request), day=asked.day, actor=caller_of(request).name)
    except RuleRefused as nothing:
        raise Refused(409, str(nothing)) from nothing
    return accepted(request, _told(made), f"jobs/{made.pk}")


def _told(job: Job) -> dict[str, Any]:
    at = {name: getattr(job, name) for name in ("asked_at", "started_at", "finished_at")}
    return {
        "id": job.pk, "kind": job.kind, "state": job.state, "step": job.step, "share": job.share,
        "asked_by": job.actor, **{name: when.isoformat() if when else None for name, when in at.items()},
        "file": job.arguments.get("file"), "as_of": job.arguments.get("as_of"), "errors": all_said(job.error),
        "outcome": job.result.get("outcome"), "counts": job.result.get("counts"),
        "rejected": job.result.get("rejected"), "next": job.result.get("next"),
    }  # fmt: skip
