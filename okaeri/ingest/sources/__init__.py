"""The kinds of file okaeri knows, by name. A new one is a module here and a line in ``SOURCES``."""

from __future__ import annotations

from okaeri.ingest.parsed import Source, narrow
from okaeri.ingest.sources import (
    amazon,
    aupay,
    base_ec,
    eccube4,
    generic,
    handmade,
    mails,
    next_engine,
    plain,
    rakuten,
    shopify,
    yahoo,
)  # fmt: skip

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        eccube4.ORDERS,
        eccube4.MEMBERS,
        eccube4.PRODUCTS,
        shopify.ORDERS,
        shopify.CUSTOMERS,
        base_ec.SOURCE,
        rakuten.RPAY_ORDERS,
        rakuten.CLASSIC_ORDERS,
        yahoo.ORDERS,
        yahoo.ITEMS,
        aupay.SOURCE,
        amazon.ALL_ORDERS,
        amazon.ORDER_REPORT,
        next_engine.SOURCE,
        handmade.CREEMA,
        handmade.MINNE,
        mails.SOURCE,
        generic.SOURCE,
        *plain.PLAIN.values(),
    )
}


def recognise(header: tuple[str, ...]) -> Source | None:
    """The source whose names ``header`` holds, whatever the order; of several, the one with the most names."""
    names = {narrow(name) for name in header}
    matches = [
        (len(wanted), source)
        for source in SOURCES.values()
        for wanted in source.recognised_by
        if {narrow(name) for name in wanted} <= names
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def wanted_columns(header: tuple[str, ...]) -> frozenset[str]:
    """The columns of a file that its source reads; all where no source knows the header, or the source reads all."""
    source = recognise(header)
    if source is None or not source.reads:
        return frozenset(header)
    reads = {narrow(name) for name in source.reads}
    return frozenset(name for name in header if narrow(name) in reads)
