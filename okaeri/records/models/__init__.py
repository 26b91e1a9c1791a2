"""The records as tables of the database."""

from okaeri.records.models.audit import AuditEntry
from okaeri.records.models.people import Link, Person
from okaeri.records.models.staff import Staff
from okaeri.records.models.taking import ImportRun, RefreshRun, SavedMapping, Snapshot

__all__ = ["AuditEntry", "ImportRun", "Link", "Person", "RefreshRun", "SavedMapping", "Snapshot", "Staff"]
