"""Which shop's database the records speak to.

One process may open several shops (a notebook, a test run). Each has a database alias of its own; :func:`using` says
which of them the block inside works on, per thread and task.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import connections, transaction

from okaeri.schema.errors import DataRejected, Problem

_current: ContextVar[str] = ContextVar("okaeri_database", default="default")


class ShopRouter:
    """Sends every query to the shop in use."""

    def db_for_read(self, model: object, **hints: object) -> str:
        return _current.get()

    def db_for_write(self, model: object, **hints: object) -> str:
        return _current.get()

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """Whether tables of an app are made: not those of Django's own groups and permissions, which stay unused."""
        return app_label not in ("auth", "contenttypes")

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Work on the database called ``alias`` inside the block."""
    token = _current.set(alias)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str:
    """The alias of the shop in use."""
    return _current.get()


def atomic() -> transaction.Atomic:
    """One transaction on the shop in use: all of it happens, or nothing."""
    return transaction.atomic(using=_current.get())


def add(url: str, default: Path) -> str:
    """Make the database at ``url`` (SQLite at ``default`` when empty) known; returns its alias."""
    place = _postgresql(url) if url else _sqlite(default)
    alias = "shop-" + hashlib.sha256(repr(sorted(place.items(), key=str)).encode()).hexdigest()[:12]
    if alias not in connections.settings:
        connections.settings[alias] = {**connections.settings["default"], **place}
    return alias


def _sqlite(path: Path) -> dict[str, object]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;"
    options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas, "timeout": 30}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path.resolve()), "OPTIONS": options}


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise DataRejected(Problem("okaeri.toml", "Write postgresql://user:password@host/name", column="database.url"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
    }
