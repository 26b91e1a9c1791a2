"""Jobs: asked for, claimed by one worker, told of while they run, ended. Each change is one compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q

from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models.jobs import DONE, FAILED, LIVE, RUNNING, WAITING, Job
from okaeri.schema.errors import RuleRefused, told_of

#: So long a job stays a worker's that says nothing.
LEASE = timedelta(seconds=30)
#: Beginnings of a job that killed its worker each time; there is no fourth.
MOST_ATTEMPTS = 3
ENDED_SHOWN = timedelta(minutes=10)


def ask(kind: str, arguments: Mapping[str, Any], *, key: str, actor: str) -> Job:
    """The job that does this: the one asked for before, while it is not done, or a new one."""
    held = _live(key)
    if held is not None:
        return held
    try:
        with atomic():
            made = Job.objects.create(kind=kind, arguments=dict(arguments), key=key, actor=actor, asked_at=_now())
            note(actor, "job", kind=kind, job=made.pk, **arguments)
            return made
    except IntegrityError:
        held = _live(key)
        if held is None:  # it was asked for and done in between
            return ask(kind, arguments, key=key, actor=actor)
        return held


def _live(key: str) -> Job | None:
    return Job.objects.filter(key=key, state__in=LIVE).first()


def claim(worker: str) -> Job | None:
    """The next job for ``worker``: one whose worker is gone (or was this one in an earlier life), else the oldest that
    waits while none runs; None where there is nothing to do."""
    found = _claimable(worker)
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:
        end(found, found.worker, error=_given_up(found.attempts))
        return None
    now = _now()
    mine = {
        "state": RUNNING, "worker": worker, "lease_until": now + LEASE, "attempts": F("attempts") + 1,
        "started_at": found.started_at or now,
    }  # fmt: skip
    as_seen = {"pk": found.pk, "state": found.state, "worker": found.worker, "attempts": found.attempts}
    try:
        with atomic():
            won = Job.objects.filter(**as_seen).update(**mine)
    except IntegrityError:  # another worker took another job meanwhile
        return None
    return Job.objects.get(pk=found.pk) if won else None


def _claimable(worker: str) -> Job | None:
    lost = Q(lease_until__lt=_now()) | Q(worker=worker)
    running = Job.objects.filter(state=RUNNING).first()
    if running is not None:
        return Job.objects.filter(lost, pk=running.pk, state=RUNNING).first()
    return Job.objects.filter(state=WAITING).order_by("pk").first()


def _given_up(attempts: int) -> list[dict[str, Any]]:
    sentence = RuleRefused(
        "The work was broken off {times} times before its end; the server's log says why", times=attempts
    )
    return told_of(sentence)


def keep(job: Job, worker: str) -> bool:
    """Say that ``worker`` still lives; False where the job is no longer its own."""
    return bool(_mine(job, worker).update(lease_until=_now() + LEASE))


def tell(job: Job, worker: str, step: str, share: float) -> None:
    """Say how far the job is."""
    _mine(job, worker).update(step=step[:100], share=min(max(share, 0.0), 1.0), lease_until=_now() + LEASE)


def end(job: Job, worker: str, *, result: Mapping[str, Any] | None = None, error: Sequence[Any] = ()) -> bool:
    """Say what came of the job; False where it is no longer ``worker``'s, and nothing is said then."""
    state = FAILED if error else DONE
    told = {
        "state": state,
        "finished_at": _now(),
        "result": dict(result or {}),
        "error": list(error),
        "lease_until": None,
    }
    return bool(_mine(job, worker).update(**told, **({} if error else {"share": 1.0})))


def let_go(job: Job, worker: str) -> None:
    """Give the job back unfinished; it will be begun again."""
    _mine(job, worker).update(state=WAITING, worker="", lease_until=None, attempts=F("attempts") - 1)


def _mine(job: Job, worker: str) -> Any:
    return Job.objects.filter(pk=job.pk, worker=worker, state=RUNNING)


def shown() -> list[Job]:
    """What runs and waits, oldest first, then what ended in the last minutes."""
    live = list(Job.objects.filter(state__in=LIVE).order_by("pk")[:10])
    ended = Job.objects.filter(finished_at__gt=_now() - ENDED_SHOWN).order_by("-finished_at")[:3]
    return [*live, *ended]


def newest(most: int, *, before: int | None = None) -> list[Job]:
    """Jobs in whatever state, the newest first; those older than the number ``before`` where it is given."""
    rows = Job.objects.order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[:most])


def of_number(number: int) -> Job | None:
    """The job of a number; None where there is none."""
    return Job.objects.filter(pk=number).first()


def that_waits(kind: str, arguments: Mapping[str, Any]) -> Job | None:
    """A job of this kind with these arguments that nobody has begun yet."""
    return Job.objects.filter(kind=kind, arguments=dict(arguments), state=WAITING).order_by("pk").first()


def _now() -> datetime:
    return datetime.now(UTC)
