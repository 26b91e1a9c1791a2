"""What a worker does: takes jobs from the records one after the other, and does them with the verbs of the loop.

Both kinds of work may be broken off anywhere and begun again: an import commits once, and a refresh goes on with the
tables that are there. So a job whose worker was killed is simply taken up by the next.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from okaeri.loop import snapshots, uploads
from okaeri.loop.workspace import Workspace
from okaeri.records import jobs, received
from okaeri.records.models import Job, Snapshot
from okaeri.schema.errors import OkaeriError, RuleRefused, told_of

#: A worker says so often that it lives, in seconds.
BEAT = 5.0
#: Measured as of today, or as of the day after the newest order, as the picture of a shop that lies in the past.
DAYS = ("today", "newest")
#: A newest order this many days old, or a future one: figures as of its day say more than those as of today.
LONG_AGO = 35

#: Share of an import that is done when a step of it begins.
SHARES = {"reading": 0.05, "checking": 0.35, "writing": 0.7}

#: Hears the step a job is at and its share 0..1.
Tell = Callable[[str, float], None]


def ask_refresh(workspace: Workspace, *, day: str, actor: str) -> Job:
    """Ask for a measurement of the facts as they stand; ``day`` is one of DAYS. Call it with the records in use.

    One that waits will see what came meanwhile, so it serves. One that runs does not: what programs sent since asks for
    another. Raises RuleRefused where there is nothing to measure.
    """
    as_of, snapshot, sent = as_of_day(workspace, day), snapshots.current(), received.newest_waiting()
    if not is_measurable(snapshot):
        raise RuleRefused("This shop has no orders yet; import a file first: okaeri import FILE")
    from okaeri.loop.refresh import folder_of

    arguments = {"as_of": as_of.isoformat()}
    key = f"refresh {folder_of(workspace, as_of, snapshot.pk if snapshot else 0).name}"
    return jobs.that_waits("refresh", arguments) or jobs.ask(
        "refresh", arguments, key=f"{key} {sent}" if sent else key, actor=actor
    )


def is_measurable(snapshot: Snapshot | None) -> bool:
    """Whether there are orders: in the facts, or sent by a program and taken in when the shop is measured next."""
    return (snapshot is not None and "orders" in snapshot.versions) or received.has_orders()


def usual_day(workspace: Workspace, newest: date | None) -> str:
    """The one of DAYS that says more: of orders that end long ago, or in the future, their newest day."""
    past = newest is not None and not 0 <= (workspace.today() - newest).days <= LONG_AGO
    return "newest" if past else "today"


def ask_import(workspace: Workspace, upload: str, *, day: str, actor: str) -> Job:
    """Ask for an uploaded file to be taken in, and for the shop to be measured then (``day`` as above).

    Raises RuleRefused where the upload is gone and was not asked for before. Call it with the records in use.
    """
    key, path = _import_key(upload), uploads.find(workspace, upload)
    before = Job.objects.filter(key=key).exclude(state="failed").order_by("-pk").first()
    if before is not None:
        return before
    if path is None:
        raise _gone()
    return jobs.ask("import", {"upload": upload, "file": path.name, "day": day}, key=key, actor=actor)


def import_of(upload: str) -> Job | None:
    """The newest job that takes this upload in; None where nobody has asked for it."""
    return Job.objects.filter(key=_import_key(upload)).order_by("-pk").first()


def _import_key(upload: str) -> str:
    return f"import {upload}"


def as_of_day(workspace: Workspace, day: str) -> date:
    """The date meant by one of DAYS."""
    if day == "newest" and (newest := newest_order(workspace)) is not None:
        return newest + timedelta(days=1)
    return workspace.today()


def newest_order(workspace: Workspace) -> date | None:
    """The day of the newest order; None without orders. Call it with the records in use."""
    snapshot = snapshots.current()
    return snapshots.store_of(workspace).newest("orders", "order_date", snapshot.versions) if snapshot else None


def work(workspace: Workspace, worker: str) -> bool:
    """Do the next job, if there is one; tells whether there was. Never raises for what the job does."""
    with workspace.records():
        job = jobs.claim(worker)
        if job is None:
            return False
        with _alive(workspace, job, worker):
            try:
                result = KINDS[job.kind](workspace, job, lambda step, share: jobs.tell(job, worker, step, share))
            except OkaeriError as refused:
                jobs.end(job, worker, error=told_of(refused))
            except Exception:
                traceback.print_exc(file=sys.stderr)
                jobs.end(
                    job,
                    worker,
                    error=told_of(RuleRefused("Something unforeseen went wrong; the server's log says what")),
                )
            except BaseException:  # told to stop: whoever comes next begins it again
                jobs.let_go(job, worker)
                raise
            else:
                _ended(workspace, job, jobs.end(job, worker, result=result))
        return True


def _ended(workspace: Workspace, job: Job, is_mine: bool) -> None:
    if is_mine and job.kind == "import":
        uploads.forget(workspace, job.arguments["upload"])


@contextmanager
def _alive(workspace: Workspace, job: Job, worker: str) -> Iterator[None]:
    """Say again and again, from a thread, that the job's worker lives."""
    stopped = threading.Event()

    def beat() -> None:
        from django.db import DatabaseError, connections

        with workspace.records():
            while not stopped.wait(BEAT):
                try:
                    jobs.keep(job, worker)
                except DatabaseError:  # the records are held by a long transaction: nobody can take the job either
                    continue
        connections.close_all()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _gone() -> RuleRefused:
    return RuleRefused("This file is no longer there; bring it again")


def _import(workspace: Workspace, job: Job, tell: Tell) -> Mapping[str, Any]:
    from okaeri.loop.importing import import_files

    path = uploads.find(workspace, job.arguments["upload"])
    if path is None:
        raise _gone()
    mapping = uploads.beside(path, uploads.MAPPING)
    [taken] = import_files(
        workspace, [path], mapping=mapping if mapping.exists() else None, actor=job.actor,
        at_step=lambda step: tell(step, SHARES[step]),
    )  # fmt: skip
    told = {"outcome": taken.outcome, "counts": taken.counts, "rejected": taken.rejected_count, "next": None}
    with suppress(RuleRefused):  # a catalogue or members alone: nothing to measure yet
        told["next"] = ask_refresh(workspace, day=job.arguments["day"], actor=job.actor).pk
    return told


def _refresh(workspace: Workspace, job: Job, tell: Tell) -> Mapping[str, Any]:
    from okaeri.loop.measuring import COMPUTED
    from okaeri.loop.refresh import refresh

    made: list[str] = []

    def progress(name: str, seconds: float) -> None:
        made.append(name)
        tell("measuring", len(made) / (len(COMPUTED) + 1))

    tell("measuring", 0.0)
    done = refresh(workspace, as_of=date.fromisoformat(job.arguments["as_of"]), progress=progress)
    return {"as_of": done.as_of.isoformat(), "tables": len(done.tables)}


KINDS: dict[str, Callable[[Workspace, Job, Tell], Mapping[str, Any]]] = {
    "import": _import,
    "refresh": _refresh,
}
