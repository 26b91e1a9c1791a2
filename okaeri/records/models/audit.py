"""Who changed, exported or tried what."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """Who changed what, when."""

    at = models.DateTimeField()
    actor = models.TextField()
    action = models.CharField(max_length=50)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
