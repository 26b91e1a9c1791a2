"""Who is asked, and which question: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

EVENTS = ("ordered", "delivered")


def is_left_alone(last_asked_on: date | None, today: date, quiet_days: int) -> bool:
    """Whether this person was asked anything within the last ``quiet_days``."""
    return last_asked_on is not None and (today - last_asked_on).days < quiet_days


def next_of_stream(questions: Sequence[str], asked: Collection[str]) -> str:
    """The question of a stream put least often so far; of several, the first."""
    counts = [list(asked).count(question) for question in questions]
    return questions[counts.index(min(counts))]
