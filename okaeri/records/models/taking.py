"""What was taken in, and what was measured of it."""

from __future__ import annotations

from django.db import models


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
    actor = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"


class Before(models.Model):
    """A person or link as it stood before an import wrote over it: kept for the few newest imports, to undo them."""

    import_run = models.ForeignKey(ImportRun, models.CASCADE)
    kind = models.CharField(max_length=10)
    customer_id = models.CharField(max_length=200)
    row = models.JSONField()

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class Snapshot(models.Model):
    """The version of every fact table that readers see. The newest row is in force: writing it *is* the commit.

    ``import_run`` is the import that made it; None where one was taken back.
    """

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
