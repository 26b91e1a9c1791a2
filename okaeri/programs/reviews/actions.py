"""What can be done with reviews. Each verb is one transaction and may be repeated without harm."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from okaeri.programs.reviews import rules
from okaeri.programs.reviews.models import Decision, Reply, Request, Review, Reward, Vote
from okaeri.records.chunks import CHUNK, chunks
from okaeri.records.database import atomic
from okaeri.records.models import AuditEntry
from okaeri.schema.asking import Candidate
from okaeri.schema.errors import RuleRefused


@dataclass(frozen=True)
class Written:
    """What a customer gives: stars from 1 to 5, words, the name to be shown, and the name of a photo kept."""

    stars: int
    text: str = ""
    author: str = ""
    photo: str = ""


def offer(text_ja: str, text_en: str, starts_on: date, ends_on: date, today: date, at: datetime, actor: str) -> Reward:
    """Promise a reward to all who are asked in a time; raises RuleRefused where it is not the same for all."""
    with atomic():
        same = Reward.objects.filter(text_ja=text_ja, text_en=text_en, starts_on=starts_on, ends_on=ends_on).first()
        if same is not None:
            return same
        rules.check_reward(starts_on, ends_on, today, list(Reward.objects.values_list("starts_on", "ends_on")))
        _noted(at, actor, "review reward", {"text": text_ja, "from": str(starts_on), "until": str(ends_on)})
        return Reward.objects.create(text_ja=text_ja, text_en=text_en, starts_on=starts_on, ends_on=ends_on, made_at=at)


def ask(candidates: Iterable[Candidate], today: date, expires_at: datetime) -> list[Request]:
    """Ask for reviews; returns the requests made today, those of an earlier call included.

    Nobody is asked twice about a product. Who is asked does not depend on anything they said before.
    """
    with atomic():
        reward = Reward.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
        made: dict[tuple[str, str], Request] = {}
        for chunk in chunks(list(candidates)):
            for one in _not_asked(chunk):
                made.setdefault((one.person_id, one.product_id), Request(
                    order_id=one.order_id, customer_id=one.customer_id, person_id=one.person_id,
                    product_id=one.product_id, product_name=one.product_name, asked_on=today, expires_at=expires_at,
                    reward=reward,
                ))  # fmt: skip
        Request.objects.bulk_create(list(made.values()), batch_size=CHUNK, ignore_conflicts=True)
        return list(Request.objects.filter(asked_on=today).order_by("pk"))


def _not_asked(candidates: Sequence[Candidate]) -> list[Candidate]:
    orders, persons = [one.order_id for one in candidates], [one.person_id for one in candidates]
    held = Request.objects.filter(Q(order_id__in=orders) | Q(person_id__in=persons))
    known = list(held.values_list("order_id", "person_id", "product_id"))
    known_orders, known_pairs = {row[0] for row in known}, {(row[1], row[2]) for row in known}
    return [
        one for one in candidates
        if one.order_id not in known_orders and (one.person_id, one.product_id) not in known_pairs
    ]  # fmt: skip


def write(request: Request, told: Written, language: str, at: datetime) -> Review:
    """Keep a review, once per request; what is sent after it changes nothing. Shown from this moment on."""
    with atomic():
        return Review.objects.get_or_create(
            key=review_key(request),
            defaults={
                "origin": "own", "customer_id": request.customer_id, "order_id": request.order_id,
                "product_id": request.product_id, "product_name": request.product_name, "stars": told.stars,
                "text": told.text, "author": told.author, "photo": told.photo, "language": language, "at": at,
                "reward_id": request.reward_id,
            },
        )[0]  # fmt: skip


def review_key(request: Request) -> str:
    """The key of the review a request leads to."""
    return f"r{request.pk}"


def bring(rows: Sequence[Mapping[str, Any]]) -> int:
    """Take reviews written elsewhere, each once; returns how many are new."""
    with atomic():
        before = Review.objects.count()
        for chunk in chunks(rows):
            Review.objects.bulk_create([Review(**row) for row in chunk], ignore_conflicts=True)
        return Review.objects.count() - before


def review(number: int) -> Review:
    """The review of a number; raises RuleRefused where there is none."""
    found = Review.objects.filter(pk=number).first()
    if found is None:
        raise RuleRefused("There is no review {number}", number=number)
    return found


def hide(number: int, reason: str, passage: str, at: datetime, actor: str) -> None:
    """Take a review's words and photo from sight; its stars stay. Raises RuleRefused without a reason of the list."""
    with atomic():
        found = review(number)
        rules.check_hiding(reason, passage, found.text, has_photo=bool(found.photo))
        if hidden([number]).get(number) == reason:
            return
        Decision.objects.create(review=found, hides=True, reason=reason, passage=passage, actor=actor, at=at)
        _noted(at, actor, "hide review", {"review": number, "stars": found.stars, "reason": reason, "passage": passage})


def restore(number: int, at: datetime, actor: str) -> None:
    """Put a hidden review's words and photo back."""
    with atomic():
        if number in hidden([review(number).pk]):
            Decision.objects.create(review_id=number, hides=False, actor=actor, at=at)
            _noted(at, actor, "restore review", {"review": number})


def hidden(numbers: Collection[int]) -> dict[int, str]:
    """Of these reviews the hidden ones, with the reason."""
    newest: dict[int, Decision] = {}
    for decision in Decision.objects.filter(review_id__in=numbers).order_by("pk"):
        newest[decision.review_id] = decision
    return {number: decision.reason for number, decision in newest.items() if decision.hides}


def reply(number: int, text: str, at: datetime, actor: str) -> None:
    """Answer a review in the shop's name; the newest answer is shown."""
    with atomic():
        found = review(number)
        newest = found.replies.order_by("-pk").first()
        if newest is None or newest.text != text:
            Reply.objects.create(review=found, text=text, actor=actor, at=at)
            _noted(at, actor, "answer review", {"review": number})


def vote(number: int, visitor: str, secret: str, at: datetime) -> None:
    """A visitor finds a review helpful; again changes nothing. Who it was cannot be read from what is kept."""
    digest = hmac.new(secret.encode(), f"vote {number} {visitor}".encode(), hashlib.sha256).hexdigest()[:32]
    with atomic():
        Vote.objects.get_or_create(review=review(number), visitor=digest, defaults={"at": at})


def state() -> list[dict[str, Any]]:
    """By stars: how many reviews there are, and how many of them have their words hidden."""
    numbers = list(Review.objects.values_list("pk", "stars"))
    gone = set(hidden([number for number, _ in numbers])) if Decision.objects.exists() else set()
    return [
        {
            "stars": stars,
            "reviews": sum(each == stars for _, each in numbers),
            "hidden": sum(each == stars and number in gone for number, each in numbers),
        }
        for stars in (5, 4, 3, 2, 1)
    ]


def _noted(at: datetime, actor: str, action: str, detail: dict[str, Any]) -> None:
    AuditEntry.objects.create(at=at, actor=actor, action=action, detail=detail)
