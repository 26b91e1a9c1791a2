"""Finds a text file's encoding by trial and gives it back as UTF-8, block by block: a file may be larger than memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from okaeri.ingest import reasons
from okaeri.schema.errors import DataRejected, Problem

BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
#: A file with this many bytes of sound UTF-8 beyond ASCII before the first bad one is damaged UTF-8, not cp932:
#: read as cp932 it would pass as nonsense.
SURELY_UTF8 = 200
#: Bytes that stand for no letter in cp932, as Python decodes them.
NO_LETTERS = "\x80\xa0\uf8f1\uf8f2\uf8f3"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class Scan:
    """What has been seen of a file so far: bytes, lines, and the length of the line being read."""

    name: str
    seen: int = 0
    lines: int = 0
    open_line: int = 0
    returns: int = 0
    pairs: int = 0

    def add(self, block: bytes) -> None:
        """Count ``block``; refuse the file once a line is too long."""
        newlines = block.count(b"\n")
        first = block.find(b"\n")
        if self.open_line + (first if newlines else len(block)) > LONGEST_LINE:
            raise refused(self.name, reasons.LONG_LINE, row=self.lines + 1)
        self.open_line = len(block) - 1 - block.rfind(b"\n") if newlines else self.open_line + len(block)
        self.lines += newlines
        self.seen += len(block)
        self.returns += block.count(b"\r")
        self.pairs += block.count(b"\r\n")

    @property
    def one_kind_of_line_end(self) -> bool:
        """Whether every line ends alike, in LF or in CR LF: the reader wants no mixture, not even inside quotes."""
        return self.returns == 0 or self.returns == self.pairs == self.lines


def refused(name: str, reason: str, row: int | None = None, value: str | None = None) -> DataRejected:
    """The error for a file refused as a whole."""
    return DataRejected(Problem(file=name, reason=reason, row=row, value=value))


def as_utf8(path: Path, work: Path) -> Path:
    """``path`` itself if it is UTF-8 with one kind of line end, else a UTF-8 copy of it under ``work``."""
    return readable(path, work)[0]


def readable(path: Path, work: Path) -> tuple[Path, str]:
    """What :func:`as_utf8` gives, and the encoding ``path`` was found to be in."""
    start = _first_bytes(path)
    if start.startswith(UTF16_MARKS):
        return _copy(path, work, "utf-16"), "UTF-16"
    try:
        scan = _scan_utf8(path)
    except _NotUtf8 as found:
        if found.beyond_ascii >= SURELY_UTF8:
            raise refused(path.name, reasons.NOT_DECODABLE, found.line, f"byte {found.offset}") from None
        return _copy(path, work, "cp932"), "CP932"
    return path if scan.one_kind_of_line_end else _copy(path, work, "utf-8-sig"), "UTF-8"


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(4)
    if not start.removeprefix(codecs.BOM_UTF8).strip():
        if path.stat().st_size <= len(start):
            raise refused(path.name, reasons.EMPTY_FILE)
    elif start.startswith(b"PK\x03\x04"):
        raise refused(path.name, reasons.ZIP_FILE)
    return start


class _NotUtf8(Exception):
    """Where UTF-8 stopped: byte offset, line, and bytes beyond ASCII that were sound before it."""

    def __init__(self, offset: int, line: int, beyond_ascii: int):
        super().__init__(offset)
        self.offset, self.line, self.beyond_ascii = offset, line, beyond_ascii


def _scan_utf8(path: Path) -> Scan:
    """Read the whole file as UTF-8 without keeping it."""
    scan = Scan(path.name)
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond_ascii = 0
    for block in _blocks(path, scan):
        pending = decoder.getstate()[0]
        if block.isascii() and not pending:
            continue
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_utf8(error, scan, block, pending, beyond_ascii) from None
        beyond_ascii += len(block) - len(text)
    if decoder.getstate()[0]:
        raise _NotUtf8(scan.seen, scan.lines + 1, beyond_ascii)
    return scan


def _not_utf8(error: UnicodeDecodeError, scan: Scan, block: bytes, pending: bytes, beyond_ascii: int) -> _NotUtf8:
    sound = error.object[: error.start]
    line = scan.lines - block.count(b"\n") + sound.count(b"\n") + 1
    offset = scan.seen - len(block) - len(pending) + error.start
    return _NotUtf8(offset, line, beyond_ascii + len(sound) - len(sound.decode("utf-8")))


def _copy(path: Path, work: Path, encoding: str) -> Path:
    """Write ``path`` to ``work`` as UTF-8 with LF line ends."""
    work.mkdir(parents=True, exist_ok=True)
    copy = work / f"{path.name}.utf8"
    try:
        with copy.open("wb") as file:
            for text in _decoded(path, encoding):
                file.write(text.encode())
    except DataRejected:
        copy.unlink()
        raise
    return copy


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text of ``path`` block by block."""
    scan = Scan(path.name)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    for block in _blocks(path, scan, zero_allowed=encoding == "utf-16"):
        text = _decode(decoder, block, scan)
        if encoding == "cp932":
            _refuse_no_letters(text, scan)
        yield text
    yield _decode(decoder, b"", scan)


def _decode(decoder: io.IncrementalNewlineDecoder, block: bytes, scan: Scan) -> str:
    pending = decoder.getstate()[0]
    try:
        return decoder.decode(block, not block)
    except UnicodeDecodeError as error:
        line = scan.lines - block[max(error.start - len(pending), 0) :].count(b"\n") + 1
        offset = scan.seen - len(block) - len(pending) + error.start
        raise refused(scan.name, reasons.NOT_DECODABLE, line, f"byte {offset}") from None


def _refuse_no_letters(text: str, scan: Scan) -> None:
    for letter in NO_LETTERS:
        if (place := text.find(letter)) >= 0:
            raise refused(scan.name, reasons.NOT_DECODABLE, scan.lines - text.count("\n", place) + 1)


def _blocks(path: Path, scan: Scan, zero_allowed: bool = False) -> Iterator[bytes]:
    """The file's blocks, each counted; none ends between CR and LF, which are counted as one line end."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            while block.endswith(b"\r") and (more := file.read(1)):
                block += more
            scan.add(block)
            if not zero_allowed and b"\0" in block:
                raise refused(scan.name, reasons.BINARY_FILE)
            yield block
