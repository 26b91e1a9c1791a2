"""The voices at a step of the journey: what customers said there, and how they felt."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb

from okaeri.loop import snapshots
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace

MOST_SHOWN = 30


def voices_at(workspace: Workspace, laid: Published, step: str, persona: str) -> list[dict[str, Any]]:
    """Voices with words at ``step``, of one persona or ``all``: the lowest first, the newest of equals.

    Call it with the records in use.
    """
    snapshot = snapshots.current()
    files = snapshots.store_of(workspace).files("voices", snapshot.versions) if snapshot else []
    return list(_read(laid, tuple(str(file) for file in files), step, persona))


@lru_cache(maxsize=128)
def _read(laid: Published, files: tuple[str, ...], step: str, persona: str) -> tuple[dict[str, Any], ...]:
    if not files:
        return ()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.read_parquet(str(laid.path("emotion_signals")), hive_partitioning=False).create_view("signals")
        connection.read_parquet(list(files), hive_partitioning=False, union_by_name=True).create_view("voices")
        found = connection.execute(
            "WITH heard AS (SELECT voice_id, customer_id, persona, channel, value, signal_day, product_id FROM signals"
            " WHERE step = ? AND voice_id IS NOT NULL AND (? = 'all' OR persona = ?)"
            " ORDER BY value, signal_day DESC, voice_id LIMIT 600),"
            " told AS (SELECT voice_id, text, voice_date, source FROM voices"
            " WHERE voice_id IN (SELECT voice_id FROM heard) AND text IS NOT NULL AND text <> '')"
            " SELECT DISTINCT ON (h.value, t.voice_date, t.voice_id) h.*, t.text, t.voice_date, t.source"
            " FROM heard h JOIN told t USING (voice_id)"
            " ORDER BY h.value, t.voice_date DESC, t.voice_id LIMIT ?",
            [step, persona, persona, MOST_SHOWN],
        ).to_arrow_table()
    return tuple(found.to_pylist())
