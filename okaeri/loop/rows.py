"""Rows of a measured table a page at a time: chosen by conditions, each page from one refresh, in the order of the key;
those of a long table as they lie in its file, where the next page is found without looking through what came before."""

from __future__ import annotations

import base64
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from okaeri.lib.table_files import files_of
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.schema.computed import TABLES
from okaeri.schema.errors import RuleRefused
from okaeri.schema.table import Column, Table

MOST_ROWS, MOST_CONDITIONS = 1_000, 20
OPERATORS = {"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{16}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
_BIGGEST = 2**63
#: Rows of a table from which on its pages follow its file, and DuckDB's name of a row's place there.
LONG = 100_000
PLACE = "file_row_number"

#: Columns whose tables tell what customers said, and keys of which a row is about one person.
SAID = frozenset({"text", "words"})
OF_ONE = frozenset({"customer_id", "order_id", "voice_id", "signal_id", "number", "text_key"})


def permission_of(table: Table) -> str:
    """What reading the rows of a table needs: words are ``voices``, rows of single persons ``export_figures``."""
    if SAID & set(table.column_names):
        return "voices"
    return "export_figures" if OF_ONE & set(table.column_names) else "figures"


@dataclass(frozen=True)
class Page:
    """Some rows as plain JSON values; ``cursor`` asks for those after them, None where these are the last."""

    as_of: date
    rows: list[dict[str, Any]]
    cursor: str | None


def page_of(
    workspace: Workspace, latest: Published, name: str, *, where: Sequence[str], limit: int, cursor: str | None
) -> Page:
    """Up to ``limit`` rows of a table: of the ``latest`` refresh, or with a cursor of the one that was begun with.

    Each of ``where`` is ``column:operator:value``; all must hold. Raises RuleRefused for a column or value there is
    not, and where a cursor's refresh is no longer kept.
    """
    laid, last = _begun(workspace, latest, cursor)
    query = chosen(laid, name, where)
    query = replace(query, follows_file=len(query.files) == 1 and row_count(Path(query.files[0])) >= LONG)
    found = _found(query if last is None else query.beyond(last), limit + 1)
    shown = found[:limit]
    rows = [{column: plain(row[column]) for column in query.table.column_names} for row in shown]
    ends = [plain(shown[-1][name]) for name in query.order] if len(found) > limit else None
    return Page(laid.as_of, rows, _cursor(laid, ends) if ends is not None else None)


@dataclass(frozen=True)
class Chosen:
    """Rows of ``table`` in ``files`` for which all ``conditions`` hold; ``given`` are the values these compare with. In
    the order of the key, or of the one file."""

    table: Table
    files: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    given: tuple[Any, ...] = ()
    follows_file: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        """Columns by which rows are ordered, which no two have in common."""
        return (PLACE,) if self.follows_file else self.table.key

    def beyond(self, last: Sequence[Any]) -> Chosen:
        """Those of them that come after the row whose order is ``last``; raises RuleRefused where no row can have it."""
        told, more = _beyond(self.order, _last(self.table, self.order, last))
        return replace(self, conditions=(*self.conditions, told), given=(*self.given, *more))

    def told(self, *, in_order: bool = False) -> str:
        """The query, whose parameters are ``values``; in the order of the key or in any."""
        names, more = self.table.column_names, ""
        if self.follows_file:
            names, more = (*names, PLACE), f", {PLACE}=true"
        query = f"SELECT {_names(names)} FROM read_parquet(?, hive_partitioning=false{more})"
        query += f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"{query} ORDER BY {_names(self.order)}" if in_order else query

    @property
    def values(self) -> list[Any]:
        return [list(self.files), *self.given]


def chosen(laid: Published, name: str, where: Sequence[str]) -> Chosen:
    """The rows of a table that fit all conditions; raises RuleRefused for a column or value there is not."""
    conditions, given = _conditions(TABLES[name], where)
    return Chosen(TABLES[name], tuple(map(str, files_of(laid.path(name)))), tuple(conditions), tuple(given))


def running() -> duckdb.DuckDBPyConnection:
    """A cursor of this process's DuckDB, for one query; close it."""
    return _connection(os.getpid()).cursor()


def _found(query: Chosen, limit: int) -> list[dict[str, Any]]:
    with running() as cursor:
        found = cursor.execute(f"{query.told(in_order=True)} LIMIT {limit}", query.values)
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
        return rows


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(_named, columns))


@cache
def _connection(process: int) -> duckdb.DuckDBPyConnection:
    """DuckDB of this process; a forked one makes its own."""
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _named(column: str) -> str:
    return f'"{column}"'


def _conditions(table: Table, where: Iterable[str]) -> tuple[list[str], list[Any]]:
    read = [_condition(table, condition) for condition in where]
    return [told for told, _ in read], [value for _, value in read]


def _condition(table: Table, told: str) -> tuple[str, Any]:
    name, _, rest = told.partition(":")
    operator, _, text = rest.partition(":")
    if name not in table.column_names or operator not in OPERATORS:
        raise RuleRefused(
            "A condition is column:operator:value, with a column of {table} and eq, lt, le, gt or ge", table=table.name
        )
    return f"{_named(name)} {OPERATORS[operator]} ?", _value(table[name], text)


def _value(column: Column, text: str) -> Any:
    read = READERS.get(column.type)
    try:
        if read is None:
            raise ValueError
        return read(text)
    except (ValueError, OverflowError) as error:
        raise RuleRefused(
            "{column} is compared with a value of type {type}", column=column.name, type=column.type
        ) from error


def _whole(text: str) -> int:
    number = int(text) if re.fullmatch(r"-?\d{1,19}", text, re.ASCII) else _BIGGEST
    if not -_BIGGEST <= number < _BIGGEST:
        raise ValueError(text)
    return number


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def _plain_text(text: str) -> str:
    return text.encode("utf-8").decode()


READERS: dict[str, Callable[[str], Any]] = {
    "string": _plain_text, "int64": _whole, "float64": _number, "date": _day, "timestamp": _instant,
    "boolean": lambda text: {"true": True, "false": False}[text] if text in ("true", "false") else _number("nan"),
}  # fmt: skip


def _beyond(order: Sequence[str], after: Sequence[Any]) -> tuple[str, list[Any]]:
    """Rows that are greater: greater in one column, equal in those before it."""
    parts: list[str] = []
    values: list[Any] = []
    for place, name in enumerate(order):
        equal = [f"{_named(before)} = ?" for before in order[:place]]
        parts.append("(" + " AND ".join([*equal, f"{_named(name)} > ?"]) + ")")
        values += after[: place + 1]
    return "(" + " OR ".join(parts) + ")", values


def _last(table: Table, order: Sequence[str], last: Sequence[Any]) -> list[Any]:
    """The values of a cursor, as the columns of ``order`` hold them."""
    try:
        return [
            (_whole if name == PLACE else partial(_value, table[name]))(
                value if isinstance(value, str) else json.dumps(value)
            )
            for name, value in zip(order, last, strict=True)
        ]
    except (ValueError, RuleRefused) as error:
        raise _leads_nowhere() from error


def _leads_nowhere() -> RuleRefused:
    return RuleRefused("This cursor leads nowhere; begin with the first page")


def _cursor(laid: Published, last: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([laid.folder.name, laid.as_of.isoformat(), *last]).encode()).decode()


def _begun(workspace: Workspace, latest: Published, cursor: str | None) -> tuple[Published, list[Any] | None]:
    """The refresh a cursor goes on in and the row it goes on after; the latest from its beginning without one."""
    if cursor is None:
        return latest, None
    try:
        name, day, *last = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if not _FOLDER.fullmatch(name):
            raise ValueError(name)
        as_of = date.fromisoformat(day)
    except (ValueError, TypeError, RecursionError) as error:
        raise _leads_nowhere() from error
    laid = Published(workspace.measured / name, as_of, latest.facts)
    if not laid.is_whole:
        raise RuleRefused("The refresh of this cursor is no longer kept; begin with the first page")
    return laid, last


def row_count(path: Path) -> int:
    """Rows of a Parquet file, or of a folder of them."""
    return sum(pq.read_metadata(file).num_rows for file in files_of(path))


def plain(value: Any) -> Any:
    """A value as JSON has it: no infinities, instants in UTC with a Z."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, list) else value
