"""Runs measures in the order their parameters ask for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

import ibis.expr.types as ir

from okaeri.measure import MEASURES
from okaeri.schema.rules import Rules

NOT_TABLES = ("as_of", "rules")


def inputs_of(name: str) -> tuple[str, ...]:
    """The tables a measure asks for."""
    return tuple(p for p in inspect.signature(MEASURES[name]).parameters if p not in NOT_TABLES)


def in_order(wanted: Iterable[str]) -> list[str]:
    """``wanted`` and every measure they stand on, each after those it needs."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in MEASURES and name not in order:
            for parent in inputs_of(name):
                visit(parent)
            order.append(name)

    for name in wanted:
        visit(name)
    return order


def measure(
    facts: Mapping[str, ir.Table],
    *,
    as_of: date,
    rules: Rules,
    keep: Callable[[str, ir.Table], ir.Table],
    wanted: Iterable[str] = tuple(MEASURES),
) -> Iterator[tuple[str, ir.Table]]:
    """Compute ``wanted`` tables one by one.

    ``keep`` stores a result and gives it back as a table to read, so that what several measures need is computed once.
    """
    tables = dict(facts)
    for name in in_order(wanted):
        function = MEASURES[name]
        offered = {"as_of": as_of, "rules": rules}
        asked = inspect.signature(function).parameters
        settings = {key: value for key, value in offered.items() if key in asked}
        tables[name] = keep(name, function(*(tables[parent] for parent in inputs_of(name)), **settings))
        yield name, tables[name]
