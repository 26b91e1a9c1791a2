"""What every file must satisfy before a row of it becomes a fact, whatever the source.

A row that fails is left out with its whole order: half an order would be a wrong order. Nothing here looks at a vendor's
words; the rules follow from the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir

from okaeri.ingest import reasons
from okaeri.ingest.cells import Fault, fault_list, problems_of, together
from okaeri.ingest.parsed import PROBLEM_COLUMNS, Parsed, RawFile
from okaeri.schema.facts import FACTS
from okaeri.schema.table import Column, Table

FIRST_YEAR, LAST_YEAR = 1990, 2100
#: What no id may hold: ids stand in addresses, and an address has one line.
CONTROL = r"[\p{Cc}\p{Zl}\p{Zp}]"
#: Rows a preview shows of each table.
SHOWN_ROWS = 20
#: Tables whose customers keep their person.
WITH_CUSTOMERS = ("orders", "customers", "events", "voices")


@dataclass(frozen=True)
class Checked:
    """A file after the checks: what may become fact, and what may not.

    ``facts`` have exactly the columns of their schema. ``rejected`` has ``row_no``, ``column``, ``reason`` and
    ``value``, one row per problem, in the file's order.
    """

    facts: Mapping[str, ir.Table]
    persons: ir.Table | None
    rejected: ir.Table
    read_rows: int

    @cached_property
    def counts(self) -> dict[str, int]:
        """Accepted rows per table."""
        return {name: int(rows.count().to_pyarrow().as_py()) for name, rows in self.facts.items()}

    @cached_property
    def rejected_rows(self) -> int:
        """Rows of the file left out."""
        return int(self.rejected.row_no.nunique().to_pyarrow().as_py())

    @property
    def share_rejected(self) -> float:
        """Rows left out among all rows of the file, in 0 to 1."""
        return self.rejected_rows / self.read_rows if self.read_rows else 0.0

    def preview(self) -> dict[str, list[dict[str, object]]]:
        """The first rows of each table, as an import would take them."""
        return {
            name: rows.order_by(list(FACTS[name].key)).limit(SHOWN_ROWS).to_pyarrow().to_pylist()
            for name, rows in self.facts.items()
        }


def check(parsed: Parsed, raw: RawFile) -> Checked:
    """Sort ``parsed`` rows of ``raw`` into facts and problems; changes nothing anywhere."""
    read_rows = _count(raw.rows) + (_count(raw.torn) if raw.torn is not None else 0)
    found = together(_problems(parsed, raw)).distinct().cache()
    repeated = {name: _repeated(FACTS[name], rows) for name, rows in parsed.facts.items()}
    conflicts = [conflict for conflict, _ in filter(None, repeated.values())]
    if not conflicts and not _count(found):
        return Checked(_plain(parsed.facts), parsed.persons, found, read_rows)
    found = together([found, *conflicts]).distinct().cache()
    bad_orders = _bad_orders(parsed, found)
    copies = {name: pair[1] for name, pair in repeated.items() if pair}
    accepted = {name: _accepted(name, rows, found, bad_orders, copies) for name, rows in parsed.facts.items()}
    rejected = together([found, *_dragged_along(parsed, found, bad_orders)]).distinct().order_by("row_no", "column")
    return Checked(_plain(accepted), _known_persons(parsed, accepted), rejected.cache(), read_rows)


def _count(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())


def _plain(facts: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    return {name: rows.select(*FACTS[name].column_names) for name, rows in facts.items()}


def _problems(parsed: Parsed, raw: RawFile) -> Iterator[ir.Table]:
    """Everything wrong with single rows; what a source has already reported of a row is not reported again."""
    understood = parsed.problems.select(*PROBLEM_COLUMNS)
    yield understood
    if raw.torn is not None:
        yield raw.torn.select(*PROBLEM_COLUMNS)
    for name, rows in parsed.facts.items():
        faults = list(_faults(FACTS[name], rows))
        flagged = rows.select("row_no", faults=fault_list(faults))
        yield problems_of(flagged).anti_join(understood, "row_no")
    if "orders" in parsed.facts and "order_lines" in parsed.facts:
        yield _lost_lines(parsed.facts["order_lines"], parsed.facts["orders"])


def _faults(table: Table, rows: ir.Table) -> Iterator[Fault]:
    for column in table.columns:
        cell = rows[column.name]
        for reason, failed in _rules(column, cell):
            text = ibis.null("string") if column.type == "map" else cell.cast("string")
            yield Fault(column.name, reason, text, failed)


def _rules(column: Column, cell: ir.Value) -> Iterator[tuple[str, ir.BooleanValue]]:
    """Each reason with the condition, never null, under which ``cell`` is refused."""
    if not column.nullable:
        yield reasons.MISSING, cell.isnull()
    if column.is_id:
        yield reasons.CONTROL_CHARACTER, cell.re_search(CONTROL).fill_null(False)
    if column.choices:
        yield reasons.NOT_A_CHOICE, cell.notnull() & cell.notin(column.choices).fill_null(False)
    if column.type in ("date", "timestamp"):
        year = cell.year()
        yield reasons.OUT_OF_RANGE, ((year < FIRST_YEAR) | (year >= LAST_YEAR)).fill_null(False)


def _lost_lines(lines: ir.Table, orders: ir.Table) -> ir.Table:
    lost = lines.filter(lines.order_id.notnull()).anti_join(orders, "order_id")
    return _told(lost, "order_id", reasons.NO_ORDER, lost.order_id)


def _told(rows: ir.Table, column: str, reason: str, value: ir.StringValue) -> ir.Table:
    return rows.select(
        "row_no", column=ibis.literal(column), reason=ibis.literal(reason), value=value.cast("string")
    ).cast({"row_no": "int64"})


def _repeated(table: Table, rows: ir.Table) -> tuple[ir.Table, ir.Table] | None:
    """Rows whose key stands more than once: those in conflict as problems, and of equal ones all but the first.

    None where every key stands once, as nearly always.
    """
    keys = list(table.key)
    whole = rows.filter(*(rows[key].notnull() for key in keys))
    many = whole.group_by(keys).agg(times=whole.count()).filter(lambda counted: counted.times > 1)
    again = whole.semi_join(many, keys).cache()
    if not _count(again):
        return None
    contents = [name for name in table.column_names if table[name].type != "map"]
    versions = again.select(*contents).distinct().group_by(keys).agg(versions=lambda kept: kept.count())
    conflict = again.semi_join(versions.filter(versions.versions > 1), keys)
    key_text = ibis.literal(" ").join([conflict[key].cast("string") for key in keys])
    first = again.group_by(keys).agg(row_no=again.row_no.min())
    copies = again.anti_join(first, [*keys, "row_no"]).select("row_no")
    return _told(conflict, keys[-1], reasons.REPEATED_KEY, key_text), copies


def _bad_orders(parsed: Parsed, found: ir.Table) -> ir.Table:
    """The orders that have a row with a problem."""
    owned = [
        parsed.facts[name].select("row_no", "order_id") for name in ("orders", "order_lines") if name in parsed.facts
    ]
    if parsed.owners is not None:
        owned.append(parsed.owners.select("row_no", "order_id"))
    if not owned:
        return ibis.memtable([{"order_id": None}], schema=ibis.schema({"order_id": "string"}))
    rows = together(owned)
    return (
        rows.semi_join(found, "row_no").filter(lambda bad: bad.order_id.notnull()).select("order_id").distinct().cache()
    )


def _accepted(
    name: str, rows: ir.Table, found: ir.Table, bad_orders: ir.Table, copies: Mapping[str, ir.Table]
) -> ir.Table:
    kept = rows.anti_join(found, "row_no")
    if name in ("orders", "order_lines"):
        kept = kept.anti_join(bad_orders, "order_id")
    return kept.anti_join(copies[name], "row_no") if name in copies else kept


def _dragged_along(parsed: Parsed, found: ir.Table, bad_orders: ir.Table) -> Iterator[ir.Table]:
    """Good rows left out because their order has a bad one."""
    for name in ("orders", "order_lines"):
        if name in parsed.facts:
            rows = parsed.facts[name].semi_join(bad_orders, "order_id").anti_join(found, "row_no")
            yield _told(rows, "order_id", reasons.SAME_ORDER, rows.order_id)


def _known_persons(parsed: Parsed, accepted: Mapping[str, ir.Table]) -> ir.Table | None:
    """Persons of customers that are left; a file of persons alone keeps all."""
    seen = [accepted[name].select("customer_id") for name in WITH_CUSTOMERS if name in accepted]
    if parsed.persons is None or not seen:
        return parsed.persons
    return parsed.persons.semi_join(together(seen), "customer_id")
