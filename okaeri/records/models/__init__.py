"""The records as tables of the database."""

from okaeri.records.models.audit import AuditEntry
from okaeri.records.models.caring import Note
from okaeri.records.models.people import Link, Person
from okaeri.records.models.plans import Plan, Sketch
from okaeri.records.models.programs import ApiKey, Received
from okaeri.records.models.searching import PersonText
from okaeri.records.models.segments import Segment, SegmentVersion
from okaeri.records.models.staff import Staff
from okaeri.records.models.taking import ImportRun, RefreshRun, SavedMapping, Snapshot

__all__ = [
    "ApiKey", "AuditEntry", "ImportRun", "Link", "Note", "Person", "PersonText", "Plan", "Received", "RefreshRun",
    "SavedMapping", "Segment", "SegmentVersion", "Sketch", "Snapshot", "Staff",
]  # fmt: skip
