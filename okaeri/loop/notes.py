"""Notes on customers, and tasks: written once however often the form is sent, done once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from okaeri.lib.plain_text import plain
from okaeri.loop import snapshots
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import Note, Person, Staff
from okaeri.schema.errors import RuleRefused

LONGEST = 2_000
#: open: not done; due: of those the ones due today or before; done: the latest done first.
STATES = ("open", "due", "done")


def write(
    customer_id: str, text: str, *, key: UUID, actor: str, is_task: bool = False, due_on: date | None = None,
    assignee: str = "",
) -> Note:  # fmt: skip
    """Keep a note, or a task with whose it is and the day it is due; ``key`` is the form's own: it is kept once.

    A task of nobody in particular is that of ``actor``. Raises RuleRefused for a text that is empty or too long, and for
    somebody who may not see people.
    """
    words = plain(text).strip()
    if not 0 < len(words) <= LONGEST:
        raise RuleRefused("Write 1 to {most} letters", most=LONGEST)
    if is_task and assignee and assignee not in who_may():
        raise RuleRefused("{name} cannot see people", name=assignee)
    told = {
        "customer_id": customer_id, "text": words, "is_task": is_task, "due_on": due_on if is_task else None,
        "assignee": (assignee or actor) if is_task else "", "made_at": snapshots.now(), "made_by": actor,
    }  # fmt: skip
    with atomic():
        made, is_new = Note.objects.get_or_create(key=key, defaults=told)
        if is_new:
            note(actor, "note", customer_id=customer_id, task=is_task, number=made.pk)
    return made


def done(number: int, *, actor: str) -> Note | None:
    """Mark a task as done; once done it stays as it is. None where there is no such task."""
    with atomic():
        task = Note.objects.select_for_update().filter(pk=number, is_task=True).first()
        if task is not None and task.done_at is None:
            task.done_at, task.done_by = snapshots.now(), actor
            task.save(update_fields=["done_at", "done_by"])
            note(actor, "task done", customer_id=task.customer_id, number=task.pk)
    return task


def tasks(state: str, assignee: str, today: date) -> QuerySet[Note]:
    """The tasks in ``state`` of ``assignee``, everybody's where empty: those due first come first, then without a day."""
    rows = Note.objects.filter(is_task=True)
    if assignee:
        rows = rows.filter(assignee=assignee)
    if state == "done":
        return rows.filter(done_at__isnull=False).order_by("-done_at", "-pk")
    rows = rows.filter(done_at=None).order_by(F("due_on").asc(nulls_last=True), "pk")
    return rows.filter(due_on__lte=today) if state == "due" else rows


def who_may() -> list[str]:
    """Names of those a task can be given to."""
    return [staff.name for staff in Staff.objects.filter(is_active=True).order_by("name") if staff.may("notes")]


def names_of(rows: Iterable[Note]) -> dict[str, str]:
    """What the customers of these notes are called, by id."""
    ids = {row.customer_id for row in rows}
    return dict(Person.objects.filter(customer_id__in=ids).exclude(name="").values_list("customer_id", "name"))
