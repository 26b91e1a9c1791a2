"""A mail folder in mbox form: what people wrote, without what they quoted.

One row per mail, in the folder's order: ``message_id``, ``at`` (ISO, with offset), ``mail``, ``kind`` (inquiry, or reply
where the mail answers another) and ``text`` (subject and body). What machines send is left out: bounces, automatic
answers, lists.
"""

from __future__ import annotations

import email
import html
import mailbox
import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import cast

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from okaeri.ingest import reasons
from okaeri.ingest.encoding import refused
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.values import prepare

HEADER = ("message_id", "at", "mail", "kind", "text")
#: Mails read at a time, and the most letters kept of one.
BATCH, LONGEST = 1000, 20_000
MACHINES = ("mailer-daemon", "postmaster", "no-reply", "noreply")
#: Names under which Japanese mail is sent that stand for more letters than they say.
WIDER = {
    "iso-2022-jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "us-ascii": "utf-8",
}
#: Where what the mail answers begins, as mail programs write it.
_QUOTED = re.compile(
    r"^(-{2,}\s*(Original Message|元のメッセージ|Forwarded message|転送).*"
    r"|On .{6,200} wrote:"
    r"|\d{4}年\d{1,2}月\d{1,2}日.{0,120}[:：]"
    r"|(From|差出人|送信元|送信者)\s*[:：].*@.*"
    r"|-- ?)$",
    re.IGNORECASE,
)
#: No tag holds a "<", so that however many there are, each is looked at once.
_TAG = re.compile(r"<(?P<closes>/?)\s*+(?P<name>[a-z!][a-z0-9]*+)?[^<>]*+>", re.IGNORECASE)
#: What stands in these is not the writer's word.
_UNSAID = ("script", "style", "blockquote")
_ENDS_LINE = re.compile(r"<(br\b|/(p|div|li|tr)\b)", re.IGNORECASE)
#: How mail folders mark a line that would look like the beginning of a mail.
_FOLDERS_OWN = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINES = re.compile(r"\n{3,}")


def read_mails(path: Path, connection: Backend, scratch: Path) -> RawFile:
    """The mails of folder ``path``; ``row_no`` is the mail's place in it, from 1.

    Raises ``DataRejected`` for a file that is no mail folder or holds no mail of a person.
    """
    prepare(connection)
    with path.open("rb") as file:
        if not file.read(5) == b"From ":
            raise refused(path.name, reasons.NOT_A_MAILBOX)
    kept = scratch / f"{path.name}.parquet"
    schema = pa.schema([("row_no", pa.int64()), *((f"c{place}", pa.string()) for place in range(len(HEADER)))])
    count = 0
    with pq.ParquetWriter(kept, schema) as out:
        rows = _rows(path)
        while batch := list(islice(rows, BATCH)):
            out.write_batch(pa.RecordBatch.from_arrays([pa.array(c) for c in zip(*batch, strict=True)], schema=schema))
            count += len(batch)
    if not count:
        raise refused(path.name, reasons.NO_MAILS)
    return RawFile(path.name, HEADER, connection.read_parquet(str(kept), table_name=ibis.util.gen_name("mails")))


def _rows(path: Path) -> Iterator[tuple[int, str, str | None, str | None, str, str | None]]:
    folder = mailbox.mbox(path, create=False)
    try:
        for place, key in enumerate(folder.iterkeys(), 1):
            raw = _FOLDERS_OWN.sub(rb"\1", folder.get_bytes(key))
            mail = email.message_from_bytes(raw)
            if not _is_a_machines(mail):
                kind = "reply" if mail["In-Reply-To"] or mail["References"] else "inquiry"
                yield place, _id(mail, raw), _at(mail), _sender(mail), kind, _text(mail)[:LONGEST] or None
    finally:
        folder.close()


def _is_a_machines(mail: Message) -> bool:
    automatic = str(mail["Auto-Submitted"] or "no").strip().lower() != "no"
    bulk = str(mail["Precedence"] or "").strip().lower() in ("bulk", "junk", "list")
    sender = (_sender(mail) or "").partition("@")[0]
    return automatic or bulk or sender in MACHINES or mail.get_content_type() == "multipart/report"


def _id(mail: Message, raw: bytes) -> str:
    """The same for the same mail in another folder."""
    told = str(mail["Message-ID"] or "").strip().encode() or raw
    return "mail-" + blake2b(told, digest_size=12).hexdigest()


def _at(mail: Message) -> str | None:
    """With the offset it says; -0000 is UTC from somewhere (RFC 5322, 3.3)."""
    try:
        told = parsedate_to_datetime(str(mail["Date"]))
    except (ValueError, OverflowError):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).isoformat()


def _sender(mail: Message) -> str | None:
    return parseaddr(str(mail["From"] or ""))[1].strip().lower() or None


def _text(mail: Message) -> str:
    subject = _header(mail["Subject"])
    return "\n".join(part for part in (subject, _own_words(_body(mail))) if part)


def _header(value: object) -> str:
    """A header with its encoded words spelled out; what cannot be is left as it stands."""
    try:
        parts = decode_header(cast(Header, value or ""))
    except HeaderParseError:
        parts = [(str(value), None)]
    words = (_decoded(part, charset) if isinstance(part, bytes) else part for part, charset in parts)
    return re.sub(r"\s+", " ", "".join(words)).strip()


def _body(mail: Message) -> str:
    """The first plain text, else the first HTML without its tags."""
    texts = {part.get_content_type(): part for part in reversed(list(mail.walk())) if not part.get_filename()}
    if (plain := texts.get("text/plain")) is not None:
        return _payload(plain)
    marked = texts.get("text/html")
    return "" if marked is None else html.unescape("".join(_said(_payload(marked))))


def _said(page: str) -> Iterator[str]:
    """The words between the tags, and line breaks; a quotation in a quotation ends with the outer one."""
    inside: list[str] = []
    begins = 0
    for tag in _TAG.finditer(page):
        if not inside:
            yield page[begins : tag.start()]
            yield "\n" if _ENDS_LINE.match(tag[0]) else ""
        begins, name = tag.end(), (tag["name"] or "").lower()
        if name in _UNSAID and not tag["closes"] and not (inside and inside[-1] != "blockquote"):
            inside.append(name)
        elif tag["closes"] and inside and inside[-1] == name:
            inside.pop()
    if not inside:
        yield page[begins:]


def _payload(part: Message) -> str:
    held = part.get_payload(decode=True)
    return _decoded(held, part.get_content_charset()) if isinstance(held, bytes) else ""


def _decoded(held: bytes, charset: str | None) -> str:
    """Text in the charset it says, as widely as that is used; else as UTF-8, what is none marked."""
    named = (charset or "utf-8").lower()
    for encoding in (WIDER.get(named, named), "utf-8", "cp932"):
        try:
            # to and fro, as some charsets have halves of letters, which no file can hold
            return held.decode(encoding).encode().decode()
        except (ValueError, LookupError):
            continue
    return held.decode("utf-8", errors="replace")


def _own_words(body: str) -> str:
    """The mail without what it quotes and without a signature."""
    lines: list[str] = []
    for line in body.replace("\r", "").split("\n"):
        if _QUOTED.match(line.strip()):
            break
        if not line.lstrip().startswith((">", "＞")):
            lines.append(line.rstrip())
    return _LINES.sub("\n\n", "\n".join(lines)).strip()
