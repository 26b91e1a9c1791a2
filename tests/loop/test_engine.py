"""What an engine writes is what the table's schema says."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okaeri.loop.engine import DuckDBEngine


def test_sums_of_whole_numbers_stay_whole_numbers_on_disk(tmp_path):
    engine = DuckDBEngine()
    rows = engine.connection.create_table("rows", pa.table({"who": ["a", "a", "b"], "pieces": [1, 2, 2**53 + 1]}))
    added = rows.group_by("who").agg(pieces=rows.pieces.sum(), bought=(rows.pieces > 1).ifelse(1, 0).sum())
    engine.saving(added.order_by("who"), tmp_path / "sums.parquet")()
    engine.close()
    saved = pq.read_table(tmp_path / "sums.parquet")
    assert [str(field.type) for field in saved.schema] == ["string", "int64", "int64"]
    assert saved.to_pylist() == [{"who": "a", "pieces": 3, "bought": 1}, {"who": "b", "pieces": 2**53 + 1, "bought": 1}]


def test_a_table_appears_only_when_it_is_whole(tmp_path):
    engine = DuckDBEngine()
    texts = engine.connection.create_table("texts", pa.table({"text": ["1", "x"]}))
    broken = texts.mutate(number=texts.text.cast("int64"))
    with pytest.raises(duckdb.ConversionException):
        engine.saving(broken, tmp_path / "broken.parquet")()
    engine.close()
    assert not (tmp_path / "broken.parquet").exists()
