"""What programs have sent becomes facts: all that waits in one step, by the same translation and checks as files.

Batches are kept by the records until one transaction shows their rows and marks them as taken. A process that dies in
between leaves them waiting, and the next one takes them again under the same keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from okaeri.ingest.cells import together
from okaeri.ingest.checks import Checked, check
from okaeri.ingest.parsed import Context, Parsed, RawFile
from okaeri.ingest.sources import plain
from okaeri.ingest.values import prepare
from okaeri.lib.personal import scrubbed_text
from okaeri.loop import snapshots
from okaeri.loop.facts import COMPLETED
from okaeri.loop.importing import commit, scratch
from okaeri.loop.workspace import Workspace, sole_writer
from okaeri.records import received
from okaeri.records.models import ImportRun, Received
from okaeri.schema import posted
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Column
from okaeri.schema.types import IBIS_TYPES

NAME = "HTTP API"
#: Rows taken in one go, so that memory stays bounded.
LIMIT = 100_000

#: What people write as they like, beside the words of voices, which are scrubbed on the way.
FREE_WORDS = ("detail",)
_READ: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "decimal": Decimal,
}


@dataclass
class Waiting:
    """Rows of one kind by key, each as the latest batches tell it, and where it stood last (batch, place from 0)."""

    kind: str
    rows: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    places: dict[tuple[Any, ...], tuple[int, int]] = field(default_factory=dict)

    def add(self, row: dict[str, Any], place: tuple[int, int]) -> None:
        """A later row replaces an earlier one of its key, or completes it where the facts do so too."""
        table = FACTS[posted.KINDS[self.kind]]
        key = tuple(row[name] for name in table.key)
        held = self.rows.get(key, {}) if table.name in COMPLETED else {}
        self.rows[key] = {**held, **row}
        self.places[key] = place


def take_received(workspace: Workspace) -> int:
    """Make facts of what programs have sent since the last time; returns how many batches. Records must be in use."""
    done = 0
    if not received.waiting(1):
        return done
    with sole_writer(workspace):
        while batches := received.waiting(LIMIT):
            _take(workspace, batches)
            done += len(batches)
    return done


def _take(workspace: Workspace, batches: Sequence[Received]) -> None:
    started, kinds = snapshots.now(), _by_kind(batches)
    with scratch(workspace) as (connection, _):
        prepare(connection)
        context = Context(workspace.settings.shop.timezone, workspace.secret)
        checks = {kind: _checked(connection, waiting, context) for kind, waiting in kinds.items()}
        rejected = _rejected(kinds, checks)
        whole = _together(checks.values())
        run = ImportRun(
            file_name=f"{NAME} {batches[0].receipt}", sha256=batches[0].sha256, source=NAME, store=posted.OWN,
            started_at=started, read_count=sum(batch.row_count for batch in batches),
            rejected_count=sum(len(told) for told in rejected.values()), counts=whole.counts,
        )  # fmt: skip
        commit(workspace, connection, whole, run, actor=NAME, also=partial(received.taken, batches, run, rejected))


def _by_kind(batches: Iterable[Received]) -> dict[str, Waiting]:
    kinds: dict[str, Waiting] = {}
    for batch in batches:
        waiting = kinds.setdefault(batch.kind, Waiting(batch.kind))
        for place, row in enumerate(json.loads(batch.body)):
            told = {name: value for name, value in row.items() if value is not None}
            waiting.add(_with_stores(told), (batch.pk, place))
    return kinds


def _with_stores(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: posted.full_id(name, row[name]) for name in posted.STORE_IDS if name in row}


def _checked(connection: Backend, waiting: Waiting, context: Context) -> Checked:
    """The rows of one kind, translated and checked as those of a file; row numbers count from 0 as the rows do."""
    rows = list(enumerate(waiting.rows.values()))
    raw = _raw(connection, posted.columns_of(waiting.kind), rows)
    parsed = plain.parse(FACTS[posted.KINDS[waiting.kind]], raw, context)
    if waiting.kind == "orders" and (lines := list(_lines(rows))):
        columns = (*FACTS["order_lines"].columns[:1], *posted.line_columns(), FACTS["orders"]["ordered_at"])
        more = plain.parse(FACTS["order_lines"], _raw(connection, columns, lines), context)
        parsed = Parsed({**parsed.facts, **more.facts}, together([parsed.problems, more.problems]), parsed.persons)
    return check(parsed, raw)


def _lines(orders: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, order in orders:
        for place, line in enumerate(order.get(posted.LINES) or ()):
            own = {"line_no": place + 1, **{name: value for name, value in line.items() if value is not None}}
            yield number, {**own, "order_id": order["order_id"], "ordered_at": order["ordered_at"]}


def _raw(connection: Backend, columns: Sequence[Column], rows: Sequence[tuple[int, dict[str, Any]]]) -> RawFile:
    """The rows as a file of typed columns; a column none of them tells is left out."""
    told = [column for column in columns if any(column.name in row for _, row in rows)]
    cells = {"row_no": [number for number, _ in rows]} | {
        f"c{place}": [_value(column, row.get(column.name)) for _, row in rows] for place, column in enumerate(told)
    }
    types = {"row_no": "int64"} | {f"c{place}": _type(column) for place, column in enumerate(told)}
    table = pa.table(cells, schema=ibis.schema(types).to_pyarrow())
    return RawFile(
        NAME, tuple(column.name for column in told), connection.create_table(ibis.util.gen_name("in"), table)
    )


def _type(column: Column) -> str:
    return "string" if column in posted.PERSONAL else IBIS_TYPES[column.type]


def _value(column: Column, value: Any) -> Any:
    if value is None or column in posted.PERSONAL:
        return value
    if column.name in FREE_WORDS:
        return scrubbed_text(value)
    if column.type == "map":
        return {name: scrubbed_text(text) for name, text in value.items()}
    return _READ[column.type](value) if column.type in _READ else value


def _together(checks: Iterable[Checked]) -> Checked:
    """All kinds as one file."""
    checks = list(checks)
    facts = {name: rows for checked in checks for name, rows in checked.facts.items()}
    persons = next((checked.persons for checked in checks if checked.persons is not None), None)
    return Checked(facts, persons, together([checked.rejected for checked in checks]), 0)


def _rejected(kinds: Mapping[str, Waiting], checks: Mapping[str, Checked]) -> dict[int, list[dict[str, Any]]]:
    """What was left out, by batch: the row's place from 0, the column and the reason, never what stood there."""
    told: dict[int, list[dict[str, Any]]] = {}
    for kind, checked in checks.items():
        places = list(kinds[kind].places.values())
        for problem in checked.rejected.to_pyarrow().to_pylist():
            batch, place = places[problem["row_no"]]
            told.setdefault(batch, []).append({"row": place, "column": problem["column"], "reason": problem["reason"]})
    return told
