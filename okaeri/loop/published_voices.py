"""Every voice with what was read out of it, in one file, the newest first: what the inbox of voices asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from okaeri.loop import word_index
from okaeri.loop.columns import write_columns

FILE = "voices.parquet"
#: The folder of the same column by column; ``names`` in it are the ids in their order, ``aspects`` who spoke of what.
VOICES = "voices"
COLUMNS = (
    "place", "voice_id", "voice_date", "source", "touchpoint", "product_id", "order_id", "customer_id", "person_id", "rating",
    "text", "language", "score", "confidence", "evidence", "engine", "topic", "aspects",
)  # fmt: skip
_NAMES = "SELECT voice_id, place FROM read_parquet('{file}') ORDER BY voice_id"
#: The order of unhappiness: the lowest score first, the newest of equals, those without a score last.
_UNHAPPY = "SELECT CAST(place AS INTEGER) AS place FROM read_parquet('{file}') ORDER BY score NULLS LAST, place"
_RANKS = """
    SELECT CAST(row_number() OVER (ORDER BY score NULLS LAST, place) - 1 AS INTEGER) AS rank FROM read_parquet('{file}')
    ORDER BY place
"""
_ASPECTS = "SELECT unnest(aspects).aspect AS aspect, place FROM read_parquet('{file}') ORDER BY aspect, place"
#: What is laid out besides, each in an order of its own: folder, query, columns.
_ORDERED = (
    ("names", _NAMES, ("voice_id", "place")), ("aspects", _ASPECTS, ("aspect", "place")),
    ("unhappy", _UNHAPPY, ("place",)), ("ranks", _RANKS, ("rank",)),
)  # fmt: skip
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
    write_columns(connection, place / FILE, COLUMNS, place / VOICES)
    for name, query, columns in _ORDERED:
        sorted_rows = place / f"{VOICES}-{name}.parquet"
        connection.sql(query.format(file=str(place / FILE).replace("'", "''"))).write_parquet(str(sorted_rows))
        write_columns(connection, sorted_rows, columns, place / VOICES / name)
        sorted_rows.unlink()


def _texts(connection: duckdb.DuckDBPyConnection, place: Path) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Voices with words, in small letters."""
    said = "SELECT place, lower(text) AS text FROM read_parquet(?) WHERE text <> '' ORDER BY place"
    for batch in connection.execute(said, [str(place / FILE)]).to_arrow_reader(TEXTS_TOGETHER):
        yield batch["place"], batch["text"]
