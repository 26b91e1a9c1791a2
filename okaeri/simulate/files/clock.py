"""Days and seconds of a plan as the text shops write."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


class Clock:
    """Text of days since ``start``; days are worked out once."""

    def __init__(self, start: date):
        self.start = start
        self.day = lru_cache(maxsize=None)(self._day)

    def _day(self, day: int) -> str:
        return (self.start + timedelta(days=day)).isoformat()

    def at(self, seconds: int) -> str:
        """``2025-04-01 09:30:00`` of seconds since the start."""
        day, second = divmod(seconds, 86_400)
        return f"{self.day(day)} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"

    def iso(self, seconds: int) -> str:
        """``2025-04-01T09:30:00+09:00``."""
        return f"{self.at(seconds)}+09:00".replace(" ", "T", 1)
