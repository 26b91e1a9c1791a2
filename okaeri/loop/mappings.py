"""Which kind of file this is: known by its header, by a mapping saved for that header, or by a mapping the user gives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ibis.backends.duckdb import Backend

from okaeri.ingest.files import raw_file
from okaeri.ingest.mapping import load_mapping, save_mapping
from okaeri.ingest.parsed import RawFile, Source
from okaeri.ingest.proposing import explain, propose, questions
from okaeri.ingest.reading import every_column
from okaeri.ingest.sources import SOURCES, recognise, wanted_columns
from okaeri.ingest.tabular import as_text
from okaeri.loop import snapshots
from okaeri.loop.workspace import Workspace
from okaeri.records.models import SavedMapping
from okaeri.schema.errors import MappingNeeded, RuleRefused

GENERIC = "generic"


@dataclass(frozen=True)
class Layout:
    """A file read, with what translates it. ``mapping`` is for a generic file only."""

    raw: RawFile
    source: Source
    mapping: dict[str, Any] | None = None


@dataclass(frozen=True)
class Unknown:
    """A file of no known kind: okaeri can only propose."""

    raw: RawFile


def read(path: Path, connection: Backend, scratch: Path, source: str | None, mapping: Path | None) -> Layout | Unknown:
    """Read ``path`` and find what translates it.

    ``source`` or ``mapping``, where given, decide. Raises RuleRefused for an unknown source, DataRejected for a file
    that is no table.
    """
    if source is not None and source not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        raise RuleRefused("There is no source {source}; the sources are {known}", source=source, known=known)
    given = load_mapping(mapping).as_dict() if mapping is not None else None
    if given is not None:
        layout = understand(path, connection, scratch, given)
        remember(layout.raw.header, given)
        return layout
    return understand(path, connection, scratch, None, source)


def understand(
    path: Path, connection: Backend, scratch: Path, given: dict[str, Any] | None, source: str | None = None
) -> Layout | Unknown:
    """Read ``path`` and find what translates it, as :func:`read` does, but keep nothing of it in mind."""
    chosen = GENERIC if given is not None else source
    wanted = every_column if chosen else wanted_columns
    raw = raw_file(path, connection, scratch, wanted, sheet=str((given or {}).get("sheet", "")) or None)
    if given is not None:
        return Layout(raw, SOURCES[GENERIC], given)
    found = SOURCES[chosen] if chosen and chosen != GENERIC else recognise(raw.header)
    if found is not None:
        return Layout(raw if found.takes_types else as_text(raw), found)
    saved = SavedMapping.objects.filter(header_digest=_digest(raw.header)).first()
    return Layout(raw, SOURCES[GENERIC], saved.mapping) if saved else Unknown(raw)


def remember(header: tuple[str, ...], mapping: dict[str, Any]) -> None:
    """The next file with this header is read the same way."""
    values = {"mapping": mapping, "saved_at": snapshots.now()}
    SavedMapping.objects.update_or_create(header_digest=_digest(header), defaults=values)


def _digest(header: tuple[str, ...]) -> str:
    """Of the names as a set: shops reorder their columns."""
    return hashlib.sha256("\x1f".join(sorted(header)).encode()).hexdigest()


def refusal(workspace: Workspace, path: Path, unknown: Unknown) -> MappingNeeded:
    """Propose a mapping for a file of no known kind: written beside the shop for the user to check."""
    proposal = propose(unknown.raw)
    out = workspace.path / "mappings" / f"{path.stem}.toml"
    out.parent.mkdir(exist_ok=True)
    save_mapping(proposal.mapping, out)
    return MappingNeeded(path.name, out, explain(proposal), questions(proposal))
