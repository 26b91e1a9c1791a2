"""What passes between reading a file, its source's translation, the checks and the load."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir

#: What the records keep of a person; never part of a fact. All text, as the file gives it but trimmed.
PERSON_COLUMNS = (
    "customer_id", "store", "name", "kana", "email", "phone", "postal_code", "region", "address", "birth_date",
)  # fmt: skip

#: Columns of a table of problems: where, what is wrong, and what stood there.
PROBLEM_COLUMNS = ("row_no", "column", "reason", "value")


@dataclass(frozen=True)
class RawFile:
    """A file whose rows are read but not understood.

    ``rows`` has ``row_no`` (int64; records counted with the header as 1, as a spreadsheet shows them) and one text
    column per column of the file, ``c0``, ``c1`` ...: trimmed, empty text as null. ``header`` holds the names as the
    file writes them, duplicates included. ``torn`` are records the reader could not split into columns. ``encoding``
    and ``delimiter`` are what was found of a text file.
    """

    name: str
    header: tuple[str, ...]
    rows: ir.Table
    torn: ir.Table | None = None
    encoding: str = ""
    delimiter: str = ""

    def has(self, name: str, nth: int = 0) -> bool:
        """Whether the header holds ``name`` more than ``nth`` times."""
        return len(self.places(name)) > nth

    def places(self, name: str) -> list[int]:
        """Where ``name`` stands in the header, in whatever width its letters are written."""
        wanted = narrow(name)
        return [place for place, text in enumerate(self.header) if narrow(text) == wanted]

    def column(self, name: str, nth: int = 0) -> ir.StringColumn:
        """The ``nth`` column called ``name``."""
        return self.rows[f"c{self.places(name)[nth]}"]


def narrow(name: str) -> str:
    """A column's name without blanks around it and with letters, digits and signs of the usual width."""
    return unicodedata.normalize("NFKC", name).strip()


@dataclass(frozen=True)
class Context:
    """What a translation may depend on besides the file.

    ``zone`` is the shop's IANA time zone; ``secret`` keys the ids derived for customers without one; ``store`` names
    the store the file is from where the source does not say; ``mapping`` is the saved mapping of a generic file;
    ``own_mails`` are the addresses the shop itself writes from, or all at one that begins with an @.
    """

    zone: str
    secret: str
    store: str | None = None
    mapping: Mapping[str, object] | None = None
    own_mails: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """A file understood: fact tables by name, persons, and what could not be understood.

    Each fact table has the columns of its schema (all of them, in order) and ``row_no``, the file row it came from;
    ``persons`` has :data:`PERSON_COLUMNS` and ``row_no``; ``problems`` has :data:`PROBLEM_COLUMNS`. A row with a problem
    is still in its tables: the checks take it out, with the rest of its order. ``owners`` (``row_no``, ``order_id``)
    says to which order the rows belong that stand in no fact table themselves, such as the option row of an item.
    """

    facts: Mapping[str, ir.Table]
    problems: ir.Table
    persons: ir.Table | None = None
    owners: ir.Table | None = None


@dataclass(frozen=True)
class Source:
    """A kind of file okaeri knows: one module of ``ingest/sources``, one line in ``SOURCES``.

    A file is of this source when its header holds every name of one of ``recognised_by``. ``reads`` names the columns
    the translation looks at, the only ones kept of a text file; empty means all. ``takes_types`` says
    that it understands typed columns, as Parquet has them, and not text alone.
    """

    name: str
    title: str
    brings: tuple[str, ...]
    recognised_by: tuple[frozenset[str], ...]
    parse: Callable[[RawFile, Context], Parsed]
    reads: frozenset[str] = frozenset()
    notes: str = field(default="")
    takes_types: bool = False
