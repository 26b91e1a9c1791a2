"""Who is asked, when, and which question: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

EVENTS = ("ordered", "delivered")


def is_due(event_on: date, today: date, days: int, catch_up_days: int) -> bool:
    """Whether ``days`` after the event have come, and did so at most ``catch_up_days`` ago."""
    return 0 <= (today - event_on).days - days <= catch_up_days


def is_left_alone(last_asked_on: date | None, today: date, quiet_days: int) -> bool:
    """Whether this person was asked anything within the last ``quiet_days``."""
    return last_asked_on is not None and (today - last_asked_on).days < quiet_days


def is_to_be_reminded(
    asked_on: date, reminded_on: date | None, today: date, reminder_days: int, *, is_finished: bool
) -> bool:
    """Once, ``reminder_days`` after being asked, and only those who have not finished."""
    return not is_finished and reminded_on is None and (today - asked_on).days >= reminder_days


def next_of_stream(questions: Sequence[str], asked: Collection[str]) -> str:
    """The question of a stream put least often so far; of several, the first."""
    counts = [list(asked).count(question) for question in questions]
    return questions[counts.index(min(counts))]
