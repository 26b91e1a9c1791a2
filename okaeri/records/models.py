"""The records as tables of the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Person(models.Model):
    """A customer of one store, as that store's files name them: the only place where okaeri keeps personal data."""

    customer_id = models.CharField(max_length=200, unique=True)
    store = models.CharField(max_length=50)
    name = models.TextField(blank=True)
    kana = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    postal_code = models.TextField(blank=True)
    region = models.TextField(blank=True)
    address = models.TextField(blank=True)
    birth_date = models.TextField(blank=True)
    mail_key = models.CharField(max_length=320, blank=True, db_index=True)
    phone_key = models.CharField(max_length=20, blank=True, db_index=True)
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.customer_id


class Link(models.Model):
    """``customer_id`` is counted under ``person_id``, for a stated reason, until undone. An undone link is remembered."""

    customer_id = models.CharField(max_length=200)
    person_id = models.CharField(max_length=200, db_index=True)
    reason = models.CharField(max_length=50)
    evidence = models.TextField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id"], condition=Q(undone_at=None), name="one_link_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} -> {self.person_id}"


class ImportRun(models.Model):
    """One file taken in."""

    file_name = models.TextField()
    sha256 = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=50)
    store = models.CharField(max_length=50, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    read_count = models.BigIntegerField()
    rejected_count = models.BigIntegerField()
    rejects_file = models.TextField(blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"


class Snapshot(models.Model):
    """The version of every fact table that readers see. The newest row is in force: writing it *is* the commit."""

    made_at = models.DateTimeField()
    versions = models.JSONField()
    import_run = models.ForeignKey(ImportRun, models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return f"snapshot {self.pk}"


class SavedMapping(models.Model):
    """How a file with this header is to be read, as confirmed once."""

    header_digest = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.header_digest


class RefreshRun(models.Model):
    """One finished measurement of the shop: where its tables lie, and how long each took."""

    key = models.CharField(max_length=64, unique=True)
    as_of = models.DateField()
    snapshot = models.ForeignKey(Snapshot, models.PROTECT)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    tables = models.JSONField()

    def __str__(self) -> str:
        return f"refresh as of {self.as_of}"


class AuditEntry(models.Model):
    """Who changed what, when."""

    at = models.DateTimeField()
    actor = models.TextField()
    action = models.CharField(max_length=50)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
