"""Columns of a large table on disk as they are used in memory: one file each, mapped, never read whole by a page.

A column is looked at where it is needed and nowhere else; the system shares what is loaded among all processes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.float64]
#: Texts with more different values than this share of their rows are kept as they are, others as places in a list.
FEW = 0.5
#: Of a column of texts that is to be one piece.
MOST_BYTES = 1 << 30


def write_columns(connection: duckdb.DuckDBPyConnection, rows: Path, names: Iterable[str], place: Path) -> None:
    """Write each column of the Parquet file ``rows`` to a file in the folder ``place``, one after the other."""
    place.mkdir(parents=True, exist_ok=True)
    for name in names:
        chunks = connection.read_parquet(str(rows)).select(name).to_arrow_table()[name]
        # More text than 32 bits can count has wider places.
        is_wide = pa.types.is_string(chunks.type) and chunks.nbytes > MOST_BYTES
        values = (chunks.cast(pa.large_string()) if is_wide else chunks).combine_chunks()
        table = pa.table({name: _laid(values)})
        partial = place / f"{name}.partial"
        with pa.OSFile(str(partial), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table, max_chunksize=max(len(table), 1))
        partial.replace(place / f"{name}.arrow")


def _laid(values: pa.Array) -> pa.Array:
    """Texts of which there are few as numbers into the list of them, sorted, so that the numbers sort as they do."""
    if not pa.types.is_string(values.type):
        return values
    texts = values.unique().drop_null().sort()
    if len(texts) > FEW * len(values):
        return values
    return pa.DictionaryArray.from_arrays(pc.index_in(values, value_set=texts), texts)


@lru_cache(maxsize=512)
def column(place: Path, name: str) -> pa.Array:
    """A column of the table in the folder ``place``, mapped."""
    read = pa.ipc.open_file(pa.memory_map(str(place / f"{name}.arrow"))).read_all()[name]
    return read.chunk(0) if read.num_chunks else pa.array([], type=read.type)


def sort_key(values: pa.Array) -> Numbers:
    """Numbers that sort as the values do; not a number where a cell is empty."""
    if pa.types.is_dictionary(values.type):
        values = values.indices
    elif pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    elif pa.types.is_string(values.type):
        values = pc.if_else(values.is_valid(), pc.rank(values, tiebreaker="min"), pa.scalar(None, pa.uint64()))
    numbers: Numbers = values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return numbers


def place_in(values: pa.Array, wanted: str) -> int | None:
    """Where a text stands in a column sorted by it; None where it does not."""
    at = bisect_left(values, wanted, key=lambda value: value.as_py())
    return at if at < len(values) and values[at].as_py() == wanted else None
