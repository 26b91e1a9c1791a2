"""Columns of a file, of whatever type, as the types of the facts; text goes through :mod:`okaeri.ingest.values`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from okaeri.ingest import reasons, values
from okaeri.ingest.cells import Cells, Fault
from okaeri.ingest.localtime import instant_of
from okaeri.ingest.parsed import RawFile
from okaeri.schema.errors import DataRejected, Problem
from okaeri.schema.table import Type
from okaeri.schema.types import IBIS_TYPES

#: Parts of an id, a phone or a postal code are joined by this; of anything else by a blank.
HYPHENATED = ("phone", "postal_code", "product_id")
YES = ("true", "t", "1", "yes", "y", "はい", "有", "○", "会員")
NO = ("false", "f", "0", "no", "n", "いいえ", "無", "×", "非会員")
#: Amounts and pieces beyond this are no amounts.
LARGEST = 10.0**13
MOST_PIECES = 10**9

#: How a time ends that says its zone itself.
_OFFSET = "(Z|UTC|JST|[+-][0-9]{2}:?[0-9]{2})$"

_REASONS: dict[str, str] = {
    "decimal": reasons.NOT_AMOUNT,
    "int64": reasons.NOT_INTEGER,
    "float64": reasons.NOT_AMOUNT,
    "boolean": reasons.NOT_A_CHOICE,
    "date": reasons.NOT_DATE,
    "timestamp": reasons.NOT_TIME,
    "string": reasons.DAMAGED_ID,
}


@ibis.udf.scalar.builtin(name="try_strptime")
def _parsed(text: str, form: str) -> dt.Timestamp():  # type: ignore[valid-type]
    """Date and time written as ``form`` says; null where they are not."""


@dataclass(frozen=True)
class Reader:
    """Reads columns of ``cells.raw`` and notes in ``cells`` what could not be understood."""

    cells: Cells
    zone: str
    date_format: str = ""

    def read(self, sources: Sequence[str], kind: Type, name: str) -> ir.Value:
        """The column called ``sources[0]``, or all of ``sources`` joined, as ``kind``.

        ``name`` is the canonical column: it decides how parts are joined and whether text is an id. A timestamp of a
        typed column without zone stays naive: it is what the shop's clocks show.
        """
        columns = [column_named(self.cells.raw, self.cells.rows, source) for source in sources]
        column = columns[0] if len(columns) == 1 else self._joined(columns, kind, name)
        value = self._text(column, kind, name) if isinstance(column, ir.StringValue) else _typed(column, kind)
        if kind != "string" or _is_id(name):
            self._note(sources[0], column, kind, value)
        return value

    def _note(self, source: str, column: ir.Value, kind: Type, value: ir.Value) -> None:
        text = column if isinstance(column, ir.StringValue) else column.cast("string")
        if value is not column:
            self.cells.faults.append(Fault(source, _REASONS[kind], text, column.notnull() & value.isnull()))

    def _joined(self, columns: list[ir.Value], kind: Type, name: str) -> ir.StringValue:
        texts = [column if isinstance(column, ir.StringValue) else column.cast("string") for column in columns]
        if kind == "timestamp" and len(texts) == 2:
            return values.on_clock(*texts)
        between = "-" if name.endswith(HYPHENATED) else " "
        # A part that is empty takes its blank with it.
        parts = [texts[0], *(ibis.literal(between) + text for text in texts[1:])]
        filled = [part.fill_null("") for part in parts]
        whole = filled[0]
        for part in filled[1:]:
            whole = whole + part
        return whole.strip().nullif("")

    def _text(self, text: ir.StringValue, kind: Type, name: str) -> ir.Value:
        if kind == "string":
            return values.code(text) if _is_id(name) else text
        if kind == "timestamp" and not self.date_format:
            local = instant_of(values.clock(text), self.zone)
            return text.re_search(_OFFSET).ifelse(values.instant(text, self.zone), local)
        return self._readers()[kind](text)

    def _readers(self) -> dict[str, Callable[[ir.StringValue], ir.Value]]:
        written = self.date_format
        return {
            "decimal": values.amount,
            "int64": _pieces,
            "float64": lambda text: _finite(text.try_cast("float64")),
            "boolean": _yes_or_no,
            "date": (lambda text: _parsed(text, written).date()) if written else values.date,
            "timestamp": lambda text: instant_of(_parsed(text, written), self.zone),
        }


def _is_id(name: str) -> bool:
    return name.endswith("_id")


def column_named(raw: RawFile, rows: ir.Table, name: str) -> ir.Column:
    """The column of ``rows`` a mapping means by ``name``; ``name#2`` is the second of that name."""
    place = place_named(raw, name)
    if place is None:
        raise DataRejected(Problem(raw.name, reasons.MISSING_COLUMN, column=name))
    return rows[f"c{place}"]


def place_named(raw: RawFile, name: str) -> int | None:
    """Where the column stands; None where the file has none. Width, case and blanks of the name do not matter."""
    base, _, nth = name.rpartition("#")
    tries = [(name, 1)] + ([(base, int(nth))] if nth.isdigit() and int(nth) > 0 else [])
    loose = [loosened(header) for header in raw.header]
    for wanted, count in tries:
        for names, key in ((list(raw.header), wanted), (loose, loosened(wanted))):
            places = [place for place, header in enumerate(names) if header == key]
            if len(places) >= count:
                return places[count - 1]
    return None


def loosened(name: str) -> str:
    """A header's name without what differs by chance: width, case, blanks, underscores and hyphens."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).replace("_", "").replace("-", "")


def _typed(column: ir.Column, kind: Type) -> ir.Value:
    """A column that is no text; null where its value has no place in ``kind``."""
    known = column.type()
    if known == ibis.dtype(IBIS_TYPES[kind]):
        return column
    if kind in ("decimal", "int64", "float64"):
        return _number(column, kind)
    if kind in ("date", "timestamp") and known.is_temporal() and not known.is_time():
        return column.cast("date") if kind == "date" else _moment(column)
    if kind == "boolean" and (known.is_boolean() or known.is_integer()):
        return column.cast("boolean")
    if kind == "string":
        return _plain_text(column)
    return ibis.null(IBIS_TYPES[kind])


def _number(column: ir.Column, kind: Type) -> ir.Value:
    if not column.type().is_numeric() or column.type().is_boolean():
        return ibis.null(IBIS_TYPES[kind])
    number = column.cast("float64")
    good = number.abs() < (MOST_PIECES if kind == "int64" else LARGEST)
    if kind == "int64" and not column.type().is_integer():
        good = good & (number == number.round())
    if kind == "decimal" and column.type().is_floating():
        column = number.round(6)  # 0.615 is stored a little below: the cent is what was typed, rounded
    return good.ifelse(column.try_cast(IBIS_TYPES[kind]), ibis.null(IBIS_TYPES[kind]))


def _moment(column: ir.Column) -> ir.Value:
    known = column.type()
    return column.cast("timestamp('UTC')" if known.is_timestamp() and known.timezone else "timestamp")


def _plain_text(column: ir.Column) -> ir.StringValue:
    """Numbers that are ids lose the point a float column gave them."""
    if column.type().is_floating():
        whole = column.try_cast("int64")
        return (whole.cast("float64") == column).ifelse(whole.cast("string"), column.cast("string"))
    return column.cast("string")


def _pieces(text: ir.StringValue) -> ir.IntegerValue:
    count = values.integer(text)
    return (count.abs() < MOST_PIECES).ifelse(count, ibis.null("int64"))


def _finite(number: ir.FloatingValue) -> ir.FloatingValue:
    return (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)


def _yes_or_no(text: ir.StringValue) -> ir.BooleanValue:
    word = text.lower()
    pairs = [(yes, True) for yes in YES] + [(no, False) for no in NO]
    return word.cases(*pairs, else_=ibis.null("boolean"))
