"""Facts become measured tables: for one date, one state of the facts and one set of rules.

Everything a refresh makes lies in one folder named by those three, so an interrupted refresh goes on where it stopped
and a finished one is never changed. Readers see a refresh when the records name it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import ibis.expr.types as ir

from okaeri import __version__
from okaeri.loop import snapshots
from okaeri.loop.engine import Engine, open_engine
from okaeri.loop.measuring import COMPUTED, Measuring
from okaeri.loop.published import publish
from okaeri.loop.receiving import take_received
from okaeri.loop.rows import row_count
from okaeri.loop.taking import take_voices
from okaeri.loop.workspace import Workspace
from okaeri.schema.computed import LAYOUT
from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.types import ibis_schema

Progress = Callable[[str, float], None]

KEPT_REFRESHES = 3


@dataclass(frozen=True)
class Refreshed:
    """A finished measurement: seconds and rows by table."""

    as_of: date
    folder: Path
    tables: dict[str, dict[str, float]]


def refresh(
    workspace: Workspace, *, as_of: date | None = None, progress: Progress = lambda name, seconds: None
) -> Refreshed:
    """Take in what programs sent and customers answered, measure the shop as of a date (default: today in its zone)
    and show it.

    Raises RuleRefused where there is nothing to measure.
    """
    with workspace.records():
        day = as_of or workspace.today()
        take_received(workspace)
        take_voices(workspace)
        done = None
        while done is None:  # where an import was taken back meanwhile, it is measured without it
            done = _refreshed(workspace, day, progress)
        _forget_old(workspace)
        return done


def _refreshed(workspace: Workspace, day: date, progress: Progress) -> Refreshed | None:
    """Measure the facts as they stand; None where an import under them was taken back before they could be shown."""
    snapshot = snapshots.current()
    if snapshot is None or "orders" not in snapshot.versions:
        raise RuleRefused("This shop has no orders yet; import a file first: okaeri import FILE")
    started = snapshots.now()
    folder = folder_of(workspace, day, snapshot.pk)
    tables = compute(workspace, folder, snapshot.versions, as_of=day, wanted=tuple(COMPUTED), progress=progress)
    publish(workspace, folder, snapshot.versions, day)
    is_shown = snapshots.record_refresh(folder.name, day, snapshot, started, tables)
    return Refreshed(day, folder, tables) if is_shown else None


def folder_of(workspace: Workspace, as_of: date, snapshot: int) -> Path:
    """Where the tables of this date, state of the facts and rules lie."""
    links_state = [f"{link.customer_id}>{link.person_id}" for link in snapshots.links_in_force()]
    read_state = [f"{one.voice_id}={one.score}" for one in snapshots.corrections()]
    told = [__version__, LAYOUT, as_of.isoformat(), snapshot, asdict(workspace.settings.rules), links_state]
    told += [read_state] if read_state else []
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    return workspace.measured / f"{as_of.isoformat()}-{digest}"


def compute(
    workspace: Workspace,
    folder: Path,
    versions: dict[str, int],
    *,
    as_of: date,
    wanted: Iterable[str],
    progress: Progress = lambda name, seconds: None,
) -> dict[str, dict[str, float]]:
    """Compute ``wanted`` tables and those below them into ``folder``; what is there already stays as it is."""
    timings: dict[str, dict[str, float]] = {}
    engine = open_engine(workspace.settings.engine, workspace.work)

    def done(name: str, seconds: float) -> None:
        timings[name] = {"seconds": round(seconds, 3), "rows": row_count(folder / f"{name}.parquet")}
        progress(name, seconds)

    try:
        facts = _inputs(engine, workspace, folder, versions)
        Measuring(engine, facts, folder, as_of, workspace.settings.rules, workspace.kept).run(wanted, done)
    finally:
        engine.close()
    return timings


def _inputs(engine: Engine, workspace: Workspace, folder: Path, versions: dict[str, int]) -> dict[str, ir.Table]:
    store = snapshots.store_of(workspace)
    tables = {name: engine.read(store.files(name, versions), ibis_schema(table)) for name, table in FACTS.items()}
    for name, path in snapshots.export(folder).items():
        tables[name] = engine.read([str(path)], ibis_schema(EXPORTED[name]))
    return tables


def _forget_old(workspace: Workspace) -> None:
    """Keep the newest refreshes; tables of older ones, and of states nobody refers to any more, are made again on
    demand."""
    kept = snapshots.newest_refreshes(KEPT_REFRESHES)
    for folder in workspace.measured.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)
