"""Who changed, exported or tried what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """Who changed what, when."""

    at = models.DateTimeField()
    actor = models.TextField()
    action = models.CharField(max_length=50)
    detail = models.JSONField(default=dict)

    class Meta:
        # The log is read the newest first: of everybody, of one person, of one action, of one day.
        indexes: ClassVar = [
            models.Index(fields=["actor", "-id"], name="log_by_actor"),
            models.Index(fields=["action", "-id"], name="log_by_action"),
            models.Index(fields=["at"], name="log_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
