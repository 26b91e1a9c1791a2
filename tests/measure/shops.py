"""Small shops for the tests of measures: facts from plain rows, and every measure over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.loop.measuring import build, in_order, inputs_of
from okaeri.loop.predictions import PREDICTIONS
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

    with TemporaryDirectory() as folder:
        tables = {name: _loaded(connection, name, facts.get(name, []), folder) for name in TABLES}
        order = in_order(wanted)
        for name in order:
            given = {key: tables[key].to_pyarrow() for key in inputs_of(name)} if name in PREDICTIONS else tables
            rows = build(name, given, as_of=as_of, rules=rules)
            tables[name] = connection.create_table(f"measured_{name}", rows, overwrite=True)
        return {name: _arrow(tables[name]) for name in order}


def _loaded(connection: ibis.BaseBackend, name: str, rows: object, folder: str) -> ir.Table:
    """A fact table in the engine; by a Parquet file, as the product does (Ibis hands Spark no empty decimals)."""
    path = Path(folder) / f"{name}.parquet"
    pq.write_table(fact_table(name, rows), path)
    return connection.create_table(name, connection.read_parquet(str(path)), overwrite=True)


def _arrow(table: ir.Table) -> pa.Table:
    """The rows, without maps where they come from Spark: Ibis cannot hand those over."""
    maps = [name for name, dtype in table.schema().items() if dtype.is_map()]
    return (table.drop(*maps) if table.get_backend().name == "pyspark" else table).to_pyarrow()
