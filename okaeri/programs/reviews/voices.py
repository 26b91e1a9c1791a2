"""Reviews on their way to the facts: one voice each, its key the same however often it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from okaeri.programs.reviews.models import Review
from okaeri.records.chunks import chunks
from okaeri.records.models import ImportRun

NAME = "reviews"


def pending(limit: int) -> tuple[list[int], list[dict[str, Any]]]:
    """Up to ``limit`` reviews that are no facts yet, oldest first: their ids and their voices."""
    rows = list(Review.objects.filter(import_run=None).order_by("pk")[:limit])
    return [row.pk for row in rows], [_voice(row) for row in rows]


def taken(ids: Sequence[int], run: ImportRun) -> None:
    """These reviews are facts from ``run`` on. Inside a transaction."""
    for part in chunks(ids):
        Review.objects.filter(pk__in=part).update(import_run=run)


def _voice(review: Review) -> dict[str, Any]:
    return {
        "voice_id": f"review:{review.key}", "at": review.at, "customer_id": review.customer_id or None,
        "source": "review", "touchpoint": "use", "product_id": review.product_id or None,
        "order_id": review.order_id or None, "rating": (review.stars - 1) / 4, "text": review.text or None,
        "language": review.language,
    }  # fmt: skip
