"""Reads a text file into a table of text, and refuses at once what is no table.

One scan of the bytes finds encoding and line lengths, one pass of the engine splits the rows; nothing is done row by
row in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from okaeri.ingest import reasons
from okaeri.ingest.encoding import readable, refused
from okaeri.ingest.heading import Heading, find_heading
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.values import prepare
from okaeri.schema.errors import DataRejected, Problem

#: Columns whose words may begin with a sign and a bracket without being a formula.
FREE_TEXT = (
    "memo", "text", "note", "comment", "message", "review", "備考", "メモ", "コメント", "通信欄", "メッセージ", "要望",
)  # fmt: skip
#: A function, a reference to another sheet, or a call of another program.
FORMULA = r"^(=.*[|!]|[=+\-@]\s*[A-Za-z_.][A-Za-z0-9_.$]*\s*[(|!])"
BLANKS = r" \t\r\n　"
#: Rows that show where a broken file is broken; more would help nobody.
SHOWN = 20


def every_column(header: tuple[str, ...]) -> Collection[str]:
    """Wants all columns of a file."""
    return header


def read_text(
    path: Path, connection: Backend, work: Path, wanted: Callable[[tuple[str, ...]], Collection[str]] = every_column
) -> RawFile:
    """Read the CSV, TSV or semicolon file ``path`` into a temporary table of ``connection``.

    ``wanted`` is asked with the header which columns are needed: the others are not kept, which saves half the time
    with the wide files of Japanese carts. ``work`` is a folder for a UTF-8 copy. Raises ``DataRejected`` for a file
    that is empty, cut off, not text, in an unknown encoding, too wide, or holds a formula.
    """
    prepare(connection)
    copy, encoding = readable(path, work)
    heading = find_heading(copy, path.name)
    names = set(wanted(heading.names))
    kept = [place for place, name in enumerate(heading.names) if name in names]
    load = _Load(connection, path.name, copy, heading, kept)
    try:
        return replace(load.rows(), encoding=encoding, delimiter=heading.delimiter)
    finally:
        if copy != path:
            copy.unlink()


@dataclass(frozen=True)
class _Load:
    """One file on its way into the engine."""

    connection: Backend
    name: str
    path: Path
    heading: Heading
    kept: list[int]

    def rows(self) -> RawFile:
        cells, torn = ibis.util.gen_name("cells"), ibis.util.gen_name("torn")
        self._split(cells, torn, quote='"')
        if self.heading.delimiter == "\t" and self._broken_quotes(torn):
            # Amazon's tab files quote nothing: there a quote is a letter.
            self._run(f"DROP TABLE {cells}; DROP TABLE {torn}")
            self._split(cells, torn, quote="")
        torn_count = self._refuse_broken(cells, torn)
        self._refuse_formulas(cells)
        view = self._number(cells, torn if torn_count else None)
        columns = self.connection.table(torn)
        return RawFile(self.name, self.heading.names, self.connection.table(view), columns if torn_count else None)

    def _split(self, cells: str, torn: str, quote: str) -> None:
        """Create table ``cells`` of the kept columns, in the file's order, and table ``torn`` of rows not split."""
        faults, scans = ibis.util.gen_name("faults"), ibis.util.gen_name("scans")
        every = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.heading.names)))
        options = (
            f"header=true, skip={self.heading.skip}, auto_detect=false, delim={_text(self.heading.delimiter)}, "
            f"quote='{quote}', escape='{quote}', strict_mode=true, columns={{{every}}}, store_rejects=true, "
            f"rejects_table='{faults}', rejects_scan='{scans}', rejects_limit=0"
        )
        wanted = ", ".join(f"{_cleaned(f'c{place}')} AS c{place}" for place in self.kept) or "NULL AS nothing"
        ordered = self._one("SELECT current_setting('preserve_insertion_order')")
        self._run("SET preserve_insertion_order = true")  # row numbers are the places in the table
        try:
            source = f"read_csv({_text(str(self.path))}, {options})"
            self._run(f"CREATE TEMP TABLE {cells} AS SELECT {wanted} FROM {source}")
        except Exception as error:
            if type(error).__name__ != "InvalidInputException":
                raise
            raise refused(self.name, reasons.NOT_READABLE) from error
        finally:
            self._run(f"SET preserve_insertion_order = {str(ordered).lower()}")
        self._collect(torn, faults)
        self._run(f"DROP TABLE {faults}; DROP TABLE {scans}")

    def _collect(self, torn: str, faults: str) -> None:
        """One row per row the reader could not split: the engine reports one per missing cell."""
        self._run(f"""
            CREATE TEMP TABLE {torn} AS
            SELECT row_no, NULL::VARCHAR AS "column", reason, left(trim(value, E'{BLANKS}'), 200) AS value, place
            FROM (
                SELECT line::BIGINT AS row_no, any_value(csv_line) AS value, min(line_byte_position) AS place,
                    CASE any_value(error_type::VARCHAR)
                        WHEN 'MISSING COLUMNS' THEN {_text(reasons.TOO_FEW_CELLS)}
                        WHEN 'TOO MANY COLUMNS' THEN {_text(reasons.TOO_MANY_CELLS)}
                        ELSE {_text(reasons.UNCLOSED_QUOTE)}
                    END AS reason
                FROM {faults} GROUP BY line
            ) WHERE trim(value, E'{BLANKS}') != '' ORDER BY row_no""")

    def _broken_quotes(self, torn: str) -> int:
        query = f"SELECT coalesce(min(row_no), 0) FROM {torn} WHERE reason = {_text(reasons.UNCLOSED_QUOTE)}"
        return int(self._one(query))

    def _refuse_broken(self, cells: str, torn: str) -> int:
        """Refuse a file whose row borders are uncertain; else give the number of rows the reader could not split."""
        if row := self._broken_quotes(torn):
            raise refused(self.name, reasons.UNCLOSED_QUOTE, row)
        good = self._one(f"SELECT count(*) FROM {cells}")
        last, place, count = self._all(f"SELECT max(row_no), max(place), count(*) FROM {torn}")[0]
        if not good and not count:
            raise refused(self.name, reasons.NO_ROWS)
        if count and self._is_last(place):
            raise refused(self.name, reasons.CUT_OFF, last)
        return int(count)

    def _is_last(self, place: int) -> bool:
        """Whether the row that starts about byte ``place`` ends the file without a line end."""
        with self.path.open("rb") as file:
            file.seek(max(place - 1, 0))
            tail = file.read(1 << 20)
            return not file.read(1) and b"\n" not in tail.lstrip(b"\r\n")

    def _refuse_formulas(self, cells: str) -> None:
        checked = [place for place in self.kept if not _is_free_text(self.heading.names[place])]
        if not checked:
            return
        hits = (
            f"SELECT rowid + {self._first_row}, CASE {' '.join(_formula_in(place) for place in checked)} END AS place"
        )
        found = self._all(f"SELECT * FROM ({hits} FROM {cells}) WHERE place IS NOT NULL ORDER BY 1 LIMIT {SHOWN}")
        if found:
            raise DataRejected(
                [Problem(self.name, reasons.FORMULA, int(row), self.heading.names[place]) for row, place in found]
            )

    @property
    def _first_row(self) -> int:
        return self.heading.skip + 2

    def _number(self, cells: str, torn: str | None) -> str:
        """A view of ``cells`` with row numbers: the place in the table, moved on by the torn rows before it."""
        view = ibis.util.gen_name("rows")
        columns = ", ".join(f"c{place}" for place in self.kept)
        filled = f"WHERE coalesce({columns}) IS NOT NULL" if self.kept else ""
        row_no, source = f"rowid + {self._first_row}", cells
        if torn is not None:
            shifts = f"SELECT row_no - row_number() OVER (ORDER BY row_no) + 1 AS since, row_number() OVER (ORDER BY row_no) AS moved FROM {torn}"
            latest = f"SELECT since, max(moved) AS moved FROM ({shifts}) GROUP BY since"
            numbered = f"SELECT *, rowid + {self._first_row} AS plain_no FROM {cells}"
            row_no = "plain_no + coalesce(moved, 0)"
            source = f"({numbered}) AS numbered ASOF LEFT JOIN ({latest}) AS shifts ON plain_no >= since"
        self._run(f"CREATE TEMP VIEW {view} AS SELECT {row_no} AS row_no, {columns} FROM {source} {filled}")
        return view

    def _run(self, query: str) -> None:
        self.connection.raw_sql(query)

    def _all(self, query: str) -> list[tuple]:
        return self.connection.raw_sql(query).fetchall()

    def _one(self, query: str) -> Any:
        return self._all(query)[0][0]


def _text(value: str) -> str:
    """``value`` as an SQL text."""
    return "'" + value.replace("'", "''") + "'"


def _is_free_text(name: str) -> bool:
    lowered = name.lower()
    return any(word in lowered for word in FREE_TEXT)


def _formula_in(place: int) -> str:
    """The first comparisons see the first letter only, which is quick; few cells come to the pattern."""
    cell = f"c{place}"
    signed = f"({cell} >= '+' AND {cell} < '.') OR ({cell} >= '=' AND {cell} < 'A')"
    return f"WHEN ({signed}) AND regexp_matches({cell}, '{FORMULA}') THEN {place}"


def _cleaned(cell: str) -> str:
    """Trimmed, empty as null, and the text inside Excel's ``="0123"``; most cells pass after quick comparisons."""
    starts = f"{cell} < '!' OR ({cell} >= '　' AND {cell} < '、')"
    ends = " OR ".join(f"suffix({cell}, E'{blank}')" for blank in (" ", "　", r"\n", r"\t"))
    trimmed = f"nullif(trim({cell}, E'{BLANKS}'), '')"
    text = f"CASE WHEN {trimmed} LIKE '=\"%\"' THEN nullif({trimmed}[3:-2], '') ELSE {trimmed} END"
    return f"CASE WHEN {starts} OR {ends} OR prefix({cell}, '=') THEN {text} ELSE {cell} END"
