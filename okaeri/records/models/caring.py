"""What people of the shop write down about a customer: notes, and tasks to be done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Note(models.Model):
    """A note on a customer; a task where ``is_task``, to be done by ``assignee`` and open until ``done_at``.

    ``key`` is the form's own: the same form sent twice leaves one note.
    """

    key = models.UUIDField(unique=True)
    customer_id = models.CharField(max_length=200, db_index=True)
    text = models.TextField()
    is_task = models.BooleanField(default=False)
    assignee = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["assignee", "due_on"], condition=models.Q(is_task=True, done_at=None), name="tasks_open"
            ),
            models.Index(
                fields=["-done_at"], condition=models.Q(is_task=True, done_at__isnull=False), name="tasks_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.text[:40]}"
