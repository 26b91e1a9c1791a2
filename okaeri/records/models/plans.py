"""What the shop has set out to reach."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Plan(models.Model):
    """Targets for twelve months, as saved once and never changed: the newest is in force.

    ``factors`` are times the present of that day, ``levels`` the present itself, ``told`` what was then foretold: LTV,
    sales and their months. ``key`` comes with the form, so that one sent twice is one plan.
    """

    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    as_of = models.DateField()
    factors = models.JSONField()
    levels = models.JSONField()
    told = models.JSONField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"plan of {self.made_at:%Y-%m-%d}"


class Sketch(models.Model):
    """A journey as one member of staff imagines it for a persona: per step what is done, thought and felt (-1 to 1)."""

    made_by = models.CharField(max_length=100)
    persona = models.CharField(max_length=50)
    saved_at = models.DateTimeField()
    steps = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["made_by", "persona"], name="one_sketch_each")]

    def __str__(self) -> str:
        return f"{self.made_by}: {self.persona}"
