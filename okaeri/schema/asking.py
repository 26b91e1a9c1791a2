"""Whom a program may ask something, as the loop finds them among the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Candidate:
    """An order whose customer might be asked about its main product."""

    order_id: str
    customer_id: str
    person_id: str
    product_id: str
    product_name: str
    event_on: date

    def is_due(self, today: date, days: int, catch_up_days: int) -> bool:
        """Whether ``days`` after the event have come, and did so at most ``catch_up_days`` ago."""
        return 0 <= (today - self.event_on).days - days <= catch_up_days
