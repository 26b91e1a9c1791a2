"""Imports a file again and again, dies by ``kill -9`` at another point each time, and compares what is left.

Run as a program of its own: ``python -m tests.faults.kill_points FOLDER POINTS SEED``. Every import runs in a forked
child that has all modules loaded but nothing opened, so one life costs about a second. Prints one JSON line per point.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okaeri.shop import Shop

#: What Python tells an audit hook about when files change; each is a place to die.
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "sqlite3.connect", "fcntl.flock")


def main(folder: Path, points: int, seed: int) -> None:
    preload()
    first, second = folder / "first.csv", folder / "second.csv"
    ready = folder / "ready"
    before = in_child(lambda: facts_after(new_shop(ready), [first]))
    shutil.copytree(ready, folder / "clean")
    clean, seconds = in_child(lambda: timed(folder / "clean", second))
    for point, plan in enumerate(plans(points, seconds, random.Random(seed))):
        shop = folder / f"shop{point}"
        shutil.copytree(ready, shop)
        killed = die_importing(shop, second, *plan)
        between, after = in_child(lambda shop=shop: [facts_after(shop, []), facts_after(shop, [second])])
        told = {"plan": plan, "killed": killed, "old_or_new": between in (before, clean), "whole": after == clean}
        print(json.dumps(told), flush=True)
        shutil.rmtree(shop)


def plans(points: int, seconds: float, chance: random.Random) -> Iterator[tuple[str, float]]:
    """Where to die: of three points two at an event, each at another one, and one in a stretch of time of its own."""
    times = points // 3
    yield from (("time", seconds * (stretch + chance.random()) / times) for stretch in range(times))
    yield from (("event", event) for event in chance.sample(range(1, 60), points - times))


def preload() -> None:
    """Load what an import needs, and open nothing: threads do not survive a fork."""
    from okaeri.loop.workspace import start_django

    start_django()

    import okaeri.loop.importing
    import okaeri.loop.people
    import okaeri.loop.reading
    import okaeri.shop  # noqa: F401


def new_shop(path: Path) -> Path:
    import okaeri

    path.mkdir()
    (path / "secret.key").write_text("00" * 32)  # the same ids for guests in every shop
    okaeri.init(path, name="test")
    return path


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
        told["imports"] = sorted(ImportRun.objects.values_list("file_name", "read_count"))
    return {name: hashlib.sha256(repr(rows).encode()).hexdigest() for name, rows in told.items()}


def timed(path: Path, file: Path) -> tuple[dict[str, str], float]:
    """Take ``file`` in: what is there then, and the seconds the import itself took."""
    import okaeri

    shop = okaeri.open(path)
    started = time.perf_counter()
    shop.import_files([file])
    seconds = time.perf_counter() - started
    return digests(shop), seconds


def die_importing(path: Path, file: Path, how: str, when: float) -> bool:
    """Import in a child that kills itself; whether it died before it was done."""
    pid = os.fork()
    if pid == 0:
        arm(how, when)
        import okaeri

        okaeri.open(path).import_files([file])
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def arm(how: str, when: float) -> None:
    if how == "time":
        importing = os.getpid()
        if os.fork() == 0:
            time.sleep(when)
            if os.getppid() == importing:
                os.kill(importing, signal.SIGKILL)
            os._exit(0)
        return
    left = [int(when)]

    def count(event: str, arguments: object) -> None:
        if event in EVENTS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def in_child(work):  # type: ignore[no-untyped-def]
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


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
