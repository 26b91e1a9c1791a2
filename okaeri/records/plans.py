"""Plans and sketches: saved with who and when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import Plan, Sketch


def save(
    key: str, *, actor: str, as_of: date, factors: dict[str, float], levels: dict[str, float], told: dict[str, Any]
) -> Plan:
    """Put a plan in force; one that was saved under ``key`` already stays as it is."""
    with atomic():
        plan, is_new = Plan.objects.get_or_create(
            key=key,
            defaults={"made_at": datetime.now(UTC), "made_by": actor, "as_of": as_of, "factors": factors,
                      "levels": levels, "told": told},
        )  # fmt: skip
        if is_new:
            note(actor, "plan", **factors)
    return plan


def in_force() -> Plan | None:
    """The newest plan."""
    return Plan.objects.first()


def sketch_of(actor: str, persona: str) -> list[dict[str, Any]]:
    """The steps ``actor`` has sketched for ``persona``; none before the first save."""
    found = Sketch.objects.filter(made_by=actor, persona=persona).first()
    return list(found.steps) if found else []


def save_sketch(actor: str, persona: str, steps: list[dict[str, Any]]) -> None:
    """Keep the sketch of ``actor`` for ``persona`` in the place of the one before."""
    with atomic():
        Sketch.objects.update_or_create(
            made_by=actor, persona=persona, defaults={"saved_at": datetime.now(UTC), "steps": steps}
        )
        note(actor, "sketch", persona=persona, steps=len(steps))
