"""Measures as SQL, written once and run over many shops: writing a query takes far longer than a small shop."""

from __future__ import annotations

from datetime import date
from functools import cache
from inspect import signature

import ibis
from ibis.common.exceptions import IbisError

from okaeri.loop.engine import as_typed
from okaeri.loop.measuring import TABLES as COMPUTED
from okaeri.loop.measuring import build, inputs_of
from okaeri.measure import MEASURES
from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.rules import DEFAULT_RULES, Rules
from okaeri.schema.types import ibis_schema

TABLES = {**FACTS, **EXPORTED, **COMPUTED}


def query(name: str, as_of: date, rules: Rules) -> str | None:
    """What the engine is told to compute ``name`` from tables called as they are; None where that depends on the rows."""
    asked = signature(MEASURES[name]).parameters
    return _query(name, as_of if "as_of" in asked else date.min, rules if "rules" in asked else DEFAULT_RULES)


@cache
def _query(name: str, as_of: date, rules: Rules) -> str | None:
    parents = {parent: ibis.table(ibis_schema(TABLES[parent]), name=parent) for parent in inputs_of(name)}
    try:
        rows = build(name, parents, as_of=as_of, rules=rules)
    except IbisError as error:
        if "unbound" not in str(error):
            raise
        return None
    return written(rows)


def written(rows: ibis.Table) -> str:
    """The query as the engine of a shop writes it."""
    return as_typed(ibis.to_sql(rows, dialect="duckdb", pretty=False), rows.schema())
