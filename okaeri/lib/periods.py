"""Days and months as whole numbers, and half-open periods of them.

A *day number* counts days since 1970-01-01; a *month number* is ``year * 12 + month - 1``. Both sort, subtract and
join like the integers they are, in every SQL engine.
"""

from __future__ import annotations

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number; inverse of :func:`day_number`."""
    return EPOCH + timedelta(days=number)


def month_number(day: date) -> int:
    """``year * 12 + month - 1``: consecutive months differ by one."""
    return day.year * 12 + day.month - 1


def month_label(number: int) -> str:
    """``YYYY-MM`` of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(label: str) -> int:
    """The month number of ``YYYY-MM``; inverse of :func:`month_label`."""
    year, month = label.split("-")
    return int(year) * 12 + int(month) - 1


def month_start(number: int) -> date:
    """The first day of a month number."""
    return date(number // 12, number % 12 + 1, 1)
