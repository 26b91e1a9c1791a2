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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from okaeri.schema.errors import RuleRefused
from okaeri.schema.facts import EVENT_KINDS, VOICE_SOURCES
from okaeri.schema.people import people
from okaeri.schema.segment_values import (
    Place,
    day,
    days,
    is_whole,
    number,
    part_name,
    several,
    text_of,
)
from okaeri.schema.table import Column

VERSION = 1
MOST_PARTS, DEEPEST, MOST_TIMES = 60, 8, 1_000
BOUGHT, RUN_OUT = "bought", "run_out"
#: What may be counted: orders, goods expected to be used up, what was done, what was said.
DEEDS = (BOUGHT, RUN_OUT, *EVENT_KINDS, *VOICE_SOURCES)
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


def _parsed(given: object, place: Place) -> Rule:
    if len(place) > DEEPEST:
        raise RuleRefused("Groups stand {deepest} deep within each other at most", deepest=DEEPEST)
    if not isinstance(given, dict):
        raise RuleRefused("Part {part}: a rule is an object with all, any, not, column or did", part=part_name(place))
    for name, reader in _READERS.items():
        if name in given:
            extra = sorted(set(given) - _NAMES[name])
            if extra:
                raise RuleRefused(
                    "Part {part}: {name} has no meaning here", part=part_name(place), name=str(extra[0])[:40]
                )
            return reader(given, place)
    raise RuleRefused("Part {part}: a rule is an object with all, any, not, column or did", part=part_name(place))


def _listed(given: object, place: Place) -> tuple[Rule, ...]:
    if not isinstance(given, list):
        raise RuleRefused("Part {part}: a group is a list of rules", part=part_name(place))
    if len(given) > MOST_PARTS:
        raise RuleRefused("A rule has {most} parts at most", most=MOST_PARTS)
    return tuple(_parsed(part, (*place, number)) for number, part in enumerate(given))


def _compare(given: Mapping[str, object], place: Place) -> Rule:
    name, op, value = given["column"], given.get("op"), given.get("value")
    if not isinstance(name, str) or name not in people.column_names:
        raise RuleRefused("Part {part}: there is no column {name}", part=part_name(place), name=str(name)[:40])
    column = people[name]
    if op == "empty" and column.nullable:
        if not isinstance(value, bool):
            raise RuleRefused("Part {part}: {name}: empty or not?", part=part_name(place), name=name)
        return Compare(name, op, value)
    if not isinstance(op, str) or op not in OPERATORS[column.type]:
        raise RuleRefused(
            "Part {part}: {name} cannot be compared by {op}", part=part_name(place), name=name, op=str(op)[:40]
        )
    return Compare(name, op, _VALUES.get(op, number)(value, column, place))


def _did(given: Mapping[str, object], place: Place) -> Rule:
    did, op = given["did"], given.get("op", "at_least")
    if not isinstance(did, str) or did not in DEEDS:
        raise RuleRefused(
            "Part {part}: there is nothing to count called {name}", part=part_name(place), name=str(did)[:40]
        )
    if not isinstance(op, str) or op not in COUNTING:
        raise RuleRefused("Part {part}: a count is at_least or below", part=part_name(place))
    about = {name: given.get(name) for name in ("product", "category")}
    if None not in about.values():
        raise RuleRefused("Part {part}: choose a product or a category, not both", part=part_name(place))
    for name, code in about.items():
        if code is not None:
            text_of(code, Column(name, "string", ""), place)
    times = given.get("times", 1)
    if not is_whole(times, MOST_TIMES):
        raise RuleRefused(
            "Part {part}: times is a whole number from 1 to {most}", part=part_name(place), most=MOST_TIMES
        )
    return Did(did, op, int(str(times)), **about, **_window(given, place))  # type: ignore[arg-type]


def _window(given: Mapping[str, object], place: Place) -> dict[str, object]:
    """The days a count is of, checked."""
    column = Column("day", "date", "")
    readers = {"days": days, "since": day, "before": day, "first_days": days}
    told = {name: readers[name](given[name], column, place) for name in WINDOWS if given.get(name) is not None}
    if len(told.keys() - {"since"} if "before" in told else told) > 1:
        raise RuleRefused("Part {part}: count the last days, days between two dates, or the first days: one of them",
                          part=part_name(place))  # fmt: skip
    if "since" in told and "before" in told and told["since"] >= told["before"]:  # type: ignore[operator]
        raise RuleRefused("Part {part}: the first day comes after the last", part=part_name(place))
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
    "is": several, "contains": text_of, "since": day, "before": day, "last_days": days, "next_days": days,
}  # fmt: skip
