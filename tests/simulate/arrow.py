"""The made-up shop's columns as Arrow tables of the fact schemas."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import numpy as np
import pyarrow as pa

from okaeri.schema.facts import EXPORTED, FACTS
from okaeri.schema.types import ibis_schema

TABLES = {**FACTS, **EXPORTED}


def as_arrow(tables: Mapping[str, Mapping[str, list | np.ndarray]]) -> dict[str, pa.Table]:
    """What ``shop_tables`` gives, each table exactly of its schema's columns and types."""
    return {name: _table(name, columns) for name, columns in tables.items()}


def _table(name: str, columns: Mapping[str, list | np.ndarray]) -> pa.Table:
    schema = ibis.schema(ibis_schema(TABLES[name])).to_pyarrow()
    assert set(columns) == set(schema.names)
    return pa.Table.from_arrays([_array(columns[f.name], f.type) for f in schema], schema=schema)


def _array(values: list | np.ndarray, kind: pa.DataType) -> pa.Array:
    if pa.types.is_map(kind):
        return pa.array([list(value.items()) for value in values], type=kind)
    return pa.array(values).cast(kind) if isinstance(values, np.ndarray) else pa.array(values, type=kind)
