"""Groups of customers saved under a name: every version of their rule is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okaeri.loop import snapshots
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import Segment, SegmentVersion
from okaeri.schema.errors import RuleRefused
from okaeri.schema.segments import VERSION, Rule, parse, told

LONGEST_NAME = 100


@dataclass(frozen=True)
class Saved:
    """A saved group as it stands: its newest rule, which version that is, by whom and when it was made."""

    number: int
    name: str
    rule: Rule
    version: int
    made_by: str
    made_at: datetime


def saved() -> list[Saved]:
    """Every group not put away, by name. Call it with the records in use."""
    versions = SegmentVersion.objects.filter(segment__put_away_at=None).select_related("segment").order_by("number")
    newest = {version.segment_id: version for version in versions}
    return sorted(map(_saved, newest.values()), key=lambda one: one.name)


def segment(number: int) -> Saved | None:
    """One group, also one put away; None where there is none of this number."""
    found = SegmentVersion.objects.filter(segment=number).select_related("segment").order_by("-number").first()
    return _saved(found) if found else None


def save(name: str, rule: Rule, *, actor: str) -> int:
    """Save ``rule`` under ``name``, as its next version where that name is known; returns the group's number.

    The same rule saved again changes nothing. Raises RuleRefused for a name that is empty or too long.
    """
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > LONGEST_NAME:
        raise RuleRefused("Give the group a name of 1 to {most} letters", most=LONGEST_NAME)
    plain = told(rule)
    with atomic():
        group, _ = Segment.objects.select_for_update().get_or_create(name=wanted)
        last = group.versions.order_by("-number").first()
        if last is None or last.rule != plain or last.version != VERSION or group.put_away_at is not None:
            number = last.number + 1 if last else 1
            Segment.objects.filter(pk=group.pk).update(put_away_at=None)
            group.versions.create(number=number, version=VERSION, rule=plain, made_at=snapshots.now(), made_by=actor)
            note(actor, "segment", name=wanted, version=number, rule=plain)
    return group.pk


def put_away(number: int, *, actor: str) -> None:
    """Offer a group no longer; its versions stay."""
    with atomic():
        changed = Segment.objects.filter(pk=number, put_away_at=None).update(put_away_at=snapshots.now())
        if changed:
            note(actor, "segment", name=Segment.objects.get(pk=number).name, put_away=True)


def _saved(version: SegmentVersion) -> Saved:
    return Saved(
        version.segment_id, version.segment.name, parse(version.rule), version.number, version.made_by, version.made_at
    )
