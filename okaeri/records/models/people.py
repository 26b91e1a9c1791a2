"""Customers as the stores' files name them, and which of them are one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from okaeri.records.models.taking import ImportRun


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
    made_by = models.ForeignKey(ImportRun, models.SET_NULL, null=True, blank=True)

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
    import_run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id"], condition=Q(undone_at=None), name="one_link_in_force")
        ]
        # The page of merges shows the newest, and tells how many there are.
        indexes: ClassVar = [
            models.Index(fields=["-made_at", "-id", "reason"], condition=Q(undone_at=None), name="merges_in_force"),
            models.Index(fields=["undone_at"], condition=Q(undone_at__isnull=False), name="links_undone"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} -> {self.person_id}"
