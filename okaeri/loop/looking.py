"""What a file holds before it is taken in: its form, its first rows, what would be left out, or the questions it raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from okaeri.ingest.checks import Checked, check
from okaeri.ingest.mapping import CHOICES, Mapping, load_mapping, mapping_from, save_mapping
from okaeri.ingest.parsed import Context, RawFile
from okaeri.ingest.proposing import Guess, Proposal, propose
from okaeri.ingest.targets import GRAINS, targets
from okaeri.loop import importing, mappings, uploads
from okaeri.loop.workspace import Workspace
from okaeri.schema.errors import Problem
from okaeri.schema.facts import ORDER_STATUS

#: A source that is several columns of the file.
JOINED = " + "
SHOWN_ROWS = 8
#: Of so many uploads the questions are held in memory.
MOST_HELD = 50
_askings: dict[tuple[Path, str], Asking] = {}


@dataclass(frozen=True)
class Look:
    """A file as it would be taken in. ``columns`` and ``rows`` count those of the file; ``preview`` has the first rows
    by fact table; ``known_since`` tells the day on which these very bytes were taken in."""

    file: str
    source: str
    encoding: str
    delimiter: str
    columns: int
    rows: int
    counts: dict[str, int]
    preview: dict[str, list[dict[str, object]]]
    rejected: int
    is_refused: bool
    problems: tuple[Problem, ...]
    newest_order: date | None
    known_since: date | None


@dataclass(frozen=True)
class Asking:
    """A file of no known kind: what okaeri takes its columns to be, to be confirmed or put right."""

    file: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    grain: str
    cart: str
    fields: tuple[dict[str, Any], ...]
    words: tuple[str, ...]
    tax: str
    store: str
    samples: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = field(default=())


def look(workspace: Workspace, path: Path, *, grain: str = "") -> Look | Asking:
    """Look into an uploaded file; ``grain`` is what one row is, where the user says so. Call it with the records in use.

    Raises DataRejected for what is no table, and for a mapping that does not fit it.
    """
    mapping = uploads.beside(path, uploads.MAPPING)
    given = load_mapping(mapping).as_dict() if mapping.exists() and not grain else None
    with importing.scratch(workspace) as (connection, folder):
        layout = mappings.understand(path, connection, folder, given)
        if isinstance(layout, mappings.Unknown) or grain in GRAINS:
            return _asked_once(path, layout.raw, grain if grain in GRAINS else "")
        zone, shop = workspace.settings.shop.timezone, workspace.settings.imports
        context = Context(zone, workspace.secret, None, layout.mapping, shop.own_mails)
        return _looked(workspace, path, layout, check(layout.source.parse(layout.raw, context), layout.raw))


def _looked(workspace: Workspace, path: Path, layout: mappings.Layout, checked: Checked) -> Look:
    if checked.rejected_rows:
        importing.write_rejected(checked, rejected_file(path))
    orders = checked.facts.get("orders")
    run = importing.known(path)
    return Look(
        file=path.name, source=layout.source.title, encoding=layout.raw.encoding, delimiter=layout.raw.delimiter,
        columns=len(layout.raw.header), rows=checked.read_rows, counts=dict(checked.counts),
        preview={name: rows[:SHOWN_ROWS] for name, rows in checked.preview().items() if rows},
        rejected=checked.rejected_rows, is_refused=importing.refuses(workspace, checked),
        problems=tuple(importing.problems_of(path, checked)),
        newest_order=orders.order_date.max().to_pyarrow().as_py() if orders is not None else None,
        known_since=run.finished_at.date() if run else None,
    )  # fmt: skip


def rejected_file(path: Path) -> Path:
    """Where the rows of an upload that would be left out are listed."""
    return path.parent / "rejected.part"


def _asked_once(path: Path, raw: RawFile, grain: str) -> Asking:
    """What is asked about an upload, whose bytes never change, found out once."""
    found = _askings.get((path, grain))
    if found is None:
        while len(_askings) >= MOST_HELD:
            _askings.pop(next(iter(_askings)), None)
        found = _askings[path, grain] = _asking(raw, grain)
    return found


def _asking(raw: RawFile, grain: str) -> Asking:
    proposal = propose(raw, grain)
    guesses = {guess.target: guess for guess in proposal.guesses}
    mapping = proposal.mapping
    needed = {name for group in mapping.lacks() for name in group}
    fields = tuple(
        _field(name, guesses.get(name), mapping.columns.get(name, ()), name in needed)
        for name in targets(mapping.grain)
    )
    rows = raw.rows.order_by("row_no").limit(4).to_pyarrow().to_pylist()
    samples = tuple(tuple(str(row.get(f"c{place}") or "") for row in rows) for place in range(len(raw.header)))
    return Asking(
        raw.name, raw.encoding, raw.delimiter, raw.header, mapping.grain, proposal.cart, fields, proposal.unknown_words,
        mapping.tax, mapping.store, samples,
    )  # fmt: skip


def _field(name: str, guess: Guess | None, sources: tuple[str, ...], is_needed: bool) -> dict[str, Any]:
    told = {"target": name, "chosen": JOINED.join(sources), "is_needed": is_needed, "several": len(sources) > 1}
    sure = {"confidence": guess.confidence, "samples": guess.samples} if guess else {"confidence": None, "samples": ()}
    return told | sure


def agree(workspace: Workspace, path: Path, told: dict[str, Any]) -> None:
    """Keep the mapping a user settled on for an upload: ``grain``, ``columns`` (target to column of the file, empty for
    none), ``words``, ``tax``, ``store``. Raises DataRejected, naming the key, for one that cannot be."""
    with importing.scratch(workspace) as (connection, folder):
        raw = mappings.understand(path, connection, folder, None).raw
        proposal = propose(raw, told["grain"] if told["grain"] in GRAINS else "")
        whole = mapping_from(_merged(proposal, told, raw))
    save_mapping(whole, uploads.beside(path, uploads.MAPPING))


def _merged(proposal: Proposal, told: dict[str, Any], raw: RawFile) -> dict[str, object]:
    """The proposal with what the user chose in place of what was guessed; names of no column of the file are left out."""
    mapping: Mapping = proposal.mapping
    known = set(raw.header) | {f"{name}#{nth}" for name in raw.header for nth in range(2, raw.header.count(name) + 1)}
    columns: dict[str, object] = {}
    for target in targets(mapping.grain):
        sources = [part for part in str(told["columns"].get(target, "")).split(JOINED) if part in known]
        if sources:
            columns[target] = sources if len(sources) > 1 else sources[0]
    words = {word: state for word, state in told["words"].items() if state in ORDER_STATUS}
    merged = mapping.as_dict() | {"columns": columns, "status_words": mapping.status_words | words}
    for name in ("tax", "status"):
        if told.get(name) in CHOICES[name]:
            merged[name] = told[name]
    return merged | ({"store": told["store"]} if told.get("store") else {})
