"""Finds what divides a text file's columns, and its header, from the first rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from okaeri.ingest import reasons
from okaeri.ingest.encoding import refused

MOST_COLUMNS = 1000
DELIMITERS = (",", "\t", ";")
#: The header stands in one of so many first rows; above it some reports explain themselves.
LOOK_AT = 20
ENOUGH = 1 << 22


@dataclass(frozen=True)
class Heading:
    """The header's names, trimmed; the character between columns; and the lines to skip above the header."""

    names: tuple[str, ...]
    delimiter: str
    skip: int


def find_heading(path: Path, name: str) -> Heading:
    """The heading of the UTF-8 file ``path``, called ``name`` in errors."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = file.read(ENOUGH).splitlines(keepends=True)
    sheets = {delimiter: _first_rows(lines, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: max((len(cells) for _, cells in sheets[each]), default=0))
    rows = sheets[delimiter]
    if not rows:
        raise refused(name, reasons.EMPTY_FILE)
    widest = max(len(cells) for _, cells in rows)
    if widest > MOST_COLUMNS:
        raise refused(name, reasons.TOO_MANY_COLUMNS, value=str(widest))
    skip, names = next((skip, cells) for skip, cells in rows if _named(cells) * 2 >= widest)
    return Heading(tuple(cell.strip() for cell in names), delimiter, skip)


def _first_rows(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows that are not blank, each with the number of lines above it."""
    rows = []
    reader = csv.reader(lines, delimiter=delimiter)
    above = 0
    try:
        for cells in islice(reader, LOOK_AT):
            if any(cell.strip() for cell in cells):
                rows.append((above, cells))
            above = reader.line_num
    except csv.Error:  # a cell longer than the csv module takes: the rows before it must do
        pass
    return rows


def _named(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())
