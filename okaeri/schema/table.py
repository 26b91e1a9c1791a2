"""How a table is described: its grain, key, columns, types and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: string, int64, float64, boolean, date, timestamp (UTC), decimal (18, 2), map (string to string)
Type = Literal["string", "int64", "float64", "boolean", "date", "timestamp", "decimal", "map"]


@dataclass(frozen=True)
class Column:
    """One column. ``unit`` is empty for names and labels; ``choices`` lists the only values allowed, where closed."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    nullable: bool = True
    choices: tuple[str, ...] = ()

    @property
    def is_id(self) -> bool:
        """Whether its values name something, and may stand in an address."""
        return self.name.endswith("_id") or self.name == "store"


@dataclass(frozen=True)
class Table:
    """One table: ``grain`` says in words what a row is; ``key`` names the columns no two rows share.

    ``partition`` names the column by which files are split (facts only).
    """

    name: str
    meaning: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition: str | None = None

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
