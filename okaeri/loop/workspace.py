"""A shop's folder: ``okaeri.toml``, the records' database, ``facts/`` and ``measured/``."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import django

from okaeri.schema.errors import RuleRefused
from okaeri.schema.settings import Settings, read_settings

SETTINGS_FILE = "okaeri.toml"

#: What processes on several machines that share a PostgreSQL take turns by: "okaeri" as a number.
_TABLES_LOCK = int.from_bytes(b"okaeri", "big")

_NEW_SETTINGS = """\
# Settings of this shop. Each one, its meaning and its default: docs/reference/settings.md
[shop]
name = "{name}"
timezone = "{timezone}"
currency = "JPY"
language = "{language}"
"""


@dataclass(frozen=True)
class Workspace:
    """An opened shop. ``database`` is the records' alias, ``secret`` keys the ids made for customers without one."""

    path: Path
    settings: Settings
    database: str
    secret: str

    @property
    def facts(self) -> Path:
        return self.path / "facts"

    @property
    def measured(self) -> Path:
        return self.path / "measured"

    @property
    def kept(self) -> Path:
        """Rows that stay good from one refresh to the next; without them the next takes longer."""
        return self.path / "kept"

    @property
    def work(self) -> Path:
        """Scratch space; whatever lies in it may be deleted when no command runs."""
        folder = self.path / "work"
        folder.mkdir(exist_ok=True)
        return folder

    def records(self) -> AbstractContextManager[None]:
        """Inside the block the records are this shop's."""
        from okaeri.records import database

        return database.using(self.database)

    def today(self) -> date:
        """Today in the shop's zone."""
        return datetime.now(ZoneInfo(self.settings.shop.timezone)).date()


def init(path: Path, *, name: str = "", timezone: str = "Asia/Tokyo", language: str = "ja") -> Workspace:
    """Make a new shop workspace at ``path``; raises RuleRefused where one is already."""
    if (path / SETTINGS_FILE).exists():
        raise RuleRefused("{path} is already a shop workspace", path=path)
    path.mkdir(parents=True, exist_ok=True)
    _write_secret(path / "secret.key")
    shop_name = (name or path.resolve().name).replace("\\", "").replace('"', "")
    text = _NEW_SETTINGS.format(name=shop_name, timezone=timezone, language=language)
    (path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    return open_workspace(path)


def open_workspace(path: Path) -> Workspace:
    """Open the shop at ``path``; raises RuleRefused where there is none, DataRejected for broken settings."""
    if not (path / SETTINGS_FILE).exists():
        raise RuleRefused("{path} is not a shop workspace; make one with: okaeri init {path}", path=path)
    settings = read_settings(path / SETTINGS_FILE)
    start_django()
    from okaeri.records import database

    alias = database.add(settings.database.url, path / "records.sqlite3")
    _migrate(alias, path)
    secret = (path / "secret.key").read_text(encoding="ascii").strip()
    return Workspace(path.resolve(), settings, alias, secret)


def settings_state(workspace: Workspace) -> tuple[int, int, int]:
    """What differs as soon as the settings' file is another: cheap enough to ask at every request."""
    found = (workspace.path / SETTINGS_FILE).stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def with_settings_now(workspace: Workspace) -> Workspace:
    """The opened shop with its settings as the file has them now; raises DataRejected where they are broken."""
    return replace(workspace, settings=read_settings(workspace.path / SETTINGS_FILE))


def start_django() -> None:
    """Set Django up once in this process."""
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.config.settings")
    if not apps.ready:
        django.setup()


def _migrate(alias: str, path: Path) -> None:
    """Bring the records' tables up to this version; processes that open a shop at once take turns."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    def is_behind() -> bool:
        executor = MigrationExecutor(connections[alias])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if is_behind():
        with _turn(alias, path):
            if is_behind():
                call_command("migrate", database=alias, verbosity=0, interactive=False)


@contextmanager
def _turn(alias: str, path: Path) -> Iterator[None]:
    """Inside the block no other process changes the records' tables: in this folder, or in the same PostgreSQL."""
    from django.db import connections

    with (path / ".tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = connections[alias]
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_TABLES_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_TABLES_LOCK])


def _write_secret(path: Path) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")


@contextmanager
def sole_writer(workspace: Workspace, *, wait_seconds: float = 600.0) -> Iterator[None]:
    """Hold the shop's writer lock; the system frees it when the process dies.

    Waits for another writer up to ``wait_seconds``, then raises RuleRefused.
    """
    workspace.facts.mkdir(exist_ok=True)
    with (workspace.facts / ".lock").open("w") as lock:
        deadline = time.monotonic() + wait_seconds
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise RuleRefused("Another import is running on this shop; try again when it has ended")
            time.sleep(0.2)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
