"""Where the rows of a saved table lie."""

from __future__ import annotations

from pathlib import Path


def files_of(path: Path) -> list[Path]:
    """The Parquet files of a table: itself, or (from Spark) those in its folder; none where nothing is saved."""
    if path.is_dir():
        return sorted(path.glob("*.parquet"))
    return [path] if path.exists() else []
