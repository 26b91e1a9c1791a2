"""What panels read of tables that grow with the customers, laid out by a refresh: the rows and columns they ask for."""

from __future__ import annotations

from pathlib import Path

import duckdb

FOLDER = "excerpts"
#: Table to its excerpt; a panel built from it is as one built from the whole table.
EXCERPTS = {
    "friction_texts": """
        SELECT * FROM friction_texts
        WHERE voice_id IN (SELECT unnest([example_1, example_2, example_3]) FROM friction_causes)
    """,
    "stock_at_home": "SELECT product_id, days_left FROM stock_at_home",
}
READS = (*EXCERPTS, "friction_causes")


def lay_out(connection: duckdb.DuckDBPyConnection, place: Path) -> None:
    """Write the excerpts of the tables known to ``connection`` by their names."""
    (place / FOLDER).mkdir(exist_ok=True)
    for name, query in EXCERPTS.items():
        partial = place / FOLDER / f"{name}.partial"
        connection.sql(query).write_parquet(str(partial), compression="zstd")
        partial.replace(place / FOLDER / f"{name}.parquet")
