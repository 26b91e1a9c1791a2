"""The daily measurement: asked for by an idle worker at the hour the settings say, once, however many workers look.

What was asked for stands in the records, so a worker that dies, or a night switched off, loses nothing: whoever looks
next asks for what is due. The hour is that of the shop's zone.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from okaeri.loop import jobs, snapshots
from okaeri.loop.taking import SPEAKERS
from okaeri.loop.workspace import Workspace
from okaeri.records import jobs as records
from okaeri.records import received
from okaeri.records.models import Job, RefreshRun, Snapshot
from okaeri.schema.settings import NEVER, Settings

#: Who asks, as it stands in the log.
ACTOR = "schedule"
#: A worker looks at the clock so often, in seconds.
LOOK_SECONDS = 30.0
#: The due time at which a shop of this process, by its folder, was found to hold nothing new.
_nothing_new: dict[str, datetime] = {}


@dataclass(frozen=True)
class Daily:
    """How the daily measurement stands: ``due`` the latest time it was for, ``next`` the one to come, ``last`` the job of
    the newest it asked for; ``is_late`` where ``due`` waits for a worker."""

    due: datetime
    next: datetime
    last: Job | None
    is_late: bool


def due_and_next(settings: Settings, now: datetime) -> tuple[datetime, datetime] | None:
    """The latest time a measurement was due at ``now``, and the next one; None where there is none by itself."""
    if settings.schedule.refresh_at == NEVER:
        return None
    zone = ZoneInfo(settings.shop.timezone)
    at = time.fromisoformat(settings.schedule.refresh_at)
    day = now.astimezone(zone).date()
    if datetime.combine(day, at, zone) > now:
        day -= timedelta(days=1)
    return datetime.combine(day, at, zone), datetime.combine(day + timedelta(days=1), at, zone)


def daily(workspace: Workspace, now: datetime | None = None) -> Daily | None:
    """How the daily measurement stands; None where it is switched off. Call it with the records in use."""
    now = now or snapshots.now()
    times = due_and_next(workspace.settings, now)
    if times is None:
        return None
    due, following = times
    last = Job.objects.filter(actor=ACTOR).order_by("-pk").first()
    return Daily(due, following, last, _is_open(workspace, due) and _nothing_new.get(str(workspace.path)) != due)


def look(workspace: Workspace, now: datetime | None = None) -> Job | None:
    """Ask for the measurement that is due and was not asked for; None where there is nothing to ask for."""
    times = due_and_next(workspace.settings, now or snapshots.now())
    if times is None or _nothing_new.get(str(workspace.path)) == times[0]:
        return None
    with workspace.records():
        if not _is_open(workspace, times[0]):
            return None
        with _alone(workspace):
            return _asked(workspace, times[0]) if _is_open(workspace, times[0]) else None


def _is_open(workspace: Workspace, due: datetime) -> bool:
    """Whether there was something to measure at ``due``, and nobody has measured or asked for it since."""
    held = Snapshot.objects.filter(made_at__lt=due).exists() or received.came_before(due)
    done = RefreshRun.objects.filter(started_at__gte=due).exists()
    return held and not done and not Job.objects.filter(actor=ACTOR, asked_at__gte=due).exists()


def _asked(workspace: Workspace, due: datetime) -> Job | None:
    snapshot = snapshots.current()
    if not jobs.is_measurable(snapshot):
        return None
    from okaeri.loop.refresh import folder_of  # loads the models, which no page may

    as_of = _as_of(workspace, snapshot)
    key, latest = folder_of(workspace, as_of, snapshot.pk if snapshot else 0).name, snapshots.latest_refresh()
    if latest is not None and latest.key == key and not _pending():
        _nothing_new[str(workspace.path)] = due
        return None
    return records.ask("refresh", {"as_of": as_of.isoformat()}, key=f"refresh {key}", actor=ACTOR)


def _as_of(workspace: Workspace, snapshot: Snapshot | None) -> date:
    """The day measured from: what the data page proposes. While facts that end long ago stay, so does the day."""
    newest = jobs.newest_order(workspace)
    latest = snapshots.latest_refresh()
    is_same = latest is not None and snapshot is not None and latest.snapshot_id == snapshot.pk
    if jobs.usual_day(workspace, newest) == "newest" and latest is not None and is_same:
        return latest.as_of
    return jobs.as_of_day(workspace, jobs.usual_day(workspace, newest))


def _pending() -> bool:
    """Whether programs or customers have sent what is no fact yet."""
    return bool(received.waiting(1)) or any(speaker.pending(1)[0] for speaker in SPEAKERS)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Inside the block no other worker of this folder asks."""
    with (workspace.work / "schedule.lock").open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield
