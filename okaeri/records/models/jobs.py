"""Work that is asked for on a page and done by a worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
LIVE = (WAITING, RUNNING)


class Job(models.Model):
    """One piece of work. ``key`` says what it would do, so that asking twice is asking once while it is not done.

    ``worker`` holds it until ``lease_until`` and no longer, unless it says again and again that it lives. ``step`` and
    ``share`` (0..1) tell how far it is; ``error`` holds sentences not yet translated, ``result`` what came of it.
    """

    kind = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=WAITING)
    actor = models.TextField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=100, blank=True)
    share = models.FloatField(default=0.0)
    error = models.JSONField(default=list)
    result = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=Q(state__in=LIVE), name="asked_once_while_not_done"),
            # A shop's jobs are done one after the other: two would fight for its memory and its facts.
            models.UniqueConstraint(fields=["state"], condition=Q(state=RUNNING), name="one_job_running"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="jobs_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
