"""The column types as Ibis writes them."""

from __future__ import annotations

from okaeri.schema.table import Table

IBIS_TYPES = {
    "string": "string",
    "int64": "int64",
    "float64": "float64",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp('UTC')",
    "decimal": "decimal(18, 2)",
    "map": "map<string, string>",
}


def ibis_schema(table: Table) -> dict[str, str]:
    """Column name to Ibis type, in the table's order."""
    return {column.name: IBIS_TYPES[column.type] for column in table.columns}
