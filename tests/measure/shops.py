"""Small shops for the tests of measures: facts from plain rows, and every measure over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from okaeri.loop.measuring import TABLES as COMPUTED
from okaeri.loop.measuring import build, in_order, inputs_of
from okaeri.loop.predictions import PREDICTIONS
from okaeri.measure import MEASURES
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.rules import DEFAULT_RULES, Rules
from okaeri.schema.types import ibis_schema
from tests.measure.compiled import query, written

TABLES = {**FACTS, **EXPORTED}


def fact_table(name: str, rows: Iterable[Mapping[str, object]] | pa.Table) -> pa.Table:
    """Rows (columns left out are empty) as an Arrow table of the fact's schema."""
    schema = ibis.schema(ibis_schema(TABLES[name])).to_pyarrow()
    if isinstance(rows, pa.Table):
        for field in schema:
            if field.name not in rows.column_names:
                rows = rows.append_column(field, pa.nulls(len(rows), field.type))
        return rows.select(schema.names).cast(schema)
    return pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema=schema)


def order(customer: str, day: str, total: float, number: str, **more: object) -> dict[str, object]:
    """One paid order of the own store, taxes and postage nil, at noon of ``day``."""
    at = datetime.fromisoformat(day).replace(hour=3, tzinfo=UTC)
    return {
        "order_id": number, "customer_id": customer, "ordered_at": at, "order_date": date.fromisoformat(day),
        "order_month": day[:7], "status": "paid", "store": "own", "subtotal": Decimal(str(total)), **more,
    }  # fmt: skip


def line(number: str, line_no: int, product: str, quantity: int, price: float, day: str, **more: object):
    """One line of goods."""
    return {
        "order_id": number, "line_no": line_no, "order_month": day[:7], "product_id": product, "kind": "goods",
        "quantity": quantity, "unit_price": Decimal(str(price)), **more,
    }  # fmt: skip


def measured(
    facts: Mapping[str, object], as_of: date, *, rules: Rules = DEFAULT_RULES, wanted: Iterable[str] = tuple(MEASURES)
) -> dict[str, pa.Table]:
    """``wanted`` and every table they stand on, of a shop with these facts (those left out are empty), sorted by key.

    By DuckDB with one thread. Each query is written once per process for an ``as_of`` and ``rules``.
    """
    engine, order = ibis.duckdb.connect(threads=1), in_order(wanted)
    for name in TABLES.keys() & {parent for asked in order for parent in inputs_of(asked)}:
        _keep(engine, name, fact_table(name, facts.get(name, [])))
    done: dict[str, pa.Table] = {}
    for name in order:
        if name in PREDICTIONS:
            _keep(engine, name, build(name, {key: done[key] for key in inputs_of(name)}, as_of=as_of, rules=rules))
        else:
            engine.con.execute(f'create table "{name}" as {_query(engine, name, as_of, rules)}')
        rows = engine.con.execute(f'from "{name}"').to_arrow_table()
        done[name] = rows.sort_by([(column, "ascending") for column in COMPUTED[name].key])
    engine.disconnect()
    return done


def _query(engine: Backend, name: str, as_of: date, rules: Rules) -> str:
    asked = query(name, as_of, rules)
    if asked is None:
        parents = {parent: engine.table(parent) for parent in inputs_of(name)}
        asked = written(build(name, parents, as_of=as_of, rules=rules))
    return asked


def _keep(engine: Backend, name: str, rows: pa.Table) -> None:
    engine.con.register("rows_to_keep", rows)
    engine.con.execute(f'create table "{name}" as from rows_to_keep')
    engine.con.unregister("rows_to_keep")
