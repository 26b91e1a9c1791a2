"""The language in which a group of customers is chosen: plain JSON, checked here, and the same for page, API and act.

A rule is one of::

    {"all": [rule, ...]}   {"any": [rule, ...]}   {"not": rule}
    {"column": "order_count", "op": "at_least", "value": 3}
    {"did": "bought", "product": "SK-01", "op": "at_least", "times": 2, "days": 90}
    {"did": "click", "since": "2026-03-01", "before": "2026-04-01"}
    {"did": "review", "first_days": 60}

An empty cell fits no comparison but ``empty``; ``not`` turns whatever a rule says, so that it fits empty cells too.
Days count back from the day the tables are measured from, which itself is not among them. A count may instead be of the
days from ``since`` to the day before ``before`` (either alone is enough), or of the customer's ``first_days``, from the
day of the first order on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import EVENT_KINDS, VOICE_SOURCES
from okaeri.schema.people import people
from okaeri.schema.table import Column

VERSION = 1
MOST_PARTS, DEEPEST, MOST_VALUES, LONGEST_TEXT = 60, 8, 200, 200
MOST_TIMES, MOST_DAYS, LARGEST = 1_000, 36_500, 1e15
BOUGHT = "bought"
#: What may be counted: orders, what was done, what was said.
DEEDS = (BOUGHT, *EVENT_KINDS, *VOICE_SOURCES)
#: Comparisons by type of column; ``empty`` besides, where a column may be.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "string": ("is", "contains"),
    "int64": ("is", "at_least", "below"),
    "float64": ("at_least", "below"),
    "date": ("since", "before", "last_days", "next_days"),
    "boolean": ("is",),
}
COUNTING = ("at_least", "below")
#: What says of which days a count is.
WINDOWS = ("days", "since", "before", "first_days")


@dataclass(frozen=True)
class All:
    """Who fits every part; with no part, everybody."""

    parts: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Any:
    """Who fits at least one part; with no part, nobody."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    """Who does not fit."""

    part: Rule


@dataclass(frozen=True)
class Compare:
    """Whose ``column`` compares with ``value`` as ``op`` says; ``is`` has a tuple of values."""

    column: str
    op: str
    value: object


@dataclass(frozen=True)
class Did:
    """Who did ``did`` at least, or below, so many ``times`` in the last ``days``, or from ``since`` to the day before
    ``before``, or within the ``first_days`` after the first order; ever where all are None.

    ``product`` or ``category`` narrow it; orders are counted once however many such goods are in them.
    """

    did: str
    op: str
    times: int
    days: int | None = None
    product: str | None = None
    category: str | None = None
    since: date | None = None
    before: date | None = None
    first_days: int | None = None


Rule = All | Any | Not | Compare | Did
EVERYBODY = All()


def told(rule: Rule) -> dict[str, object]:
    """The rule as plain JSON values; :func:`parse` reads them back."""
    match rule:
        case All(parts):
            return {"all": [told(part) for part in parts]}
        case Any(parts):
            return {"any": [told(part) for part in parts]}
        case Not(part):
            return {"not": told(part)}
        case Compare(column, op, value):
            kept = list(value) if isinstance(value, tuple) else value
            return {"column": column, "op": op, "value": _plain(kept)}
        case Did():
            given = {name: getattr(rule, name) for name in (*WINDOWS, "product", "category")}
            counted: dict[str, object] = {"did": rule.did, "op": rule.op, "times": rule.times}
            return counted | {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def written(rule: Rule) -> str:
    """The rule as short JSON text, the same for the same rule."""
    return json.dumps(told(rule), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Rule:
    """The rule of JSON text; raises RuleRefused naming the part that is wrong."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleRefused("The rule is no JSON text") from error
    return parse(given)


def parse(given: object) -> Rule:
    """The rule of plain JSON values; raises RuleRefused naming the part that is wrong, as 2.1 for first of second."""
    rule = _parsed(given, ())
    if sum(1 for _ in parts_of(rule)) > MOST_PARTS:
        raise RuleRefused("A rule has {most} parts at most", most=MOST_PARTS)
    return rule


def parts_of(rule: Rule) -> Iterator[Rule]:
    """The rule and every part of it, outside in."""
    yield rule
    inner = rule.parts if isinstance(rule, All | Any) else (rule.part,) if isinstance(rule, Not) else ()
    for part in inner:
        yield from parts_of(part)


def both(*rules: Rule) -> Rule:
    """Who fits all of ``rules``, written as flat as it can be."""
    parts = [part for rule in rules for part in (rule.parts if isinstance(rule, All) else (rule,))]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


Place = tuple[int, ...]


def _parsed(given: object, place: Place) -> Rule:
    if len(place) > DEEPEST:
        raise RuleRefused("Groups stand {deepest} deep within each other at most", deepest=DEEPEST)
    if not isinstance(given, dict):
        raise RuleRefused("Part {part}: a rule is an object with all, any, not, column or did", part=_part(place))
    for name, reader in _READERS.items():
        if name in given:
            extra = sorted(set(given) - _NAMES[name])
            if extra:
                raise RuleRefused("Part {part}: {name} has no meaning here", part=_part(place), name=str(extra[0])[:40])
            return reader(given, place)
    raise RuleRefused("Part {part}: a rule is an object with all, any, not, column or did", part=_part(place))


def _part(place: Place) -> str:
    return ".".join(str(number + 1) for number in place) or "1"


def _listed(given: object, place: Place) -> tuple[Rule, ...]:
    if not isinstance(given, list):
        raise RuleRefused("Part {part}: a group is a list of rules", part=_part(place))
    if len(given) > MOST_PARTS:
        raise RuleRefused("A rule has {most} parts at most", most=MOST_PARTS)
    return tuple(_parsed(part, (*place, number)) for number, part in enumerate(given))


def _compare(given: Mapping[str, object], place: Place) -> Rule:
    name, op, value = given["column"], given.get("op"), given.get("value")
    if not isinstance(name, str) or name not in people.column_names:
        raise RuleRefused("Part {part}: there is no column {name}", part=_part(place), name=str(name)[:40])
    column = people[name]
    if op == "empty" and column.nullable:
        if not isinstance(value, bool):
            raise RuleRefused("Part {part}: {name}: empty or not?", part=_part(place), name=name)
        return Compare(name, op, value)
    if not isinstance(op, str) or op not in OPERATORS[column.type]:
        raise RuleRefused(
            "Part {part}: {name} cannot be compared by {op}", part=_part(place), name=name, op=str(op)[:40]
        )
    return Compare(name, op, _VALUES.get(op, _number)(value, column, place))


def _several(value: object, column: Column, place: Place) -> tuple[object, ...]:
    values = value if isinstance(value, list) else [value]
    if not 0 < len(values) <= MOST_VALUES:
        raise RuleRefused(
            "Part {part}: {name}: choose at least one value, and {most} at most",
            part=_part(place),
            name=column.name,
            most=MOST_VALUES,
        )
    reader = {"string": _text, "boolean": _truth}.get(column.type, _number)
    return tuple(reader(one, column, place) for one in values)


def _text(value: object, column: Column, place: Place) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or "\x00" in value or not _storable(value):
        raise RuleRefused(
            "Part {part}: {name} is compared with a text of 1 to {most} letters",
            part=_part(place),
            name=column.name,
            most=LONGEST_TEXT,
        )
    return value


def _storable(text: str) -> bool:
    """Whether the text can be written as UTF-8; JSON may hold halves of letters, which cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _truth(value: object, column: Column, place: Place) -> bool:
    if not isinstance(value, bool):
        raise RuleRefused("Part {part}: {name} is yes or no", part=_part(place), name=column.name)
    return value


def _number(value: object, column: Column, place: Place) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == math.inf:
        raise RuleRefused("Part {part}: {name} is compared with a number", part=_part(place), name=column.name)
    if abs(value) > LARGEST:
        raise RuleRefused("Part {part}: {name}: this number is too large", part=_part(place), name=column.name)
    return value


def _day(value: object, column: Column, place: Place) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise RuleRefused(
            "Part {part}: {name} is compared with a day, as 2026-04-01", part=_part(place), name=column.name
        ) from error


def _days(value: object, column: Column, place: Place) -> int:
    if not _is_whole(value, MOST_DAYS):
        raise RuleRefused("Part {part}: days are a whole number from 1 to {most}", part=_part(place), most=MOST_DAYS)
    return int(str(value))


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _did(given: Mapping[str, object], place: Place) -> Rule:
    did, op = given["did"], given.get("op", "at_least")
    if not isinstance(did, str) or did not in DEEDS:
        raise RuleRefused("Part {part}: there is nothing to count called {name}", part=_part(place), name=str(did)[:40])
    if not isinstance(op, str) or op not in COUNTING:
        raise RuleRefused("Part {part}: a count is at_least or below", part=_part(place))
    about = {name: given.get(name) for name in ("product", "category")}
    if None not in about.values():
        raise RuleRefused("Part {part}: choose a product or a category, not both", part=_part(place))
    for name, code in about.items():
        if code is not None:
            _text(code, Column(name, "string", ""), place)
    times = given.get("times", 1)
    if not _is_whole(times, MOST_TIMES):
        raise RuleRefused("Part {part}: times is a whole number from 1 to {most}", part=_part(place), most=MOST_TIMES)
    return Did(did, op, int(str(times)), **about, **_window(given, place))  # type: ignore[arg-type]


def _window(given: Mapping[str, object], place: Place) -> dict[str, object]:
    """The days a count is of, checked."""
    column = Column("day", "date", "")
    readers = {"days": _days, "since": _day, "before": _day, "first_days": _days}
    told = {name: readers[name](given[name], column, place) for name in WINDOWS if given.get(name) is not None}
    if len(told.keys() - {"since"} if "before" in told else told) > 1:
        raise RuleRefused("Part {part}: count the last days, days between two dates, or the first days: one of them",
                          part=_part(place))  # fmt: skip
    if "since" in told and "before" in told and told["since"] >= told["before"]:  # type: ignore[operator]
        raise RuleRefused("Part {part}: the first day comes after the last", part=_part(place))
    return told


_READERS: Mapping[str, Callable[[Mapping[str, object], Place], Rule]] = {
    "all": lambda given, place: All(_listed(given["all"], place)),
    "any": lambda given, place: Any(_listed(given["any"], place)),
    "not": lambda given, place: Not(_parsed(given["not"], (*place, 0))),
    "column": _compare,
    "did": _did,
}
_NAMES = {
    "all": {"all"}, "any": {"any"}, "not": {"not"}, "column": {"column", "op", "value"},
    "did": {"did", "op", "times", *WINDOWS, "product", "category"},
}  # fmt: skip
_VALUES: Mapping[str, Callable[[object, Column, Place], object]] = {
    "is": _several, "contains": _text, "since": _day, "before": _day, "last_days": _days, "next_days": _days,
}  # fmt: skip
