"""What the shop does about what customers say."""

from __future__ import annotations

from django.db import models


class VoiceCase(models.Model):
    """A voice somebody took up: whose it is, the answer as drafted, and whether it is closed. One nobody took up is open."""

    voice_id = models.CharField(max_length=200, unique=True)
    assignee = models.CharField(max_length=100, blank=True, db_index=True)
    draft = models.TextField(blank=True)
    is_closed = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["is_closed", "-changed_at"], name="cases_closed_when"),)

    def __str__(self) -> str:
        return self.voice_id


class Correction(models.Model):
    """How a person reads a voice, where its score was wrong: -1 to 1."""

    voice_id = models.CharField(max_length=200, unique=True)
    score = models.FloatField()
    actor = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.voice_id} {self.score}"
