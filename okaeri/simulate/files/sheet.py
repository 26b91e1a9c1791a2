"""A CSV file that grows block by block."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_NEEDS_QUOTES = re.compile(r'[",\r\n]')


class Sheet:
    """A file of lines already joined; ``rows`` and ``bytes`` count what was written, header aside and included."""

    def __init__(self, path: Path, header: str, *, encoding: str = "utf-8", newline: str = "\r\n"):
        self.path, self.encoding, self.newline = path, encoding, newline
        self.rows = 0
        self._file = path.open("wb")
        self._file.write((header + newline).encode(encoding))

    def add(self, lines: Iterable[str]) -> None:
        """Append lines, each one record."""
        lines = list(lines)
        if lines:
            self.rows += len(lines)
            self._file.write((self.newline.join(lines) + self.newline).encode(self.encoding))

    def close(self) -> None:
        self._file.close()


def cell(text: str) -> str:
    """``text`` as one CSV cell, in quotes where it must be."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
