"""The kinds of file okaeri knows, by name. A new one is a module here and a line in ``SOURCES``."""

from __future__ import annotations

from okaeri.ingest.parsed import Source
from okaeri.ingest.sources import eccube4, generic, plain

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        eccube4.ORDERS,
        eccube4.MEMBERS,
        eccube4.PRODUCTS,
        generic.SOURCE,
        *plain.PLAIN.values(),
    )
}


def recognise(header: tuple[str, ...]) -> Source | None:
    """The source whose names ``header`` holds, whatever the order; of several, the one with the most names."""
    names = set(header)
    matches = [
        (len(wanted), source) for source in SOURCES.values() for wanted in source.recognised_by if wanted <= names
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def wanted_columns(header: tuple[str, ...]) -> frozenset[str]:
    """The columns of a file that its source reads; all where no source knows the header, or the source reads all."""
    source = recognise(header)
    return source.reads if source is not None and source.reads else frozenset(header)
