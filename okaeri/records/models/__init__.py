"""The records as tables of the database."""

from okaeri.records.models.audit import AuditEntry
from okaeri.records.models.caring import Note
from okaeri.records.models.jobs import Job
from okaeri.records.models.people import Link, Person
from okaeri.records.models.plans import Plan, Sketch
from okaeri.records.models.programs import ApiKey, Received
from okaeri.records.models.searching import PersonText
from okaeri.records.models.segments import Segment, SegmentVersion
from okaeri.records.models.staff import Staff
from okaeri.records.models.taking import Before, ImportRun, RefreshRun, SavedMapping, Snapshot
from okaeri.records.models.voices import Correction, VoiceCase

__all__ = [
    "ApiKey", "AuditEntry", "Before", "Correction", "ImportRun", "Job", "Link", "Note", "Person", "PersonText", "Plan",
    "Received", "RefreshRun", "SavedMapping", "Segment", "SegmentVersion", "Sketch", "Snapshot", "Staff", "VoiceCase",
]  # fmt: skip
