"""Kept rows: one process at a time writes them, and what is no longer asked for goes."""

from __future__ import annotations

import fcntl
import os

import pyarrow as pa
import pytest

from okaeri.loop import kept
from okaeri.loop.kept import KeptRows
from okaeri.schema.predicted import PREDICTED

TABLE = PREDICTED["text_feelings"]


def rows_in(held: KeptRows, count: int = 1) -> KeptRows:
    """``held`` with so many files of one row each."""
    held.place.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        filled = {
            field.name: pa.array([f"{number}" if pa.types.is_string(field.type) else None], field.type)
            for field in held.schema
        }
        held.add(pa.table(filled, schema=held.schema))
    return held


def test_another_process_cannot_write_rows_that_are_being_written(tmp_path):
    held = KeptRows(tmp_path, TABLE, "one")
    with held.locked(), (held.place / ".lock").open("w") as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        with KeptRows(tmp_path, TABLE, "two").locked():
            pass
    with (held.place / ".lock").open("w") as other:
        fcntl.flock(other.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_versions_used_last_stay(tmp_path):
    versions = [rows_in(KeptRows(tmp_path, TABLE, str(number))) for number in range(5)]
    for place, version in enumerate(versions):
        os.utime(version.place, (place, place))
    versions[0].tidy()
    assert [version.place.exists() for version in versions] == [True, False, False, True, True]


def test_files_are_made_one_only_where_they_are_many(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "MOST_FILES", 3)
    held = rows_in(KeptRows(tmp_path, TABLE, "one"), 3)
    held.tidy()
    assert len(list(held.place.glob("*.parquet"))) == 3
    rows_in(held)
    held.tidy()
    (whole,) = held.place.glob("*.parquet")
    assert sum(batch.num_rows for batch in kept.batches([whole])) == 4
    rows_in(held)
    assert sum(batch.num_rows for batch in kept.batches(held.files())) == 5
