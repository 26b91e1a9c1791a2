"""What customers told the shop's programs becomes facts: written unseen first, then shown by one transaction.

A process that dies in between leaves answers that are not yet marked, and the next one takes them again under the same
keys: nothing is lost and nothing counts twice.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from okaeri.ingest.scrub import scrubbed
from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace, sole_writer
from okaeri.programs.reviews import voices as reviews
from okaeri.programs.surveys import voices as surveys
from okaeri.records.database import atomic
from okaeri.records.models import ImportRun, Snapshot
from okaeri.schema.facts import voices as VOICES
from okaeri.schema.types import ibis_schema

#: Programs in which customers say things.
SPEAKERS: tuple[ModuleType, ...] = (surveys, reviews)
#: Answers taken in one go, so that memory stays bounded.
LIMIT = 100_000


def take_voices(workspace: Workspace) -> int:
    """Make facts of what was answered since the last time; returns how many voices. Records must be in use."""
    return sum(_take(workspace, speaker) for speaker in SPEAKERS if speaker.pending(1)[0])


def _take(workspace: Workspace, speaker: ModuleType) -> int:
    told = 0
    with sole_writer(workspace):
        while True:
            started = snapshots.now()
            ids, rows = speaker.pending(LIMIT)
            if not ids:
                return told
            versions = _written(workspace, rows)
            with atomic():
                run = _run(speaker.NAME, ids, len(rows), started)
                speaker.taken(ids, run)
                Snapshot.objects.create(made_at=run.finished_at, versions=versions, import_run=run)
            told += len(rows)


def _written(workspace: Workspace, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The versions of the facts with these voices in them."""
    zone = ZoneInfo(workspace.settings.shop.timezone)
    schema = ibis.schema(ibis_schema(VOICES)).to_pyarrow()
    dated = [{**row, "voice_date": row["at"].astimezone(zone).date()} for row in rows]
    snapshot = snapshots.current()
    with tempfile.TemporaryDirectory(dir=workspace.work, prefix="voices-") as scratch:
        connection = ibis.duckdb.connect(Path(scratch) / "voices.duckdb")
        table = connection.create_table("told", pa.Table.from_pylist(dated, schema=schema))
        clean = table.mutate(text=scrubbed(table.text))
        held = dict(snapshot.versions) if snapshot else {}
        return snapshots.store_of(workspace).put(connection, {"voices": clean}, held)


def _run(name: str, ids: Sequence[int], count: int, started: datetime) -> ImportRun:
    digest = hashlib.sha256(f"{name} {ids[0]} {ids[-1]} {started.isoformat()}".encode()).hexdigest()
    return ImportRun.objects.create(
        file_name=name, sha256=digest, source=name, store="own", started_at=started, finished_at=snapshots.now(),
        read_count=len(ids), rejected_count=0, counts={"voices": count},
    )  # fmt: skip
