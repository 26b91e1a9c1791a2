"""``okaeri worker``: does the shop's jobs, each in a process of its own that gives its memory back when it ends.

The process one starts only minds the one that works: when that dies, by whatever hand, another takes its place and takes
up the job it was at.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from okaeri.loop.workspace import open_workspace, settings_state, with_settings_now
from okaeri.schema.errors import DataRejected

if TYPE_CHECKING:
    from okaeri.loop.workspace import Workspace

LOOK_SECONDS = 0.5
#: After a worker that died of itself.
REST_SECONDS = 2.0
PATIENCE_SECONDS = 8.0
#: Signals that told this process to stop: what is raised in a callback of a fork is lost, what stands here is not.
_told: list[int] = []


def run(directory: Path, *, beside: int | None = None) -> None:
    """Work until told to stop, or until the process ``beside`` which this one was started by is gone.

    Raises RuleRefused where there is no shop in ``directory``.
    """
    workspace = open_workspace(directory)
    from django.db import connections

    connections.close_all()  # none may be shared with the processes forked from this one
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _stop)
    child = 0
    try:
        while True:
            child = _fork(workspace)
            status = _minded(child, beside)
            child = 0
            if status is None:
                return
            if status:
                time.sleep(REST_SECONDS)
    except SystemExit:
        return
    finally:
        if child:
            _end(child)


def _stop(number: int, frame: object) -> NoReturn:
    _told.append(number)
    raise SystemExit(0)


def _minded(child: int, beside: int | None) -> int | None:
    """The status ``child`` ended with; None where it was ended because the process beside is gone."""
    while True:
        if _told:
            raise SystemExit(0)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if beside is not None and os.getppid() != beside:
            _end(child)
            return None
        time.sleep(LOOK_SECONDS)


def _end(child: int) -> None:
    """Ask ``child`` to give its job back and end; what is in the middle of a long calculation is not waited for."""
    os.kill(child, signal.SIGTERM)
    until = time.monotonic() + PATIENCE_SECONDS
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.05)


def _fork(workspace: Workspace) -> int:
    minder = os.getpid()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _life(workspace, f"{socket.gethostname()[:60]} {minder}", minder)
        status = 0
    except SystemExit:
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _life(workspace: Workspace, name: str, minder: int) -> None:
    """Wait for a job, do it, and end; end too when nobody minds this process any more. Looks at the clock meanwhile."""
    from okaeri.loop import jobs, schedule

    state, looked = None, float("-inf")
    while os.getppid() == minder and not _told:
        workspace, state = _as_set_now(workspace, state)
        if jobs.work(workspace, name):
            return
        if time.monotonic() - looked >= schedule.LOOK_SECONDS:
            schedule.look(workspace)
            looked = time.monotonic()
        time.sleep(LOOK_SECONDS)


def _as_set_now(workspace: Workspace, state: object) -> tuple[Workspace, object]:
    """The shop with its settings as they are now, where the file is no longer in ``state``; broken ones change nothing."""
    now = settings_state(workspace)
    if now == state:
        return workspace, state
    try:
        return with_settings_now(workspace), now
    except DataRejected as broken:
        print(f"The settings cannot be read; those read before stay in force: {broken}", file=sys.stderr)
        return workspace, now


@contextmanager
def beside_this(directory: Path) -> Iterator[None]:
    """A worker that lives as long as the block, and no longer than this process."""
    told = ["worker", "--shop", str(directory), "--beside", str(os.getpid())]
    command = [sys.executable, "-c", "from okaeri.cli import main; main()", *told]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as worker:
        try:
            yield
        finally:
            worker.terminate()
