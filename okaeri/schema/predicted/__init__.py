"""The predicted tables: small, made by models from what the measures reduced."""

from __future__ import annotations

from okaeri.schema.predicted import emotion, feelings, friction, leaving, personas, products, value
from okaeri.schema.table import Table

PREDICTED: dict[str, Table] = {
    table.name: table
    for room in (value, leaving, products, personas, feelings, emotion, friction)
    for table in room.TABLES
}
