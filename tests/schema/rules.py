"""Rules over customers at random, valid by the schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from okaeri.schema.people import people
from okaeri.schema.segments import DEEDS, All, Any, Compare, Did, Not

TEXTS = st.sampled_from(["dormant", "first", "A", "own", "東京都", "x' OR 1=1 --", "SB-01", "%", "a.b", "own:1"])
NUMBERS = st.integers(-3, 12)
AMOUNTS = st.floats(-10, 10_000, allow_nan=False).map(lambda value: round(value, 2))
DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 1))
SPANS = st.integers(1, 400)
PRODUCTS, CATEGORIES = ("P1", "P2", "P3"), ("C1", "C2")


def _tuples(values):
    return st.lists(values, min_size=1, max_size=3).map(tuple)


def _compare(column):
    by_op = {
        "string": {"is": _tuples(TEXTS), "contains": TEXTS},
        "int64": {"is": _tuples(NUMBERS), "at_least": NUMBERS, "below": NUMBERS},
        "float64": {"at_least": AMOUNTS, "below": AMOUNTS},
        "date": {"since": DAYS, "before": DAYS, "last_days": SPANS, "next_days": SPANS},
        "boolean": {"is": _tuples(st.booleans())},
    }[column.type] | ({"empty": st.booleans()} if column.nullable else {})
    return st.sampled_from(sorted(by_op)).flatmap(
        lambda op: by_op[op].map(lambda value: Compare(column.name, op, value))
    )


def _windows():
    """Days counted: ever, the last, from, until, between two, or the first of the customer."""
    between = st.lists(DAYS, min_size=2, max_size=2, unique=True).map(sorted)
    return st.one_of(
        st.just({}), SPANS.map(lambda days: {"days": days}), SPANS.map(lambda days: {"first_days": days}),
        DAYS.map(lambda day: {"since": day}), DAYS.map(lambda day: {"before": day}),
        between.map(lambda days: {"since": days[0], "before": days[1]}),
    )  # fmt: skip


def leaves():
    """One comparison, or one count of deeds."""
    goods = st.one_of(
        st.tuples(st.none() | st.sampled_from(PRODUCTS), st.none()), st.tuples(st.none(), st.sampled_from(CATEGORIES))
    )
    did = st.builds(
        lambda did, op, times, window, goods: Did(did, op, times, product=goods[0], category=goods[1], **window),
        st.sampled_from(DEEDS), st.sampled_from(["at_least", "below"]), st.integers(1, 4), _windows(), goods,
    )  # fmt: skip
    bought = did.map(lambda rule: replace(rule, did="bought"))
    return st.one_of(st.sampled_from(people.columns).flatmap(_compare), did, bought)


def rules():
    """Rules of a few parts."""
    groups = lambda parts: st.one_of(  # noqa: E731
        st.lists(parts, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, max_size=3).map(lambda found: Any(tuple(found))), parts.map(Not),
    )  # fmt: skip
    return st.recursive(leaves(), groups, max_leaves=6)
