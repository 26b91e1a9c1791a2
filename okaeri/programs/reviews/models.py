"""Reviews as tables of the database. What was written is never changed; what was decided about it is added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from okaeri.records.models import ImportRun


class Reward(models.Model):
    """What everybody gets who writes a review in this time, whatever it says: fixed before the first is asked."""

    text_ja = models.TextField()
    text_en = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text_ja


class Request(models.Model):
    """One order's customer was asked for a review of its main product."""

    order_id = models.CharField(max_length=200, unique=True)
    customer_id = models.CharField(max_length=200)
    person_id = models.CharField(max_length=200, db_index=True)
    product_id = models.CharField(max_length=200)
    product_name = models.TextField(blank=True)
    asked_on = models.DateField(db_index=True)
    expires_at = models.DateTimeField()
    reward = models.ForeignKey(Reward, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "product_id"], name="asked_once_per_product"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.product_id}"


class Review(models.Model):
    """What one customer wrote about one product. ``given`` tells in words what was given for it, where not a reward."""

    key = models.CharField(max_length=80, unique=True)
    origin = models.CharField(max_length=50)
    customer_id = models.CharField(max_length=200, blank=True)
    order_id = models.CharField(max_length=200, blank=True)
    product_id = models.CharField(max_length=200, db_index=True)
    product_name = models.TextField(blank=True)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    author = models.CharField(max_length=40, blank=True)
    photo = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5)
    at = models.DateTimeField()
    reward = models.ForeignKey(Reward, models.PROTECT, null=True, blank=True)
    given = models.TextField(blank=True)
    import_run = models.ForeignKey(ImportRun, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="one_to_five_stars"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(import_run=None), name="reviews_not_yet_facts"),
        ]

    def __str__(self) -> str:
        return self.key


class Decision(models.Model):
    """Words and photo of a review were taken from sight, or put back. Its stars stay where they are."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    hides = models.BooleanField()
    reason = models.CharField(max_length=20, blank=True)
    passage = models.TextField(blank=True)
    actor = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.review} {self.reason}"


class Reply(models.Model):
    """What the shop answered; the newest is shown."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="replies")
    text = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.review} {self.at}"


class Vote(models.Model):
    """A visitor found a review helpful. ``visitor`` is a keyed digest that differs from review to review."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="votes")
    visitor = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "visitor"], name="one_vote_per_visitor")]

    def __str__(self) -> str:
        return f"{self.review} {self.visitor}"
