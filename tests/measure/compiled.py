"""Every measure as SQL, compiled once and run over many shops: compiling takes far longer than a small shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from okaeri.loop.engine import as_typed
from okaeri.loop.measuring import COMPUTED, build, in_order
from okaeri.loop.measuring import TABLES as COMPUTED_TABLES
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.rules import DEFAULT_RULES, Rules
from okaeri.schema.types import ibis_schema
from tests.measure.shops import TABLES, fact_table


class CompiledMeasures:
    """All measures for one ``as_of`` and ``rules``, on DuckDB with one thread."""

    def __init__(self, as_of: date, rules: Rules = DEFAULT_RULES):
        self.connection = ibis.duckdb.connect(threads=1)
        self.queries: dict[str, str] = {}
        self.kept: list[ir.Table] = []
        self.schemas: dict[str, ibis.Schema] = {}
        tables = {name: self.connection.create_table(name, fact_table(name, [])) for name in TABLES}
        self.settings: dict[str, Any] = {"as_of": as_of, "rules": rules}
        self.order = in_order(COMPUTED)
        for name in self.order:
            tables[name] = self._keep(
                name, self._empty(name) if name in PREDICTED else build(name, tables, **self.settings)
            )

    def _empty(self, name: str) -> ir.Table:
        return self.connection.create_table(f"empty_{name}", schema=ibis.schema(ibis_schema(PREDICTED[name])))

    def _keep(self, name: str, rows: ir.Table) -> ir.Table:
        self.kept.append(rows)
        self.queries[name] = as_typed(str(self.connection.compile(rows)), rows.schema())
        table = self.connection.create_table(f"measured_{name}", rows)
        self.schemas[name] = table.schema()
        return table

    def run(self, facts: Mapping[str, object]) -> dict[str, pa.Table]:
        """Every measured table of a shop with these facts, sorted by its key."""
        for name in TABLES:
            self.connection.create_table(name, fact_table(name, facts.get(name, [])), overwrite=True)
        done: dict[str, pa.Table] = {}
        for name in self.order:
            if name in PREDICTED:
                rows = build(name, done, **self.settings)
                self.connection.create_table(f"measured_{name}", rows, overwrite=True)
            else:
                self.connection.raw_sql(f'create or replace table "measured_{name}" as {self.queries[name]}')
                rows = self.connection.table(f"measured_{name}").to_pyarrow()
            done[name] = rows.sort_by([(column, "ascending") for column in COMPUTED_TABLES[name].key])
        return done
