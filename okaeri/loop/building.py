"""Calls a measure or prediction with the tables its parameters name; loads none of them by itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from okaeri.schema.rules import Rules

NOT_TABLES = ("as_of", "rules")


def asked_by(function: Callable[..., Any]) -> tuple[str, ...]:
    """The tables a measure or prediction asks for."""
    return tuple(name for name in inspect.signature(function).parameters if name not in NOT_TABLES)


def called(function: Callable[..., Any], tables: Mapping[str, Any], *, as_of: date, rules: Rules) -> Any:
    """The query of a measure over ``tables`` of the engine, or the rows of a prediction from Arrow tables."""
    offered = {"as_of": as_of, "rules": rules}
    settings = {key: value for key, value in offered.items() if key in inspect.signature(function).parameters}
    return function(*(tables[parent] for parent in asked_by(function)), **settings)
