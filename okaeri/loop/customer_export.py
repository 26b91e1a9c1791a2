"""The people of a choice as a CSV file, a batch at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from okaeri.loop.customers import Choice, batches_of, names_of, size_of
from okaeri.loop.export import harmless
from okaeri.loop.published import Published
from okaeri.loop.workspace import Workspace
from okaeri.records.audit import note
from okaeri.records.chunks import chunks
from okaeri.records.database import atomic
from okaeri.records.models import Person
from okaeri.schema.people import people
from okaeri.schema.segments import told

#: Encodings offered: what opens in a spreadsheet by a click, and what older Japanese systems read.
ENCODINGS = ("utf-8-sig", "cp932")
#: Columns of a person, from the records.
PERSON_COLUMNS = ("name", "kana", "email", "phone", "postal_code", "region", "address")


def written_down(laid: Published, choice: Choice, *, with_people: bool, search: str, actor: str) -> None:
    """Log an export before its first row leaves: which rule, how many people, and whether with their names."""
    with atomic():
        note(
            actor, "export customers", rule=told(choice.rule), search=search or None, people=size_of(laid, choice).people,
            with_names=with_people, as_of=laid.as_of.isoformat(),
        )  # fmt: skip


def csv_parts(
    workspace: Workspace, laid: Published, choice: Choice, headings: Mapping[str, str], *,
    with_people: bool, encoding: str,
) -> Iterator[bytes]:  # fmt: skip
    """The file in parts: ``headings`` by column of ``people`` and of the person; letters the encoding lacks become ?."""
    personal = PERSON_COLUMNS if with_people else ()
    columns = people.column_names
    yield _csv([[headings[name] for name in (columns[0], *(f"person.{name}" for name in personal), *columns[1:])]],
               encoding)  # fmt: skip
    for batch in batches_of(laid, choice):
        known: dict[str, Person] = {}
        if personal:
            with workspace.records():
                known = _known(batch)
        rows = [
            [row["customer_id"], *(getattr(known.get(row["customer_id"]), name, "") for name in personal),
             *(row[name] for name in columns[1:])]
            for row in batch
        ]  # fmt: skip
        # Only the first part carries the mark of UTF-8.
        yield _csv(rows, "utf-8" if encoding == "utf-8-sig" else encoding)


def _known(batch: list[dict[str, Any]]) -> dict[str, Person]:
    ids = [row["customer_id"] for row in batch]
    return {name: person for chunk in chunks(ids) for name, person in names_of(chunk).items()}


def _csv(rows: list[list[object]], encoding: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[harmless(value) for value in row] for row in rows])
    return out.getvalue().encode(encoding, errors="replace")
