"""Every measure as SQL, compiled once and run over many shops: compiling takes far longer than a small shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from okaeri.loop.measuring import build, in_order
from okaeri.measure import MEASURES
from okaeri.schema.measured import MEASURED
from okaeri.schema.rules import DEFAULT_RULES, Rules
from tests.measure.shops import TABLES, fact_table


class CompiledMeasures:
    """All measures for one ``as_of`` and ``rules``, on DuckDB with one thread."""

    def __init__(self, as_of: date, rules: Rules = DEFAULT_RULES):
        self.connection = ibis.duckdb.connect(threads=1)
        self.queries: dict[str, str] = {}
        self.kept: list[ir.Table] = []
        self.schemas: dict[str, ibis.Schema] = {}
        tables = {name: self.connection.create_table(name, fact_table(name, [])) for name in TABLES}
        for name in in_order(MEASURES):
            tables[name] = self._keep(name, build(name, tables, as_of=as_of, rules=rules))

    def _keep(self, name: str, rows: ir.Table) -> ir.Table:
        self.kept.append(rows)
        self.queries[name] = str(self.connection.compile(rows))
        table = self.connection.create_table(f"measured_{name}", rows)
        self.schemas[name] = table.schema()
        return table

    def run(self, facts: Mapping[str, object]) -> dict[str, pa.Table]:
        """Every measured table of a shop with these facts, sorted by its key."""
        for name in TABLES:
            self.connection.create_table(name, fact_table(name, facts.get(name, [])), overwrite=True)
        done = {}
        for name, query in self.queries.items():
            self.connection.raw_sql(f'create or replace table "measured_{name}" as {query}')
            table = self.connection.table(f"measured_{name}").to_pyarrow()
            done[name] = table.sort_by([(column, "ascending") for column in MEASURED[name].key])
        return done
