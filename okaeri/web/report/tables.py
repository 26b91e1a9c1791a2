"""The measured tables a page is made from, and the shop they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from okaeri.schema.rules import DEFAULT_RULES, Rules

Row = dict[str, Any]


@dataclass(frozen=True)
class FactState:
    """How a fact table stands: rows, newest entry, share of filled cells by column."""

    name: str
    rows: int | None
    newest: datetime | date | None = None
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """The shop a page is about: ``as_of`` is the day its tables are measured from, ``currency`` an ISO 4217 code."""

    name: str
    as_of: date
    currency: str = "JPY"
    rules: Rules = DEFAULT_RULES
    facts: tuple[FactState, ...] = ()


class Tables:
    """Measured tables by name, read as plain rows."""

    def __init__(self, tables: Mapping[str, pa.Table]):
        self._tables = tables

    def __getitem__(self, name: str) -> pa.Table:
        return self._tables[name]

    def rows(self, name: str, **equal: object) -> list[Row]:
        """Rows of ``name`` whose columns have the values named, in the table's order."""
        table = self._tables[name]
        for column, value in equal.items():
            table = table.filter(pc.equal(table[column], value))
        return table.to_pylist()

    def row(self, name: str, **equal: object) -> Row | None:
        """The first such row, or None."""
        return next(iter(self.rows(name, **equal)), None)
