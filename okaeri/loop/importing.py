"""Files become facts: understood wholly first, then taken in one step, or refused with nothing written."""

from __future__ import annotations

import csv
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import ibis
from ibis.backends.duckdb import Backend

from okaeri.ingest.checks import Checked, check
from okaeri.ingest.parsed import Context
from okaeri.loop import mappings, people, snapshots, undoing
from okaeri.loop.export import harmless
from okaeri.loop.workspace import Workspace, sole_writer
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import ImportRun, Snapshot
from okaeri.schema.errors import DataRejected, Problem

Progress = Callable[[str], None]

SHOWN_PROBLEMS = 20


@dataclass(frozen=True)
class Imported:
    """What became of one file. ``outcome`` is imported, known (taken before) or dry run."""

    file: str
    source: str
    outcome: str
    counts: dict[str, int]
    read_count: int = 0
    rejected_count: int = 0
    rejects_file: str = ""
    links: int = 0
    preview: dict[str, list[dict[str, object]]] | None = None
    problems: tuple[Problem, ...] = ()

    def told(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**plain, "problems": [str(problem) for problem in self.problems], "preview": self.preview or {}}


def import_files(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mapping: Path | None = None,
    store: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    actor: str = "command line",
    at_step: Callable[[str], None] = lambda step: None,
) -> list[Imported]:
    """Take ``paths`` in order, each wholly or not at all.

    ``at_step`` hears reading, checking and writing as each begins. Raises DataRejected naming file, row and column for
    a file that cannot be taken; those before it stay.
    """
    say = progress or (lambda text: None)
    with workspace.records():
        job = _Job(workspace, source, mapping, store, dry_run, say, actor, at_step)
        return [job.take(path) for path in paths]


@contextmanager
def scratch(workspace: Workspace) -> Iterator[tuple[Backend, Path]]:
    """A DuckDB of its own with a scratch folder that goes with it."""
    with tempfile.TemporaryDirectory(dir=workspace.work, prefix="import-") as folder:
        engine = workspace.settings.engine
        connection = ibis.duckdb.connect(
            Path(folder) / "import.duckdb",
            memory_limit=engine.memory,
            threads=engine.threads or os.cpu_count() or 1,
            temp_directory=folder,
        )
        # Not disconnected by hand: tables cached on it drop themselves when they are no longer needed.
        yield cast(Backend, connection), Path(folder)


@dataclass(frozen=True)
class _Job:
    """One call to import, over all its files."""

    workspace: Workspace
    source: str | None
    mapping: Path | None
    store: str | None
    dry_run: bool
    say: Progress
    actor: str
    at_step: Callable[[str], None]

    def take(self, path: Path) -> Imported:
        if not path.is_file():
            raise DataRejected(Problem(str(path), "There is no such file"))
        digest = _sha256(path)
        if not self.dry_run and (taken := _known(digest)):
            return _known_before(path, taken)
        started = snapshots.now()
        self.at_step("reading")
        with scratch(self.workspace) as (connection, folder):
            layout = mappings.read(path, connection, folder, self.source, self.mapping)
            if isinstance(layout, mappings.Unknown):
                raise mappings.refusal(self.workspace, path, layout)
            self.say(f"{path.name}: {layout.source.title}")
            settings = self.workspace.settings
            context = Context(
                settings.shop.timezone, self.workspace.secret, self.store, layout.mapping, settings.imports.own_mails
            )
            self.at_step("checking")
            checked = check(layout.source.parse(layout.raw, context), layout.raw)
            if self.dry_run:
                return _told(path, layout.source.name, "dry run", checked, preview=checked.preview())
            rejects = self._rejects(path, digest, checked)
            self.at_step("writing")
            with sole_writer(self.workspace):
                if taken := _known(digest):  # by another process meanwhile
                    return _known_before(path, taken)
                run = _run(path, digest, layout.source.name, self.store, started, checked, rejects, self.actor)
                links = commit(self.workspace, connection, checked, run, actor=self.actor)
            return _told(path, layout.source.name, "imported", checked, rejects=rejects, links=links)

    def _rejects(self, path: Path, digest: str, checked: Checked) -> str:
        """Write the rejected rows beside the shop; refuse the file where they are too many or nothing is left.

        Each file has a list of its own, as carts call their files alike month after month.
        """
        if checked.rejected_rows == 0:
            return ""
        out = self.workspace.path / "rejects" / f"{path.stem}-{digest[:8]}-rejects.csv"
        out.parent.mkdir(exist_ok=True)
        write_rejected(checked, out)
        if refuses(self.workspace, checked):
            whole = Problem(
                path.name,
                "Too many rows are rejected; nothing was imported",
                value=f"{checked.rejected_rows}/{checked.read_rows}, {out}",
            )
            raise DataRejected([whole, *problems_of(path, checked)])
        return str(out)


def commit(
    workspace: Workspace,
    connection: Backend,
    checked: Checked,
    run: ImportRun,
    *,
    actor: str,
    also: Callable[[], None] = lambda: None,
) -> int:
    """Facts first, unseen; then people, links, the run and the snapshot that shows it all, in one transaction, with
    what ``also`` writes. Returns how many links are new. Call it as the sole writer, with the records in use."""
    snapshot = snapshots.current()
    versions = dict(snapshot.versions) if snapshot else {}
    after = snapshots.store_of(workspace).put(connection, checked.facts, versions)
    persons = people.changed(connection, checked.persons) if checked.persons is not None else []
    with atomic():
        run.finished_at = snapshots.now()
        run.save()
        people.remember(persons, run)
        links = people.link(persons, run)
        undoing.forget_old()
        Snapshot.objects.create(made_at=run.finished_at, versions=after, import_run=run)
        note(actor, "import", file=run.file_name, source=run.source, counts=run.counts)
        also()
    return links


def _run(
    path: Path,
    digest: str,
    source: str,
    store: str | None,
    started: datetime,
    checked: Checked,
    rejects: str,
    actor: str,
) -> ImportRun:
    return ImportRun(
        file_name=path.name, sha256=digest, source=source, store=store or "", started_at=started,
        read_count=checked.read_rows, rejected_count=checked.rejected_rows, rejects_file=rejects, counts=checked.counts,
        actor=actor,
    )  # fmt: skip


def write_rejected(checked: Checked, out: Path) -> None:
    """Write a row per problem as CSV that a spreadsheet opens."""
    rows = checked.rejected.to_pyarrow()
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows.column_names)
        writer.writerows([harmless(value) for value in row.values()] for row in rows.to_pylist())


def refuses(workspace: Workspace, checked: Checked) -> bool:
    """Whether so many rows would be left out that nothing is taken."""
    too_many = checked.share_rejected > workspace.settings.imports.max_rejected_share
    return checked.rejected_rows > 0 and (too_many or not any(checked.counts.values()))


def known(path: Path) -> ImportRun | None:
    """The import that took the bytes of ``path``; None where none did. Call it with the records in use."""
    return _known(_sha256(path))


def _known(digest: str) -> ImportRun | None:
    """The run that took these very bytes. Taking them again would at best change nothing, at worst undo a newer file."""
    return ImportRun.objects.filter(sha256=digest, undone_at=None).order_by("-pk").first()


def _known_before(path: Path, run: ImportRun) -> Imported:
    return Imported(path.name, run.source, "known", run.counts, run.read_count, run.rejected_count)


def _told(
    path: Path,
    source: str,
    outcome: str,
    checked: Checked,
    *,
    rejects: str = "",
    links: int = 0,
    preview: dict[str, list[dict[str, object]]] | None = None,
) -> Imported:
    return Imported(
        path.name, source, outcome, dict(checked.counts), checked.read_rows, checked.rejected_rows, rejects, links,
        preview, tuple(problems_of(path, checked)),
    )  # fmt: skip


def problems_of(path: Path, checked: Checked) -> list[Problem]:
    """The first problems, by row."""
    if checked.rejected_rows == 0:
        return []
    rows = checked.rejected.limit(SHOWN_PROBLEMS).to_pyarrow().to_pylist()
    return [Problem(path.name, row["reason"], row["row_no"], row["column"], row["value"]) for row in rows]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
