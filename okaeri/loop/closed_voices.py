"""Which voices of a refresh the shop's people closed: held in memory, and brought up to date by what changed since."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from okaeri.loop.choosing import Fits
from okaeri.loop.voice_places import count, places_of
from okaeri.records.models import VoiceCase

#: A change is noted before others can see it, and by another clock: so far back it is looked for once more.
LATE = timedelta(minutes=5)


def closed(folder: Path, first: date | None) -> Fits:
    """Which places of the refresh in ``folder`` are closed; with ``first`` those of that day or later, which nobody can
    have closed before it. Call it with the records in use."""
    known = _known(folder, first)
    with known.lock:
        since, now = known.until - LATE, datetime.now(UTC)
        changed = known.closed.copy()
        for is_closed in (True, False):
            rows = VoiceCase.objects.filter(is_closed=is_closed, changed_at__gte=since).values_list(
                "voice_id", flat=True
            )
            changed[places_of(folder, tuple(rows))] = is_closed
        known.closed, known.until = changed, now
        return changed


@dataclass
class _Known:
    closed: Fits
    until: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)


@lru_cache(maxsize=4)
def _known(folder: Path, first: date | None) -> _Known:
    """Nothing is known yet, but that nobody closed anything before ``first``."""
    begin = datetime.combine(first or date(1970, 1, 2), time(), UTC)
    # The day is the shop's, whose clock may be a day ahead.
    return _Known(np.zeros(count(folder), bool), begin - timedelta(days=1) + LATE)
