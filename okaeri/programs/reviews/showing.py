"""Reviews as they are shown: newest first, none left out, with what was given for them beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count
from django.utils.safestring import mark_safe

from okaeri.lib.personal import scrubbed_text
from okaeri.programs.reviews import actions
from okaeri.programs.reviews.models import Reply, Review, Vote

PAGE = 20


@dataclass(frozen=True)
class Shown:
    """One review as a page shows it. ``given`` says what its writer got; ``hidden_for`` why its words are not here."""

    review: Review
    author: str
    text: str
    photo: str
    given: str
    hidden_for: str
    reply: str
    votes: int

    @property
    def stars(self) -> str:
        return "★" * self.review.stars + "☆" * (5 - self.review.stars)


@dataclass(frozen=True)
class Rating:
    """All reviews of a product in two figures; hidden words still count with their stars."""

    mean: float
    count: int

    def structured(self, product_id: str, name: str) -> dict[str, Any]:
        """schema.org's AggregateRating of the product, as JSON-LD values."""
        return {
            "@context": "https://schema.org", "@type": "Product", "sku": product_id, "name": name or product_id,
            "aggregateRating": {
                "@type": "AggregateRating", "ratingValue": round(self.mean, 2), "reviewCount": self.count,
                "bestRating": 5, "worstRating": 1,
            },
        }  # fmt: skip


def embedded(told: dict[str, Any]) -> str:
    """JSON for a script element: nothing in it can end the element or begin another."""
    text = json.dumps(told, ensure_ascii=False)
    return mark_safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def rating(product_id: str) -> Rating | None:
    """The product's rating; None before the first review."""
    found = Review.objects.filter(product_id=product_id).aggregate(mean=Avg("stars"), count=Count("pk"))
    return Rating(float(found["mean"]), found["count"]) if found["count"] else None


def name_of(product_id: str) -> str:
    """The product's name as the reviews know it."""
    named = Review.objects.filter(product_id=product_id).exclude(product_name="").order_by("-pk")
    return named.values_list("product_name", flat=True).first() or ""


def page_of(product_id: str, number: int, language: str) -> tuple[list[Shown], bool]:
    """Page ``number`` (from 1) of a product's reviews, newest first, and whether there is another."""
    start = (number - 1) * PAGE
    rows = Review.objects.filter(product_id=product_id).select_related("reward").order_by("-at", "-pk")
    found = list(rows[start : start + PAGE + 1])
    return shown(found[:PAGE], language), len(found) > PAGE


def shown(reviews: Sequence[Review], language: str) -> list[Shown]:
    """These reviews with all that stands beside them."""
    numbers = [review.pk for review in reviews]
    gone = actions.hidden(numbers)
    replies = dict(Reply.objects.filter(review_id__in=numbers).order_by("pk").values_list("review_id", "text"))
    counted = Vote.objects.filter(review_id__in=numbers).values("review_id").annotate(count=Count("pk"))
    votes = {row["review_id"]: row["count"] for row in counted}
    return [
        _one(review, language, gone.get(review.pk, ""), replies.get(review.pk, ""), votes.get(review.pk, 0))
        for review in reviews
    ]


def _one(review: Review, language: str, hidden_for: str, reply: str, votes: int) -> Shown:
    is_seen = not hidden_for
    return Shown(
        review=review,
        author=scrubbed_text(review.author) if is_seen else "",
        text=scrubbed_text(review.text) if is_seen else "",
        photo=review.photo if is_seen else "",
        given=given(review, language),
        hidden_for=hidden_for,
        reply=reply,
        votes=votes,
    )


def given(review: Review, language: str) -> str:
    """What the writer got for the review, in words; empty where nothing."""
    if review.reward is not None:
        return review.reward.text_ja if language == "ja" else review.reward.text_en
    return review.given


def is_public(photo: str) -> bool:
    """Whether a photo of this name is of a review whose photo is not hidden."""
    numbers = list(Review.objects.filter(photo=photo).values_list("pk", flat=True))
    return bool(numbers) and len(actions.hidden(numbers)) < len(numbers)
