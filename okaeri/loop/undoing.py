"""The newest import of a file is taken back: the facts, persons and links stand as they stood before it.

Facts are not rewritten: the records name the versions of before again. Persons and links the import made are removed,
those it changed get back what stood there; a link that somebody undid by hand since stays undone. The confirmed mapping
of the file's header stays, and so does the audit log. All of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace, sole_writer
from okaeri.records.audit import note
from okaeri.records.chunks import CHUNK
from okaeri.records.database import atomic
from okaeri.records.models import Before, ImportRun, Link, Person, RefreshRun, Snapshot
from okaeri.schema.errors import RuleRefused

#: Of so many of the newest imports it is kept what stood before them.
UNDOABLE = 5
#: Imports that are no files: what customers told the pages of the shop, and what other programs sent.
PROGRAMS = ("surveys", "reviews", "HTTP API")
_PERSON = tuple(field.name for field in Person._meta.fields if field.name not in ("id", "made_by"))
_LINK = ("person_id", "reason", "evidence")


def keep_persons(held: Iterable[Person], run: ImportRun) -> None:
    """Keep persons as they stand, before ``run`` writes over them. Inside a transaction."""
    rows = [
        Before(import_run=run, kind="person", customer_id=person.customer_id,
               row={name: getattr(person, name) for name in _PERSON})
        for person in held
    ]  # fmt: skip
    Before.objects.bulk_create(rows, batch_size=CHUNK)


def keep_link(customer_id: str, run: ImportRun) -> None:
    """Keep the link in force of a customer, before ``run`` changes it. Inside a transaction."""
    held = Link.objects.get(customer_id=customer_id, undone_at=None)
    row = {name: getattr(held, name) for name in _LINK}
    row |= {"made_at": held.made_at.isoformat(), "import_run": held.import_run_id}
    Before.objects.create(import_run=run, kind="link", customer_id=customer_id, row=row)


def forget_old() -> None:
    """Forget what stood before imports that are not among the newest. Inside a transaction."""
    Before.objects.exclude(import_run__in=_remembered()).delete()


def _remembered() -> list[int]:
    """The newest imports, those taken back among them: what stood before older ones is forgotten for good."""
    return list(ImportRun.objects.exclude(source__in=PROGRAMS).order_by("-pk").values_list("pk", flat=True)[:UNDOABLE])


def _files() -> Any:
    """Imports of files in force, the newest first."""
    return ImportRun.objects.filter(undone_at=None).exclude(source__in=PROGRAMS).order_by("-pk")


def undoable() -> ImportRun | None:
    """The import that :func:`undo` would take back; None where there is none. Call it with the records in use."""
    run: ImportRun | None = _files().first()
    return run if run is not None and _versions(run) is not None else None


def undo(workspace: Workspace, number: int, *, actor: str) -> bool:
    """Take the newest import back; False where it was taken back already. Call it with the records in use.

    Raises RuleRefused where there is no such import, where it is not the newest, or where later words of customers
    stand on it.
    """
    with sole_writer(workspace), atomic():
        run = ImportRun.objects.filter(pk=number).first()
        if run is None:
            raise RuleRefused("There is no import {number}", number=number)
        if run.undone_at is not None:
            return False
        versions = _versions(run) if run == _files().first() else None
        if versions is None:
            raise RuleRefused("Only the newest import can be undone, as long as nothing stands on it")
        _take_back_links(run)
        _take_back_persons(run)
        run.undone_at, run.undone_by = snapshots.now(), actor
        run.save(update_fields=["undone_at", "undone_by"])
        Snapshot.objects.create(made_at=run.undone_at, versions=versions)
        if "orders" not in versions:  # there is nothing that figures could stand on
            RefreshRun.objects.all().delete()
        note(actor, "undo import", file=run.file_name, run=run.pk, counts=run.counts)
    return True


def _versions(run: ImportRun) -> dict[str, int] | None:
    """The versions without what ``run`` wrote; None where something wrote upon it since, or nobody knows any more what
    stood there."""
    own = Snapshot.objects.filter(import_run=run).first()
    now = snapshots.current()
    # What stood before an import is known of those that also say who made them; earlier versions noted neither.
    if own is None or now is None or run.pk not in _remembered() or not run.actor:
        return None
    earlier = Snapshot.objects.filter(pk__lt=own.pk).order_by("-pk").first()
    before = dict(earlier.versions) if earlier else {}
    written = {name for name, version in own.versions.items() if before.get(name) != version}
    if any(now.versions.get(name) != own.versions[name] for name in written):
        return None
    kept = {name: version for name, version in now.versions.items() if name not in written}
    return kept | {name: before[name] for name in written if name in before}


def _take_back_links(run: ImportRun) -> None:
    held = {kept.customer_id: kept.row for kept in Before.objects.filter(import_run=run, kind="link")}
    made = Link.objects.filter(import_run=run, undone_at=None)
    for customer_id, row in held.items():
        told = {**{name: row[name] for name in _LINK}, "made_at": row["made_at"], "import_run_id": row["import_run"]}
        made.filter(customer_id=customer_id).update(**told)
    made.delete()  # those given back above are no longer this import's


def _take_back_persons(run: ImportRun) -> None:
    from okaeri.loop.people import write

    Person.objects.filter(made_by=run).delete()
    rows: list[Person] = []
    for kept in Before.objects.filter(import_run=run, kind="person").order_by("pk").iterator(CHUNK):
        rows.append(Person(**kept.row))
        if len(rows) == CHUNK:
            write(rows)
            rows = []
    if rows:
        write(rows)
    Before.objects.filter(import_run=run).delete()
