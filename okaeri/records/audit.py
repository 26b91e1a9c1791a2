"""The log of who changed, exported or was refused what; rows are only ever added."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from okaeri.records.models import AuditEntry


def note(actor: str, action: str, **detail: Any) -> None:
    """Write down that ``actor`` did ``action``, inside the transaction that does it; what is None is left out."""
    told = {name: value for name, value in detail.items() if value is not None}
    AuditEntry.objects.create(at=datetime.now(UTC), actor=actor, action=action, detail=told)
