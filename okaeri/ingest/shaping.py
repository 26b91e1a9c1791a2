"""Rows given the columns, order and types of a fact table."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from okaeri.ingest.targets import MAPS
from okaeri.schema.table import Table
from okaeri.schema.types import IBIS_TYPES


@ibis.udf.scalar.builtin(name="json_transform")
def _as_map(text: str, form: str) -> dt.Map(dt.string, dt.string):  # type: ignore[valid-type]
    """The object of a JSON text."""


@ibis.udf.scalar.builtin(name="json_valid")
def _is_json(text: str) -> bool:  # type: ignore[empty-body]
    """Whether the text is JSON."""


def conform(table: Table, rows: ir.Table) -> ir.Table:
    """``rows`` with the columns of ``table`` in its order and types, and ``row_no``; columns not there are empty."""
    found = {column.name: _typed(rows, column.name, IBIS_TYPES[column.type]) for column in table.columns}
    return rows.select(**found, row_no=rows.row_no)


def _typed(rows: ir.Table, name: str, kind: str) -> ir.Value:
    if name not in rows.columns:
        return ibis.null(kind)
    column = rows[name]
    if column.type() == ibis.dtype(kind):
        return column
    return column.try_cast(kind) if kind.startswith("decimal") else column.cast(kind)


def first_said(column: ir.Column, row_no: ir.IntegerColumn) -> ir.Scalar:
    """What the first row that says anything says."""
    return column.argmin(row_no, where=column.notnull())


def last_said(column: ir.Column, row_no: ir.IntegerColumn) -> ir.Scalar:
    """What the last row that says anything says."""
    return column.argmax(row_no, where=column.notnull())


def named_map(values: Mapping[str, ir.StringValue]) -> ir.MapValue:
    """Columns as one map from name to value; empty where every column is empty, as a name without value is left out."""
    names = ibis.array([value.notnull().ifelse(name, ibis.null("string")) for name, value in values.items()])
    present = names.filter(lambda name: name.notnull())
    said = ibis.array(list(values.values())).filter(lambda value: value.notnull())
    nothing = ibis.null("map<string, string>")
    return (present.length() > 0).ifelse(ibis.map(present, said), nothing)


def json_map(text: ir.StringValue) -> ir.MapValue:
    """The map a JSON object in a cell stands for; null where the text is none."""
    is_object = _is_json(text) & text.startswith("{")
    whole = is_object.ifelse(text, ibis.null("string"))
    return _as_map(whole, '"MAP(VARCHAR, VARCHAR)"')


def map_columns(table: Table, columns: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
    """``columns`` with those of names like ``attributes.rank`` gathered into the table's map column."""
    into = MAPS.get(table.name)
    if into is None:
        return dict(columns)
    start = f"{into}."
    plain = {name: value for name, value in columns.items() if not name.startswith(start)}
    parts = {name.removeprefix(start): value for name, value in columns.items() if name.startswith(start)}
    return plain | ({into: named_map(parts)} if parts else {})
