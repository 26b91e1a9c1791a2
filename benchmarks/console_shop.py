"""A shop of as many customers as wanted: a measured one whose rows are repeated under new ids, then published anew by
the product's own code.

Every table about customers, orders, subscriptions or voices is repeated, and so are the facts behind the published
copies, the persons with the texts they are found by, and their links. Amounts vary a little from copy to copy and
every voice gets words of its own, so that neither sorts nor dictionaries meet more equals than in a real shop.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import ibis

import okaeri
from okaeri.demo import FILES
from okaeri.loop.demo import simulate_files
from okaeri.loop.workspace import Workspace
from okaeri.shop import Shop

#: Ids that grow with the customers; a repeated row gets new ones.
IDS = (
    "customer_id", "person_id", "order_id", "subscription_id", "voice_id", "signal_id", "text_key", "event_id", "visitor_id",
    "session_id",
)  # fmt: skip
#: Facts that are repeated: those the published copies are made of.
FACTS = ("customers", "orders", "order_lines", "events", "voices")
TOGETHER = 20_000
#: Of so many voices one was closed by the shop's people.
CLOSED = 20


def measured(folder: Path, customers: int) -> Shop:
    """A made-up shop of ``customers``, imported and refreshed."""
    plan = simulate_files(folder / "files", customers=customers)
    shop = okaeri.init(folder / "shop", name="benchmark")
    shop.import_files([folder / "files" / name for name in FILES])
    shop.refresh(as_of=plan.end)
    return shop


def repeat(shop: Shop, times: int) -> None:
    """Make the shop ``times`` as large, in place."""
    from okaeri.loop import snapshots
    from okaeri.loop.published import publish
    from okaeri.records.models import Snapshot

    workspace = shop.workspace
    with workspace.records():
        latest, snapshot = snapshots.latest_refresh(), snapshots.current()
        assert latest is not None
        assert snapshot is not None
        versions = _repeat_facts(workspace, dict(snapshot.versions), times)
        new = Snapshot.objects.create(made_at=snapshots.now(), versions=versions)
        folder = _repeat_tables(workspace, workspace.measured / latest.key, times)
        _repeat_persons(times)
        _repeat_links(times)
        _take_up_voices(folder)
        publish(workspace, folder, versions, latest.as_of)
        snapshots.record_refresh(folder.name, latest.as_of, new, snapshots.now(), latest.tables)
        shutil.rmtree(workspace.measured / latest.key)


def _connected(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(workspace.work)})
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def _repeated(rows: str, columns: dict[str, str], times: int, first: int = 0) -> str:
    """The query of ``rows`` repeated; copy 0 keeps its ids and figures."""
    told = {
        name: f"CASE WHEN copy_no = 0 THEN r.{name} ELSE r.{name} || '~' || copy_no END"
        for name in IDS
        if name in columns
    }
    if "text" in columns:
        told["text"] = "CASE WHEN copy_no = 0 OR r.text = '' THEN r.text ELSE r.text || ' ' || copy_no END"
    for name, kind in columns.items():
        if kind == "DOUBLE" and "customer_id" in columns:
            told[name] = f"r.{name} * (1 - hash(r.customer_id, copy_no) % 1000 / 100000.0)"
    replaced = ", ".join(f"{how} AS {name}" for name, how in told.items())
    chosen = f"r.* REPLACE ({replaced})" if replaced else "r.*"
    return f"SELECT {chosen} FROM {rows} r, range({first}, {times}) t(copy_no)"


def _columns(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}


def _repeat_tables(workspace: Workspace, made: Path, times: int) -> Path:
    """The measured tables in a new folder beside ``made``."""
    folder = made.with_name(f"{made.name[:-16]}{times:016x}")
    folder.mkdir(exist_ok=True)
    with _connected(workspace) as connection:
        for path in sorted(made.glob("*.parquet")):
            columns = _columns(connection, f"'{path}'")
            if not set(IDS) & set(columns):
                shutil.copy2(path, folder)
                continue
            query = _repeated(f"'{path}'", columns, times)
            connection.execute(f"COPY ({query}) TO '{folder / path.name}' (FORMAT parquet, COMPRESSION zstd)")
    return folder


def _repeat_facts(workspace: Workspace, versions: dict[str, int], times: int) -> dict[str, int]:
    """The facts' new versions: as an import would add rows, table by table."""
    from okaeri.loop import snapshots
    from okaeri.schema.facts import FACTS as DECLARED

    store = snapshots.store_of(workspace)
    for name in FACTS:
        connection = ibis.duckdb.connect(memory_limit="3GB", temp_directory=str(workspace.work))
        held = store.read(connection, name, versions)
        connection.create_view("held", held)
        columns = {column: "DOUBLE" if kind.is_floating() else str(kind) for column, kind in held.schema().items()}
        rows = connection.sql(_repeated("held", columns, times, first=1))
        versions[name] = store._write(DECLARED[name], rows, mode="append", predicate=None)
    return versions


def _repeat_persons(times: int) -> None:
    """Every person again under new ids, mails and phone numbers, with the text they are found by."""
    from okaeri.records.models import Person
    from okaeri.records.models.searching import TOLD_BY, keep_texts

    people = list(Person.objects.all())
    for rows in _together(_copy(person, number) for number in range(1, times) for person in people):
        Person.objects.bulk_create(rows)
        keep_texts({name: getattr(row, name) for name in TOLD_BY} for row in rows)


def _copy(person: object, number: int) -> object:
    told = {field.attname: getattr(person, field.attname) for field in person._meta.fields if field.name != "id"}
    last = f"{number % 10000:04d}"
    told["customer_id"] = f"{told['customer_id']}~{number}"
    for name in ("email", "mail_key"):
        told[name] = told[name].replace("@", f"{number}@")
    told["phone"] = told["phone"][:-4] + last if told["phone"] else ""
    told["phone_key"] = told["phone_key"][:-4] + last if told["phone_key"] else ""
    return type(person)(**told)


def _repeat_links(times: int) -> None:
    from okaeri.records.models import Link

    links = list(Link.objects.filter(undone_at=None))
    for rows in _together(_link(link, number) for number in range(1, times) for link in links):
        Link.objects.bulk_create(rows)


def _link(link: object, number: int) -> object:
    told = {field.attname: getattr(link, field.attname) for field in link._meta.fields if field.name != "id"}
    told |= {name: f"{told[name]}~{number}" for name in ("customer_id", "person_id")}
    return type(link)(**told)


def _take_up_voices(folder: Path) -> None:
    """The shop's people have closed some voices and hold some others."""
    from okaeri.loop import snapshots
    from okaeri.records.models import VoiceCase

    now = snapshots.now()
    with duckdb.connect() as connection:
        query = f"SELECT voice_id FROM '{folder / 'feelings.parquet'}' WHERE hash(voice_id) % {CLOSED} = 0 ORDER BY voice_id"
        ids = [row[0] for row in connection.execute(query).fetchall()]
    cases = (
        VoiceCase(voice_id=voice, is_closed=place % 10 > 0, assignee="" if place % 10 else "benchmark", changed_at=now,
                  draft="" if place % 20 else "ありがとうございます。")
        for place, voice in enumerate(ids)
    )  # fmt: skip
    for rows in _together(cases):
        VoiceCase.objects.bulk_create(rows, batch_size=500)


def _together(rows: Iterator[object]) -> Iterator[list]:
    while some := list(islice(rows, TOGETHER)):
        yield some


def into(url: str, shop: Shop, place: Path) -> Shop:
    """The same shop at ``place``, its records in the PostgreSQL database at ``url``: moved there unless they are already.

    Tables and facts are shared with ``shop``.
    """
    place.mkdir(exist_ok=True)
    path = shop.workspace.path
    for name in ("measured", "facts", "rejects"):
        (path / name).mkdir(exist_ok=True)
        if not (place / name).exists():
            (place / name).symlink_to(path / name, target_is_directory=True)
    shutil.copy2(path / "secret.key", place)
    toml = (path / "okaeri.toml").read_text(encoding="utf-8")
    (place / "okaeri.toml").write_text(f'{toml}\n[database]\nurl = "{url}"\n', encoding="utf-8")
    new = okaeri.open(place)
    _move(shop.workspace.database, new.workspace.database)
    return new


def _move(old: str, new: str) -> None:
    """Copy every row of the shop's tables, in one transaction; nothing where there are rows already."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connections, transaction

    known = [model for model in apps.get_models() if model._meta.app_label in ("records", "surveys", "reviews")]
    if any(model._base_manager.using(new).exists() for model in known):
        return
    with transaction.atomic(using=new), connections[new].cursor() as cursor:
        for model in known:
            _move_rows(model, connections[old], cursor)
        for statement in connections[new].ops.sequence_reset_sql(no_style(), known):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def _move_rows(model: Any, old: Any, cursor: Any) -> None:
    from django.db.models import BooleanField

    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    truths = [isinstance(field, BooleanField) for field in fields]
    with old.cursor() as rows, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        rows.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        for row in rows:
            # SQLite keeps truths as numbers.
            copy.write_row([bool(value) if is_truth and value is not None else value
                            for value, is_truth in zip(row, truths, strict=True)])  # fmt: skip
