"""Surveys as tables of the database. Answers are only ever added: the newest of a question counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from okaeri.records.models import ImportRun


class Survey(models.Model):
    """A survey by name. ``asks_one``: one question per order, the next one next time."""

    name = models.CharField(max_length=60, unique=True)
    asks_one = models.BooleanField(default=False)
    is_anonymous = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """The questions as they were put; a changed survey is a further version, and answers stay with theirs."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"


class Invitation(models.Model):
    """One order's customer was asked. An anonymous survey's answers do not lead back here."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    version = models.ForeignKey(Version, models.PROTECT)
    order_id = models.CharField(max_length=200)
    customer_id = models.CharField(max_length=200)
    person_id = models.CharField(max_length=200, db_index=True)
    product_id = models.CharField(max_length=200, blank=True, db_index=True)
    product_name = models.TextField(blank=True)
    asked = models.JSONField()
    asked_on = models.DateField(db_index=True)
    expires_at = models.DateTimeField()
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "order_id"], name="asked_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.order_id}"


class Sheet(models.Model):
    """What one customer filled in. ``key`` is the invitation's, or a random one that leads to nobody."""

    key = models.CharField(max_length=60, unique=True)
    version = models.ForeignKey(Version, models.PROTECT)
    customer_id = models.CharField(max_length=200, blank=True)
    order_id = models.CharField(max_length=200, blank=True)
    product_id = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5)
    finished = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.key


class Answer(models.Model):
    """One answer to one question; ``number`` counts the times the question was answered on this sheet."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    choices = models.JSONField(default=list)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    at = models.DateTimeField()
    import_run = models.ForeignKey(ImportRun, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "question", "number"], name="one_answer_per_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(import_run=None), name="answers_not_yet_facts"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.question}"
