"""The records as tables of the database."""

from okaeri.records.models.audit import AuditEntry
from okaeri.records.models.people import Link, Person
from okaeri.records.models.plans import Plan, Sketch
from okaeri.records.models.programs import ApiKey, Received
from okaeri.records.models.staff import Staff
from okaeri.records.models.taking import ImportRun, RefreshRun, SavedMapping, Snapshot

__all__ = [
    "ApiKey", "AuditEntry", "ImportRun", "Link", "Person", "Plan", "Received", "RefreshRun", "SavedMapping", "Sketch",
    "Snapshot", "Staff",
]  # fmt: skip
