"""Small shops for the tests of measures: facts from plain rows, and every measure over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from okaeri.loop.measuring import measure
from okaeri.measure import MEASURES
from okaeri.schema.facts import FACTS, links
from okaeri.schema.rules import DEFAULT_RULES, Rules
from okaeri.schema.types import ibis_schema

TABLES = {**FACTS, "links": links}


def fact_table(name: str, rows: Iterable[Mapping[str, object]] | pa.Table) -> pa.Table:
    """Rows (columns left out are empty) as an Arrow table of the fact's schema."""
    schema = ibis.schema(ibis_schema(TABLES[name])).to_pyarrow()
    if isinstance(rows, pa.Table):
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
    facts: Mapping[str, object],
    as_of: date,
    *,
    rules: Rules = DEFAULT_RULES,
    wanted: Iterable[str] = tuple(MEASURES),
    connection: ibis.BaseBackend | None = None,
) -> dict[str, pa.Table]:
    """``wanted`` measured tables of a shop with these facts; facts left out are empty. DuckDB unless told otherwise."""
    connection = connection or ibis.duckdb.connect(threads=1)
    tables = {}
    for name in TABLES:
        tables[name] = connection.create_table(name, fact_table(name, facts.get(name, [])), overwrite=True)

    def keep(name: str, rows: ir.Table) -> ir.Table:
        return connection.create_table(f"measured_{name}", rows, overwrite=True)

    done = measure(tables, as_of=as_of, rules=rules, keep=keep, wanted=wanted)
    return {name: table.to_pyarrow() for name, table in done}
