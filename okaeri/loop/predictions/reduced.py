"""Reduced rows as the models want them, and their answers as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from okaeri.predict.purchases import Histories
from okaeri.predict.spend import bin_value
from okaeri.schema.predicted import PREDICTED
from okaeri.schema.types import ibis_schema

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reduced:
    """Distinct purchase histories of a table's rows; ``place`` says which each row has, ``orders`` and ``spend`` are
    each row's order days so far and their revenue (0 where there was none), ``weight`` its customers."""

    histories: Histories
    place: NDArray[np.intp]
    orders: Floats
    spend: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.place)


def reduced(rows: pa.Table, weight: str, log_gaps: str) -> Reduced:
    """Rows with the columns of ``prospects.HISTORY``; ``weight`` and ``log_gaps`` (of all its customers) by name."""
    days = np.stack([column(rows, name) for name in ("repeat_orders", "last_order_days", "age_days")])
    distinct, place = np.unique(days, axis=1, return_inverse=True)
    place = place.reshape(-1)
    weights, bins = column(rows, weight), column(rows, "spend_bin")
    histories = Histories.of(
        distinct[0], distinct[1] / 7, distinct[2] / 7,
        np.bincount(place, weights, minlength=distinct.shape[1]),
        np.bincount(place, column(rows, log_gaps), minlength=distinct.shape[1]),
    )  # fmt: skip
    return Reduced(histories, place, days[0] + 1, np.where(bins > 0, bin_value(bins), 0.0), weights)


def column(rows: pa.Table, name: str) -> Floats:
    """A column as floats."""
    return rows[name].to_numpy().astype(float)


def as_table(name: str, columns: Mapping[str, object]) -> pa.Table:
    """Columns as the predicted table ``name``, NaN as empty."""
    schema = ibis.schema(ibis_schema(PREDICTED[name])).to_pyarrow()
    return pa.table([pa.array(columns[field.name], field.type, from_pandas=True) for field in schema], schema=schema)


def from_rows(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows as the predicted table ``name``."""
    return pa.Table.from_pylist(list(rows), schema=ibis.schema(ibis_schema(PREDICTED[name])).to_pyarrow())
