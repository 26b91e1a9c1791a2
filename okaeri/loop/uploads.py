"""Files brought by the browser: kept in the shop's folder until they are taken in, under names that can do no harm."""

from __future__ import annotations

import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from okaeri.ingest.files import MAILBOXES, PARQUET, WORKBOOKS
from okaeri.loop.workspace import Workspace
from okaeri.schema.errors import RuleRefused

ENDINGS = (".csv", ".tsv", ".txt", *PARQUET, *WORKBOOKS, *MAILBOXES)
#: Notes beside an upload: how it is to be read.
MAPPING = "mapping"
#: Bytes of a name that is kept; file systems take 255, and a Japanese letter is three.
LONGEST_NAME = 200
#: After so many days an upload nobody took in is thrown away.
KEPT_DAYS = 3
MEGABYTE = 1 << 20
#: Files shown in one list.
MOST_TOGETHER = 100
_KEY = re.compile(r"[0-9a-f]{16}")
#: What file systems, shells or other programs take for more than a letter.
_HARMFUL = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


def keep(workspace: Workspace, name: str, chunks: Iterable[bytes]) -> str:
    """Keep a file and give the key it is found by; raises RuleRefused for one that is no table by its name, or too large."""
    safe = safe_name(name)
    if PurePosixPath(safe).suffix.lower() not in ENDINGS:
        raise RuleRefused("okaeri reads files that end in {endings}", endings=", ".join(ENDINGS))
    forget_old(workspace)
    key = secrets.token_hex(8)
    folder = _folder(workspace) / key
    folder.mkdir()
    limit, size = workspace.settings.imports.max_upload_mb, 0
    partial = folder.with_suffix(".partial")
    try:
        with partial.open("xb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > limit * MEGABYTE:
                    raise too_large(workspace)
                out.write(chunk)
        partial.replace(folder / safe)
    except BaseException:
        partial.unlink(missing_ok=True)
        shutil.rmtree(folder)
        raise
    return key


def too_large(workspace: Workspace) -> RuleRefused:
    """Refuses a file beyond the shop's limit."""
    limit = workspace.settings.imports.max_upload_mb
    return RuleRefused("The file is larger than {limit} MB; use okaeri import on the server", limit=limit)


def safe_name(name: str) -> str:
    """The name of a file as it may stand in a folder: its last part, its ending kept."""
    plain = _HARMFUL.sub("_", unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    path = PurePosixPath(plain or "file")
    ending = path.suffix.encode()[:LONGEST_NAME]
    return (path.stem.encode(errors="ignore")[: LONGEST_NAME - len(ending)] + ending).decode(errors="ignore")


def find(workspace: Workspace, key: str) -> Path | None:
    """The file kept under ``key``; None where there is none."""
    if not _KEY.fullmatch(key):
        return None
    found = [path for path in (_folder(workspace) / key).glob("*") if path.suffix.lower() in ENDINGS]
    return found[0] if found else None


def held(workspace: Workspace) -> list[str]:
    """The keys of all files kept, in the order they came."""
    folders = [path for path in _folder(workspace).iterdir() if find(workspace, path.name) is not None]
    return [path.name for path in sorted(folders, key=lambda path: (path.stat().st_mtime, path.name))][:MOST_TOGETHER]


def beside(path: Path, name: str) -> Path:
    """Where notes about an upload are kept: in its folder, with an ending no upload has."""
    return path.parent / f"{name}.toml"


def forget(workspace: Workspace, key: str) -> None:
    """Throw an upload away, with what was noted about it."""
    if _KEY.fullmatch(key):
        shutil.rmtree(_folder(workspace) / key, ignore_errors=True)


def forget_old(workspace: Workspace) -> None:
    """Throw away what nobody took in for days."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for path in _folder(workspace).iterdir():
        with suppress(FileNotFoundError):  # another request was quicker
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _folder(workspace: Workspace) -> Path:
    folder = workspace.work / "uploads"
    folder.mkdir(exist_ok=True)
    return folder
