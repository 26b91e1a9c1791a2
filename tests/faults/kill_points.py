"""Imports a file again and again, dies at another point each time, and compares what is left."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.lives import Arm, Plan, digests, facts_after, in_child, new_shop, preload, sweep


def main(folder: Path, points: int, seed: int) -> None:
    preload()
    first, second = folder / "first.csv", folder / "second.csv"
    ready = folder / "ready"
    before = in_child(lambda: facts_after(new_shop(ready), [first]))
    shutil.copytree(ready, folder / "clean")
    clean, seconds = in_child(lambda: timed(folder / "clean", second))

    def work(path: Path, begin: Arm) -> None:
        import okaeri

        begin()
        okaeri.open(path).import_files([second])

    def judge(path: Path) -> dict[str, bool]:
        between, after = facts_after(path, []), facts_after(path, [second])
        return {"old_or_new": between in (before, clean), "whole": after == clean}

    sweep(folder, ready, plans(points, seconds, random.Random(seed)), work, judge)


def plans(points: int, seconds: float, chance: random.Random) -> Iterator[Plan]:
    """Where to die: of three points two at an event, each at another one, and one in a stretch of time of its own."""
    times = points // 3
    yield from (("time", seconds * (stretch + chance.random()) / times) for stretch in range(times))
    yield from (("event", event) for event in chance.sample(range(1, 60), points - times))


def timed(path: Path, file: Path) -> tuple[dict[str, str], float]:
    """Take ``file`` in: what is there then, and the seconds the import itself took."""
    import okaeri

    shop = okaeri.open(path)
    started = time.perf_counter()
    shop.import_files([file])
    seconds = time.perf_counter() - started
    return digests(shop), seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
