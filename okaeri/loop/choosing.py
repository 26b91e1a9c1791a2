"""Rules over people answered: for each person of the published tables, whether they fit.

Nothing anybody wrote ever becomes part of a query: columns are looked up by names the schema knows, values compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache, reduce
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from okaeri.lib.periods import day_number
from okaeri.loop.columns import column, place_in
from okaeri.loop.published import Published
from okaeri.schema.facts import EVENT_KINDS
from okaeri.schema.people import people
from okaeri.schema.segments import BOUGHT, RUN_OUT, All, Any, Compare, Did, Not, Rule

#: One truth per person, in the order of the published people.
Fits = npt.NDArray[np.bool_]


def fits(laid: Published, rule: Rule) -> Fits:
    """Who fits ``rule``; not to be changed, as it is kept for the next who asks."""
    match rule:
        case All(parts):
            return reduce(np.logical_and, (fits(laid, part) for part in parts), np.ones(count(laid), bool))
        case Any(parts):
            return reduce(np.logical_or, (fits(laid, part) for part in parts), np.zeros(count(laid), bool))
        case Not(part):
            return ~fits(laid, part)
        case Compare():
            return _compared(laid, rule)
        case Did():
            return _counted(laid, rule)


def count(laid: Published) -> int:
    """How many people there are."""
    return len(column(laid.place("people"), "customer_id"))


def place_of(laid: Published, customer_id: str) -> int | None:
    """The place of one person among them; None where nobody is called so."""
    return place_in(column(laid.place("people"), "customer_id"), customer_id)


@lru_cache(maxsize=64)
def _compared(laid: Published, rule: Compare) -> Fits:
    values = column(laid.place("people"), people[rule.column].name)
    if rule.op == "empty":
        found = values.is_null() if rule.value else values.is_valid()
    elif pa.types.is_dictionary(values.type):
        # Compare each different text once, then look up what it said for each person.
        said = _said(values.dictionary, rule, laid.as_of).fill_null(False)
        found = said.take(values.indices) if len(said) else pa.array(np.zeros(len(values), bool))
    else:
        found = _said(values, rule, laid.as_of)
    return _frozen(found.fill_null(False).to_numpy(zero_copy_only=False))


def _said(values: pa.Array, rule: Compare, as_of: date) -> pa.Array:
    """What the comparison says of each value; empty where the value is."""
    match rule.op, rule.value:
        case "is", tuple(wanted):
            kind = pa.float64() if pa.types.is_integer(values.type) else values.type
            return pc.is_in(values.cast(kind), value_set=pa.array(wanted, type=kind))
        case "contains", text:
            return pc.match_substring(values, text)
        case "at_least" | "since", least:
            return pc.greater_equal(values, pa.scalar(least))
        case "below" | "before", most:
            return pc.less(values, pa.scalar(most))
        case "last_days", int(days):
            return _between(values, as_of - timedelta(days=min(days, (as_of - date.min).days)), as_of)
        case "next_days", int(days):
            return _between(values, as_of, as_of + timedelta(days=min(days, (date.max - as_of).days)))
    raise ValueError(rule)


def _between(values: pa.Array, first: date, end: date) -> pa.Array:
    return pc.and_(pc.greater_equal(values, pa.scalar(first)), pc.less(values, pa.scalar(end)))


@lru_cache(maxsize=64)
def _counted(laid: Published, rule: Did) -> Fits:
    """Who did it often enough; with ``below`` all others, among them those who never did."""
    place = laid.place(_table_of(rule.did))
    who, day = (column(place, name).to_numpy() for name in ("person_no", "day"))
    wanted = [*(held(place, name, code) for name, code in _asked_of(rule)), *_within(laid, rule, who, day)]
    times = np.bincount(who[reduce(np.logical_and, wanted)] if wanted else who, minlength=count(laid))
    return _frozen(times >= rule.times if rule.op == "at_least" else times < rule.times)


def _within(laid: Published, rule: Did, who: npt.NDArray[np.int32], day: npt.NDArray[np.int32]) -> Iterator[Fits]:
    """Which rows are of the days the rule counts."""
    if rule.days is not None:
        yield day >= day_number(laid.as_of) - rule.days
    if rule.since is not None:
        yield day >= day_number(rule.since)
    if rule.before is not None:
        yield day < day_number(rule.before)
    if rule.first_days is not None:
        age = day - _first_order_days(laid)[who]
        yield (age >= 0) & (age < rule.first_days)


@lru_cache(maxsize=4)
def _first_order_days(laid: Published) -> npt.NDArray[np.int32]:
    """Day number of each person's first order; of those without one a day that never comes."""
    days = column(laid.place("people"), "first_order_on").cast(pa.int32())
    return np.asarray(days.fill_null(np.iinfo(np.int32).max // 2).to_numpy(zero_copy_only=False))


def _asked_of(rule: Did) -> list[tuple[str, object]]:
    """What the cells of a counted row hold."""
    asked: list[tuple[str, object]] = []
    if rule.did == BOUGHT and rule.product is None:
        asked.append(("is_order" if rule.category is None else "is_category", True))
    if rule.did != BOUGHT:
        asked.append(("did", rule.did))
    named = (("product_id", rule.product), ("category", rule.category))
    return asked + [(name, code) for name, code in named if code is not None]


def held(place: Path, name: str, wanted: object) -> Fits:
    """Which rows hold ``wanted``."""
    values = column(place, name)
    if not pa.types.is_dictionary(values.type):
        held: Fits = (
            pc.equal(values, pa.scalar(wanted, type=values.type)).fill_null(False).to_numpy(zero_copy_only=False)
        )
        return held
    code = values.dictionary.index(wanted).as_py()
    return np.asarray(values.indices.fill_null(-1).to_numpy(zero_copy_only=False) == (code if code >= 0 else -2))


def _table_of(did: str) -> str:
    if did == BOUGHT:
        return BOUGHT
    return "acted" if did == RUN_OUT or did in EVENT_KINDS else "spoke"


def _frozen(found: Fits) -> Fits:
    found.flags.writeable = False
    return found
