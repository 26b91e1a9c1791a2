"""When a review is asked for, what may be given for it, and what may be taken from sight: pure rules."""

from __future__ import annotations

from datetime import date

from okaeri.schema.errors import RuleRefused

#: Why words or a photo may be taken from sight. How the product is judged is not among the reasons, nor can it become one.
REASONS = ("personal_data", "abuse", "off_topic", "illegal")
#: The passage named where it is the photo.
PHOTO = "photo"

#: Days after delivery on which a review is asked for where nothing tells how long the product lasts.
USUAL_DAYS = 14
FEWEST_DAYS, MOST_DAYS = 5, 60
#: Re-orders from which the time customers take is believed rather than the catalogue.
ENOUGH_REORDERS = 10


def days_to_ask(median_days: float | None, reorders: int, stated_days: float | None) -> int:
    """Days after delivery when half of the product is used up: known well, and not yet forgotten.

    The time comes from re-orders where there are enough, else from the catalogue.
    """
    lasts = median_days if median_days is not None and reorders >= ENOUGH_REORDERS else stated_days
    return USUAL_DAYS if not lasts else min(max(round(lasts / 2), FEWEST_DAYS), MOST_DAYS)


def check_reward(starts_on: date, ends_on: date, today: date, others: list[tuple[date, date]]) -> None:
    """One reward for all who are asked at a time, told before it begins; raises RuleRefused otherwise."""
    if starts_on < today:
        raise RuleRefused("A reward is fixed before it begins; {day} is past", day=starts_on.isoformat())
    if ends_on < starts_on:
        raise RuleRefused("A reward ends after it begins")
    if any(starts_on <= other_end and other_start <= ends_on for other_start, other_end in others):
        raise RuleRefused("Another reward is in force in this time; all who write get the same")


def check_hiding(reason: str, passage: str, text: str, *, has_photo: bool) -> None:
    """A reason of the list, and the passage it is about; raises RuleRefused otherwise.

    Stars alone name nobody, insult nobody and break no law: without words or photo there is nothing to hide.
    """
    if reason not in REASONS:
        raise RuleRefused("A review is hidden for one of these reasons only: {reasons}", reasons=", ".join(REASONS))
    if passage == PHOTO and has_photo:
        return
    if not passage.strip() or passage.strip() not in text:
        raise RuleRefused("Quote the passage of the review that is the reason, word for word")
