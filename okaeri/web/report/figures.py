"""Numbers as people read them, in the language in force."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

NOTHING = "–"
MINUS = "−"


def _grouped(value: float, digits: int = 0) -> str:
    text = f"{abs(value):,.{digits}f}"
    is_zero = not any(letter in "123456789" for letter in text)
    return text if value >= 0 or is_zero else MINUS + text


def money(value: float | None, currency: str = "JPY") -> str:
    """Whole units of the currency: 1,234円, ¥1,234 or USD 1,234."""
    if value is None:
        return NOTHING
    amount = _grouped(value)
    if currency != "JPY":
        return f"{currency} {amount}"
    if get_language() == "ja":
        return f"{amount}円"
    return f"{MINUS}¥{amount[1:]}" if amount.startswith(MINUS) else f"¥{amount}"


def share(value: float | None, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage."""
    return NOTHING if value is None else f"{_grouped(value * 100, digits)}%"


def count(value: float | None, digits: int = 0) -> str:
    """A number with thousands separators."""
    return NOTHING if value is None else _grouped(value, digits)


def days(value: float | None) -> str:
    """A number of days with its unit."""
    if value is None:
        return NOTHING
    text = _grouped(value)
    return gettext("1 day") if text == "1" else gettext("{days} days").format(days=text)


def people(value: float | None) -> str:
    """A number of customers with its unit."""
    if value is None:
        return NOTHING
    text = _grouped(value)
    return gettext("1 person") if text == "1" else gettext("{people} people").format(people=text)


def day(value: date | datetime | None) -> str:
    """A calendar day."""
    return NOTHING if value is None else date_format(value, pgettext("date format", "j M Y"))


def figure(value: float | None, unit: str, currency: str = "JPY") -> str:
    """``value`` in the words of its ``unit``: share, money, days or a plain number."""
    writers = {"share": share, "days": days, "people": people}
    return money(value, currency) if unit == "money" else writers.get(unit, count)(value)


def interval(low: float | None, high: float | None, unit: str, currency: str = "JPY") -> str:
    """The two ends of an interval; nothing where one is missing."""
    if low is None or high is None:
        return NOTHING
    return f"{figure(low, unit, currency)} – {figure(high, unit, currency)}"
