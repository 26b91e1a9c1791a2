"""Other programs of the shop: what they prove themselves with, and what they have sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """A key of the HTTP API: only a digest of it is kept. ``start`` are its first letters, by which people tell it
    from others; ``permissions`` are names out of :mod:`okaeri.records.roles`."""

    name = models.CharField(max_length=100)
    start = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField()
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Received(models.Model):
    """A batch of rows a program has sent: kept at once, made facts by the next refresh.

    ``body`` is emptied when the rows are taken, as it may name persons; the digest stays, so that the same batch sent
    again is known. ``rejected`` tells the rows left out and why.
    """

    receipt = models.CharField(max_length=32, unique=True)
    key = models.ForeignKey(ApiKey, models.PROTECT)
    idempotency_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    body = models.TextField()
    row_count = models.IntegerField()
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    import_run = models.ForeignKey("records.ImportRun", models.PROTECT, null=True, blank=True)
    rejected = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="one_receipt_per_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(taken_at=None), name="received_waiting")]

    def __str__(self) -> str:
        return self.receipt
