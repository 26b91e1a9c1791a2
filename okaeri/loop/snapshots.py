"""What the records say about the facts: which versions are in force, which links, which refreshes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop.facts import FactStore
from okaeri.loop.workspace import Workspace
from okaeri.records.database import atomic
from okaeri.records.models import Correction, Link, RefreshRun, Snapshot
from okaeri.schema.facts import corrections as CORRECTIONS
from okaeri.schema.facts import links
from okaeri.schema.types import ibis_schema


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


def store_of(workspace: Workspace) -> FactStore:
    """The workspace's fact tables."""
    return FactStore(workspace.facts)


def current() -> Snapshot | None:
    """The snapshot in force; None before the first import."""
    return Snapshot.objects.order_by("-pk").first()


def links_in_force() -> list[Link]:
    """Every link not undone, by customer."""
    return list(Link.objects.filter(undone_at=None).order_by("customer_id"))


def export_links(path: Path) -> Path:
    """Write the links in force as Parquet for the engine to join."""
    pairs = [(link.customer_id, link.person_id) for link in links_in_force() if link.customer_id != link.person_id]
    schema = ibis.schema(ibis_schema(links)).to_pyarrow()
    columns = [[pair[place] for pair in pairs] for place in (0, 1)]
    return _appeared(pa.table(columns, schema=schema), path)


def corrections() -> list[Correction]:
    """Every voice whose score a person put right, by voice."""
    return list(Correction.objects.order_by("voice_id"))


def export(folder: Path) -> dict[str, Path]:
    """Write what the records bring to the measures as Parquet into ``folder``; the files by table."""
    return {
        "links": export_links(folder / "links.parquet"),
        "corrections": _export_corrections(folder / "corrections.parquet"),
    }


def _export_corrections(path: Path) -> Path:
    schema = ibis.schema(ibis_schema(CORRECTIONS)).to_pyarrow()
    rows = [{"voice_id": one.voice_id, "score": one.score, "corrected_at": one.at} for one in corrections()]
    return _appeared(pa.Table.from_pylist(rows, schema=schema), path)


def _appeared(rows: pa.Table, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pq.write_table(rows, partial)
    partial.replace(path)
    return path


def record_refresh(
    key: str, as_of: date, snapshot: Snapshot, started: datetime, tables: dict[str, dict[str, float]]
) -> bool:
    """Make a finished refresh the one readers see; False where an import was taken back since ``snapshot``, as it would
    show what is no longer there."""
    with atomic():
        # Only taking back makes a snapshot that no import made.
        if Snapshot.objects.filter(pk__gt=snapshot.pk, import_run=None).exists():
            return False
        RefreshRun.objects.filter(key=key).delete()
        RefreshRun.objects.create(
            key=key, as_of=as_of, snapshot=snapshot, started_at=started, finished_at=now(), tables=tables
        )
        return True


def latest_refresh() -> RefreshRun | None:
    """The refresh readers see; None before the first."""
    return RefreshRun.objects.order_by("-finished_at").first()


def newest_refreshes(count: int) -> set[str]:
    """Folder names of the ``count`` newest refreshes."""
    return set(RefreshRun.objects.order_by("-finished_at").values_list("key", flat=True)[:count])
