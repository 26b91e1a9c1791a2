"""The measured tables, in the order in which they can be computed."""

from __future__ import annotations

from okaeri.schema.measured import belt, groups, history, products, prospects, segments, value
from okaeri.schema.table import Table

MEASURED: dict[str, Table] = {
    table.name: table
    for module in (history, value, segments, groups, belt, products, prospects)
    for table in module.TABLES
}
