"""Notes on customers, and tasks: written once however often the form is sent, done once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from okaeri.lib.plain_text import plain
from okaeri.loop import snapshots
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.records.models import Note
from okaeri.schema.errors import RuleRefused

LONGEST = 2_000


def write(
    customer_id: str, text: str, *, key: UUID, actor: str, is_task: bool = False, due_on: date | None = None
) -> Note:
    """Keep a note, or a task with the day it is due; ``key`` is the form's own, so that it is kept once.

    Raises RuleRefused for a text that is empty or too long.
    """
    words = plain(text).strip()
    if not 0 < len(words) <= LONGEST:
        raise RuleRefused("Write 1 to {most} letters", most=LONGEST)
    told = {
        "customer_id": customer_id, "text": words, "is_task": is_task, "due_on": due_on if is_task else None,
        "made_at": snapshots.now(), "made_by": actor,
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
