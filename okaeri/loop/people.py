"""The persons a file names go into the records, and those known from another store are linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db.models import Q
from ibis.backends.duckdb import Backend

from okaeri.ingest import identity
from okaeri.ingest.parsed import PERSON_COLUMNS
from okaeri.ingest.person_keys import normalised
from okaeri.loop import snapshots, undoing
from okaeri.records.audit import note
from okaeri.records.chunks import CHUNK, chunks
from okaeri.records.database import atomic
from okaeri.records.models import ImportRun, Link, Person
from okaeri.records.models.searching import TOLD_BY, keep_texts
from okaeri.schema.errors import RuleRefused

#: With more changed persons than this all persons are read at once, which is quicker than looking each up.
LOOKED_UP = 5_000
_COMPARED = ("customer_id", "name", "kana", "email", "phone")


def changed(connection: Backend, persons: ir.Table) -> list[dict[str, Any]]:
    """The persons of a file whom the records do not hold just so; an empty cell says nothing new."""
    latest = ibis.row_number().over(group_by=persons.customer_id, order_by=persons.row_no.desc())
    one = persons.filter(persons.customer_id.notnull()).mutate(place=latest)
    one = one.filter(one.place == 0).select(*PERSON_COLUMNS)
    text = ibis.literal("\x1f").join([one[name].fill_null("") for name in PERSON_COLUMNS])
    told = one.mutate(digest=_md5(text))
    held = Person.objects.values_list("customer_id", "digest")
    if held.exists():
        rows = list(held.iterator(chunk_size=50_000))
        known = pa.table({"customer_id": [row[0] for row in rows], "digest": [row[1] for row in rows]})
        told = told.anti_join(ibis.memtable(known), ["customer_id", "digest"])
    return connection.to_pyarrow(told).to_pylist()


@ibis.udf.scalar.builtin(name="md5")
def _md5(text: str) -> str:  # type: ignore[empty-body]
    """Hex digits of MD5."""


def remember(persons: Sequence[dict[str, Any]], run: ImportRun) -> None:
    """Write persons over those of the same id; an empty cell keeps what was known. Inside a transaction.

    What stood there is kept, so that ``run`` can be undone.
    """
    for chunk in chunks(persons):
        held = {person.customer_id: person for person in _by_id([row["customer_id"] for row in chunk])}
        undoing.keep_persons(held.values(), run)
        rows = [_written(held.get(row["customer_id"]) or _new(row["customer_id"], run), row) for row in chunk]
        write(rows)


def write(rows: Sequence[Person]) -> None:
    """Write these persons over those of the same id; who made them first stays."""
    fields = [field.name for field in Person._meta.fields if field.name not in ("id", "customer_id", "made_by")]
    Person.objects.bulk_create(rows, update_conflicts=True, unique_fields=["customer_id"], update_fields=fields)
    keep_texts({name: getattr(row, name) for name in TOLD_BY} for row in rows)


def _new(customer_id: str, run: ImportRun) -> Person:
    return Person(customer_id=customer_id, made_by=run)


def _written(person: Person, row: dict[str, Any]) -> Person:
    for name in (*PERSON_COLUMNS, "digest"):
        if row[name] is not None:
            setattr(person, name, row[name])
    person.pk = None
    keys = normalised({name: getattr(person, name) for name in _COMPARED})
    person.mail_key, person.phone_key = keys.mail or "", keys.phone or ""
    return person


def _by_id(ids: Sequence[str]) -> Iterable[Person]:
    return Person.objects.filter(customer_id__in=ids)


def link(persons: Sequence[dict[str, Any]], run: ImportRun) -> int:
    """Link these persons with whom they share evidence; returns how many links are new. Inside a transaction."""
    if not persons:
        return 0
    suspects = list(_suspects(persons))
    in_force = {made.customer_id: made.person_id for made in snapshots.links_in_force()}
    undone = Link.objects.exclude(undone_at=None).values_list("customer_id", "person_id")
    found = identity.link(suspects, in_force, list(undone))
    at = snapshots.now()
    rows = [
        Link(
            customer_id=made.customer_id, person_id=made.person_id, reason=made.reason,
            evidence=made.evidence_key, made_at=at, import_run=run,
        )
        for made in found
    ]  # fmt: skip
    for row in rows:
        if row.customer_id in in_force:
            changed = {"person_id": row.person_id, "reason": row.reason, "evidence": row.evidence, "made_at": at}
            undoing.keep_link(row.customer_id, run)
            Link.objects.filter(customer_id=row.customer_id, undone_at=None).update(**changed, import_run=run)
    Link.objects.bulk_create([row for row in rows if row.customer_id not in in_force], batch_size=CHUNK)
    return len(rows)


def _suspects(persons: Sequence[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Everybody who may share evidence with ``persons``, themselves included."""
    held = Person.objects.values(*_COMPARED)
    if len(persons) > LOOKED_UP:
        yield from held.iterator(chunk_size=20_000)
        return
    ids = [row["customer_id"] for row in persons]
    seen: set[str] = set()
    for chunk in chunks(ids):
        keys = list(Person.objects.filter(customer_id__in=chunk).values_list("mail_key", "phone_key"))
        mails = {mail for mail, _ in keys if mail}
        phones = {phone for _, phone in keys if phone}
        wanted = Q(mail_key__in=mails) | Q(phone_key__in=phones) | Q(customer_id__in=chunk)
        for row in held.filter(wanted).iterator(chunk_size=20_000):
            if row["customer_id"] not in seen:
                seen.add(row["customer_id"])
                yield row


def unlink(customer_id: str, *, actor: str) -> None:
    """Undo the link of a customer for good; raises RuleRefused where there is none in force."""
    with atomic():
        undone = Link.objects.filter(customer_id=customer_id, undone_at=None).update(undone_at=snapshots.now())
        if not undone:
            raise RuleRefused("No link of {customer_id} is in force", customer_id=customer_id)
        note(actor, "unlink", customer_id=customer_id)
