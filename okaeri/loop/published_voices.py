"""Every voice with what was read out of it, in one file, the newest first: what the inbox of voices asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from okaeri.loop import word_index

FILE = "voices.parquet"
ROWS_TOGETHER = 8192
TEXTS_TOGETHER = 50_000
#: What the query below reads.
READS = ("feeling_aspects", "feeling_topics", "feelings", "links", "voices")
_JOINED = """
    SELECT row_number() OVER (ORDER BY v.at DESC, v.voice_id) - 1 AS place, v.voice_id, v.voice_date, v.source,
        v.touchpoint, v.product_id, v.order_id, v.customer_id, coalesce(l.person_id, v.customer_id) AS person_id, v.rating,
        v.text, v.language, f.score, f.confidence, f.evidence, f.engine, t.topic,
        coalesce(a.aspects, []) AS aspects
    FROM voices v
    LEFT JOIN feelings f USING (voice_id) LEFT JOIN feeling_topics t USING (voice_id)
    LEFT JOIN links l ON l.customer_id = v.customer_id
    LEFT JOIN (
        SELECT voice_id, list({'aspect': aspect, 'score': score} ORDER BY abs(score) * confidence DESC, aspect) AS aspects
        FROM feeling_aspects GROUP BY voice_id
    ) a USING (voice_id)
    ORDER BY place
"""


def lay_out(connection: duckdb.DuckDBPyConnection, place: Path) -> None:
    """Write the file into ``place``; ``connection`` knows all of READS."""
    partial = place / "voices.partial"
    connection.sql(_JOINED).write_parquet(str(partial), compression="zstd", row_group_size=ROWS_TOGETHER)
    partial.replace(place / FILE)
    word_index.lay_out(_texts(connection, place), place / word_index.FOLDER)


def _texts(connection: duckdb.DuckDBPyConnection, place: Path) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Voices with words, in small letters."""
    said = "SELECT place, lower(text) AS text FROM read_parquet(?) WHERE text <> '' ORDER BY place"
    for batch in connection.execute(said, [str(place / FILE)]).to_arrow_reader(TEXTS_TOGETHER):
        yield batch["place"], batch["text"]
