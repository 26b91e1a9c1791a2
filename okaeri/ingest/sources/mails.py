"""Mails to the shop, out of a mail folder (mbox) as mail programs and help desks export it.

Each is a voice: an inquiry, or a reply where it answers another mail. The sender's address becomes a record, not a fact,
and joins the mail to the customer who has it. The shop's own mails (``imports.own_mails``) are left out.
"""

from __future__ import annotations

import ibis

from okaeri.ingest.ids import OWN
from okaeri.ingest.mails import HEADER
from okaeri.ingest.parsed import Context, Parsed, RawFile, Source
from okaeri.ingest.single import one_table
from okaeri.schema.facts import voices

COLUMNS = {"voice_id": "message_id", "at": "at", "source": "kind", "text": "text", "persons.email": "mail"}


def parse(raw: RawFile, context: Context) -> Parsed:
    """The mails that are not the shop's own."""
    columns = {name: (column,) for name, column in COLUMNS.items()}
    return one_table(voices, _of_others(raw, context.own_mails), columns, context, context.store or OWN)


def _of_others(raw: RawFile, own: tuple[str, ...]) -> RawFile:
    """Without mails from the addresses ``own``, or from any at one that begins with an @."""
    sender = raw.column("mail").fill_null("")
    wholes = [mail.lower() for mail in own if not mail.startswith("@")]
    theirs = ~sender.isin(wholes) if wholes else ibis.literal(True)
    for domain in own:
        if domain.startswith("@"):
            theirs = theirs & ~sender.endswith(domain.lower())
    return RawFile(raw.name, raw.header, raw.rows.filter(theirs))


SOURCE = Source(
    name="mails",
    title="mails to the shop (mbox)",
    brings=("voices",),
    recognised_by=(frozenset(HEADER),),
    parse=parse,
    notes="A mail folder ending in .mbox; each mail without what it quotes. Automatic mails are left out, and those from "
    "the addresses in `imports.own_mails`.",
)
