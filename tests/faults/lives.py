"""Lives of a shop cut short by ``kill -9``, each at another point, and what is left of them afterwards.

A program of its own (``python -m tests.faults.kill_points FOLDER POINTS SEED`` and the like) makes one shop, and gives
every point a copy of it. Work is done in a forked child that has all modules loaded but nothing opened, so one life
costs about a second. :func:`sweep` prints one JSON line per point; :func:`lives_of` runs such a program for a test.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from okaeri.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
#: What Python tells an audit hook about when files change; each is a place to die.
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "sqlite3.connect", "fcntl.flock")
#: How to die and when: at an event or a statement to the database, counted from 1, or after some seconds.
Plan = tuple[str, float]
Arm = Callable[[], None]


def lives_of(program: str, folder: Path, points: int, seed: int) -> list[dict[str, Any]]:
    """What ``python -m program`` tells of each of its ``points``, which all have to be told."""
    told = subprocess.run(
        [sys.executable, "-m", program, str(folder), str(points), str(seed)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "okaeri.config.settings"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    lives = [json.loads(row) for row in told.stdout.splitlines()]
    assert len(lives) == points
    return lives


def sweep(
    folder: Path,
    ready: Path,
    plans: Iterable[Plan],
    work: Callable[[Path, Arm], object],
    judge: Callable[[Path], object],
) -> None:
    """Per plan: a copy of ``ready``, ``work`` in it until it dies, and what ``judge`` then says of it.

    ``work`` calls what it is given when the plan begins; ``judge`` answers with truths by name.
    """
    for point, plan in enumerate(plans):
        path = folder / f"shop{point}"
        shutil.copytree(ready, path)
        killed = die(lambda plan=plan, path=path: work(path, lambda: arm(*plan)))
        print(json.dumps({"plan": plan, "killed": killed, **in_child(lambda path=path: judge(path))}), flush=True)
        shutil.rmtree(path)


def die(work: Callable[[], object]) -> bool:
    """Do ``work`` in a child; whether it was killed before it was done. A child that fails ends the program."""
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a child failed instead of being killed")
    return os.WIFSIGNALED(status)


def arm(how: str, when: float) -> None:
    """From now on die by the plan."""
    if how == "time":
        _die_after(when)
    elif how == "statement":
        _count_statements(_dying_at(int(when)))
    else:
        sys.addaudithook(lambda event, arguments, count=_dying_at(int(when)): count() if event in EVENTS else None)


def _die_after(seconds: float) -> None:
    own = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        if os.getppid() == own:
            os.kill(own, signal.SIGKILL)
        os._exit(0)


def _dying_at(place: int) -> Callable[[], None]:
    left = [place]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def _count_statements(count: Callable[[], None]) -> None:
    """Call ``count`` before every statement to records that are in use."""
    from django.db import connections

    def wrapper(execute: Callable[..., object], *asked: object) -> object:
        count()
        return execute(*asked)

    for connection in connections.all():
        connection.execute_wrappers.append(wrapper)


def statements_of(work: Callable[[], object]) -> int:
    """How many statements to the records ``work`` makes."""
    made: list[None] = []
    _count_statements(lambda: made.append(None))
    work()
    return len(made)


def preload(*modules: str) -> None:
    """Load what the work needs, and open nothing: threads do not survive a fork."""
    from okaeri.loop.workspace import start_django

    start_django()
    for name in ("okaeri.loop.importing", "okaeri.loop.people", "okaeri.loop.reading", "okaeri.shop", *modules):
        importlib.import_module(name)


def in_child(work: Callable[[], Any]) -> Any:
    """What ``work`` returns, done in a forked child."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            json.dump(work(), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise SystemExit(f"a child failed with status {status}")
    return json.loads(text)


def new_shop(path: Path) -> Path:
    import okaeri

    path.mkdir()
    (path / "secret.key").write_text("00" * 32)  # the same ids for guests in every shop
    okaeri.init(path, name="test")
    return path


def records_of(path: Path) -> tuple[Shop, AbstractContextManager[object]]:
    """The shop in ``path``, and its records to be taken into use."""
    import okaeri

    shop = okaeri.open(path)
    return shop, shop.workspace.records()


def facts_after(path: Path, files: list[Path]) -> dict[str, str]:
    """Take ``files`` in; a digest of the sorted rows of every fact table, and of people, links and imports."""
    import okaeri

    shop = okaeri.open(path)
    shop.import_files(files)
    return digests(shop)


def digests(shop: Shop) -> dict[str, str]:
    """What readers see: the rows of the files the snapshot in force names, and the records."""
    import pyarrow.parquet as pq

    from okaeri.loop import snapshots
    from okaeri.records.models import ImportRun, Link, Person
    from okaeri.schema.facts import FACTS

    with shop.workspace.records():
        snapshot = snapshots.current()
        versions, store = snapshot.versions if snapshot else {}, snapshots.store_of(shop.workspace)
        told = {}
        for name in FACTS:
            rows = [row for file in store.files(name, versions) for row in pq.read_table(file).to_pylist()]
            told[name] = sorted(map(repr, rows))
        told["people"] = sorted(Person.objects.values_list("customer_id", "name", "email", "phone"))
        told["links"] = sorted(Link.objects.values_list("customer_id", "person_id"))
        told["imports"] = sorted(ImportRun.objects.values_list("file_name", "read_count", "undone_by"))
    return {name: hashlib.sha256(repr(rows).encode()).hexdigest() for name, rows in told.items()}
