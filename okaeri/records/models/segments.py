"""Groups of customers the shop has given a name, each version of their rule kept."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Segment(models.Model):
    """A saved group of customers; ``put_away_at`` where it is no longer offered."""

    name = models.CharField(max_length=100, unique=True)
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def newest(self) -> SegmentVersion:
        """The version in force."""
        return self.versions.order_by("-number")[0]


class SegmentVersion(models.Model):
    """A rule as saved once: plain JSON in the language of :mod:`okaeri.schema.segments`, of format ``version``."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    rule: Any = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.number}"
