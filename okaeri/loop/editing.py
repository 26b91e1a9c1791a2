"""Settings changed from the console: written into ``okaeri.toml`` beside what stands there, comments kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import Table

from okaeri.loop.workspace import SETTINGS_FILE, Workspace
from okaeri.records.audit import note
from okaeri.records.database import atomic
from okaeri.schema.errors import RuleRefused
from okaeri.schema.rules import repair_of
from okaeri.schema.settings import Settings, out_of_bounds, settings_in


def digest_of(workspace: Workspace) -> str:
    """What tells whether the file has been changed since somebody looked."""
    return _digest((workspace.path / SETTINGS_FILE).read_bytes())


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def changed(settings: Settings, wanted: Mapping[str, Any]) -> Settings:
    """``settings`` with the ``wanted`` values by ``section.name``."""
    for place, value in wanted.items():
        section, name = place.split(".")
        settings = replace(settings, **{section: replace(getattr(settings, section), **{name: value})})
    return settings


def faults(settings: Settings, wanted: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, object]]]:
    """What is wrong with ``wanted`` values: a sentence and what fills its places, by ``section.name``."""
    return {name: (said, told) for name, said, told in out_of_bounds(changed(settings, wanted)) if name in wanted}


def save_settings(workspace: Workspace, wanted: Mapping[str, Any], *, seen: str, actor: str) -> Settings:
    """Write the ``wanted`` values by ``section.name``; one equal to its default leaves the file. Returns what holds now.

    The file appears whole or not at all. ``seen`` is the digest of the file the user looked at: RuleRefused is raised
    where another has changed it since, DataRejected for values no shop can mean. Call it with the records in use.
    """
    path = workspace.path / SETTINGS_FILE
    with _alone(workspace):
        text = path.read_bytes()
        held = settings_in(text, path.name)
        moves = {name: (_value(held, name), value) for name, value in wanted.items() if _value(held, name) != value}
        if not moves:
            return held
        if _digest(text) != seen:
            raise RuleRefused("Somebody else has changed the settings meanwhile; look at them again")
        written = _written(text.decode("utf-8"), {name: new for name, (_, new) in moves.items()})
        settings = settings_in(written, path.name)
        with atomic():
            note(actor, "settings", **{name: [_plain(old), _plain(new)] for name, (old, new) in moves.items()})
            partial = path.with_name(path.name + ".partial")
            with partial.open("wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        return settings


def keep_repair(workspace: Workspace, day: date, step: str, *, actor: str, is_taken_back: bool = False) -> None:
    """Enter that ``step`` of the journey was repaired on ``day``, or take that back; doing it again changes nothing.

    RuleRefused is raised where another changes the settings at the same time. Call it with the records in use.
    """
    text = (workspace.path / SETTINGS_FILE).read_bytes()
    held = settings_in(text, SETTINGS_FILE).rules.repairs
    others = [written for written in held if repair_of(written) != (day, step)]
    wanted = others if is_taken_back else sorted([*others, f"{day.isoformat()} {step}"])
    save_settings(workspace, {"rules.repairs": tuple(wanted)}, seen=_digest(text), actor=actor)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    with (workspace.work / "settings.lock").open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield


def _value(settings: Settings, place: str) -> Any:
    section, name = place.split(".")
    return getattr(getattr(settings, section), name)


def default_of(place: str) -> Any:
    """The value of a setting nobody has set."""
    section, name = place.split(".")
    kind = typing.get_type_hints(Settings)[section]
    return next(item.default for item in fields(kind) if item.name == name)


def _written(text: str, values: Mapping[str, Any]) -> bytes:
    document = tomlkit.parse(text)
    for place, value in values.items():
        section, name = place.split(".")
        table = document.setdefault(section, tomlkit.table())
        if value == default_of(place):
            table.pop(name, None)
        else:
            typing.cast(Table, table)[name] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(document).encode("utf-8")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
