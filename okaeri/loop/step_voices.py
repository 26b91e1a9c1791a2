"""The voices at a step of the journey: what customers said there, and how they felt; chosen by a refresh."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.compute as pc

if TYPE_CHECKING:
    from okaeri.loop.published import Published

NAME = "step_voices"
EVERYBODY = "all"
MOST_SHOWN = 30
#: Signals looked through for those with words.
MOST_HEARD = 600

#: ``asked`` is a persona, or everybody.
_CHOSEN = f"""
    WITH heard AS (
        SELECT *, row_number() OVER (PARTITION BY step, asked ORDER BY value, signal_day DESC, voice_id, signal_id) AS place
        FROM (
            SELECT step, unnest(['{EVERYBODY}', persona]) AS asked, signal_id, voice_id, customer_id, persona, channel, value,
                signal_day, product_id
            FROM read_parquet(?) WHERE step IS NOT NULL AND voice_id IS NOT NULL
        )
        WHERE asked IS NOT NULL
        QUALIFY place <= {MOST_HEARD}
    ), told AS (
        SELECT heard.*, voices.text, voices.voice_date, voices.source
        FROM heard JOIN (SELECT voice_id, text, voice_date, source FROM read_parquet(?) WHERE text <> '') voices USING (voice_id)
        QUALIFY row_number() OVER (PARTITION BY step, asked, value, voice_id ORDER BY heard.signal_day DESC, signal_id) = 1
    )
    SELECT * EXCLUDE (place), row_number() OVER (PARTITION BY step, asked ORDER BY value, voice_date DESC, voice_id) AS rank
    FROM told QUALIFY rank <= {MOST_SHOWN} ORDER BY step, asked, rank
"""


def lay_out(connection: duckdb.DuckDBPyConnection, signals: Path, voices: Path, place: Path) -> None:
    """Write what is shown of every step and persona: with words, the lowest first, the newest of equals."""
    partial = place / f"{NAME}.partial"
    chosen = connection.execute(_CHOSEN, [str(signals), str(voices)]).to_arrow_table()
    connection.from_arrow(chosen).write_parquet(str(partial), compression="zstd")
    partial.replace(place / f"{NAME}.parquet")


def voices_at(laid: Published, step: str, persona: str) -> list[dict[str, Any]]:
    """Voices with words at ``step``, of one persona or everybody: the lowest first, the newest of equals."""
    rows = laid.table(NAME)
    found: list[dict[str, Any]] = rows.filter(
        pc.and_(pc.equal(rows["step"], step), pc.equal(rows["asked"], persona))
    ).to_pylist()
    return found
