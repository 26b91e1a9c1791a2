"""The values a rule over customers compares with, each checked by its type; what is wrong is said with its part."""

from __future__ import annotations

import math
from datetime import date

from okaeri.schema.errors import RuleRefused
from okaeri.schema.table import Column

MOST_VALUES, LONGEST_TEXT = 200, 200
MOST_DAYS, LARGEST = 36_500, 1e15
#: Where a part stands in its rule: the place in each group around it, from 0.
Place = tuple[int, ...]


def part_name(place: Place) -> str:
    """The part as people are told of it, from 1."""
    return ".".join(str(number + 1) for number in place) or "1"


def several(value: object, column: Column, place: Place) -> tuple[object, ...]:
    """One value or more, each of the column's type."""
    values = value if isinstance(value, list) else [value]
    if not 0 < len(values) <= MOST_VALUES:
        raise RuleRefused(
            "Part {part}: {name}: choose at least one value, and {most} at most",
            part=part_name(place),
            name=column.name,
            most=MOST_VALUES,
        )
    reader = {"string": text_of, "boolean": truth}.get(column.type, number)
    return tuple(reader(one, column, place) for one in values)


def text_of(value: object, column: Column, place: Place) -> str:
    """A text that can be kept."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or "\x00" in value or not _storable(value):
        raise RuleRefused(
            "Part {part}: {name} is compared with a text of 1 to {most} letters",
            part=part_name(place),
            name=column.name,
            most=LONGEST_TEXT,
        )
    return value


def _storable(text: str) -> bool:
    """Whether the text can be written as UTF-8; JSON may hold halves of letters, which cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def truth(value: object, column: Column, place: Place) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise RuleRefused("Part {part}: {name} is yes or no", part=part_name(place), name=column.name)
    return value


def number(value: object, column: Column, place: Place) -> float | int:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == math.inf:
        raise RuleRefused("Part {part}: {name} is compared with a number", part=part_name(place), name=column.name)
    if abs(value) > LARGEST:
        raise RuleRefused("Part {part}: {name}: this number is too large", part=part_name(place), name=column.name)
    return value


def day(value: object, column: Column, place: Place) -> date:
    """A day, as 2026-04-01."""
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise RuleRefused(
            "Part {part}: {name} is compared with a day, as 2026-04-01", part=part_name(place), name=column.name
        ) from error


def days(value: object, column: Column, place: Place) -> int:
    """A whole number of days."""
    if not is_whole(value, MOST_DAYS):
        raise RuleRefused(
            "Part {part}: days are a whole number from 1 to {most}", part=part_name(place), most=MOST_DAYS
        )
    return int(str(value))


def is_whole(value: object, most: int) -> bool:
    """Whether it is a whole number from 1 to ``most``."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most
