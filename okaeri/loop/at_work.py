"""Work begun outside the worker, at the command line or from Python, as the console sees it.

Whoever works holds a lock on a note in the shop's folder. The system frees it when the process dies, however it dies, so a
note that can be locked is of nobody any more.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from okaeri.loop.workspace import Workspace


@dataclass(frozen=True)
class Work:
    """What somebody is at: ``kind`` import or refresh, the ``file``, the ``step`` and how far it is (0..1)."""

    kind: str
    file: str
    started_at: datetime
    step: str
    share: float


@contextmanager
def at_work(workspace: Workspace, kind: str, file: str = "") -> Iterator[Callable[[str, float], None]]:
    """Inside the block the console sees this process at work; what is given hears the step and the share done."""
    folder = _folder(workspace)
    partial = folder / f"{os.getpid()}-{secrets.token_hex(4)}.partial"
    told = {"kind": kind, "file": file, "started_at": datetime.now(UTC).isoformat()}
    with partial.open("w", encoding="utf-8") as out:
        fcntl.flock(out.fileno(), fcntl.LOCK_EX)

        def tell(step: str, share: float) -> None:
            out.seek(0)
            out.write(json.dumps({**told, "step": step, "share": min(max(share, 0.0), 1.0)}))
            out.truncate()
            out.flush()

        tell("", 0.0)
        path = partial.rename(partial.with_suffix(".json"))  # seen by others when it is locked, never before
        try:
            yield tell
        finally:
            path.unlink(missing_ok=True)


def others(workspace: Workspace) -> list[Work]:
    """What is being worked at now outside the worker, the longest first; notes of the dead are thrown away."""
    found = [work for path in _folder(workspace).glob("*.json") if (work := _work(path)) is not None]
    return sorted(found, key=lambda work: work.started_at)


def _work(path: Path) -> Work | None:
    try:
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = json.loads(file.read())
                return Work(**{**told, "started_at": datetime.fromisoformat(told["started_at"])})
            path.unlink(missing_ok=True)
    except (FileNotFoundError, ValueError):  # it ended, or is just being written
        pass
    return None


def _folder(workspace: Workspace) -> Path:
    folder = workspace.work / "at-work"
    folder.mkdir(exist_ok=True)
    return folder
