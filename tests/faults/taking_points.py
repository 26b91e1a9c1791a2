"""Takes answers into the facts, dies by ``kill -9`` at another point each time, takes them again, and compares.

Run as a program of its own: ``python -m tests.faults.taking_points FOLDER POINTS SEED``. Prints how many lives were cut
short, and after how many the facts were exactly the answers given.
"""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from pathlib import Path

from tests.faults.kill_points import arm, in_child, preload

ANSWERS = 40


def main(folder: Path, points: int, seed: int) -> None:
    preload()
    importlib.import_module("okaeri.loop.taking")
    ready = folder / "ready"
    in_child(lambda: _answered_shop(ready))
    chance = random.Random(seed)
    killed = whole = 0
    for point in range(points):
        shop = folder / f"shop{point}"
        shutil.copytree(ready, shop)
        killed += _die_taking(shop, chance.randrange(1, 40))
        whole += in_child(lambda shop=shop: _taken_twice(shop)) == [[f"i{n + 1}", n % 11 / 10] for n in range(ANSWERS)]
        shutil.rmtree(shop)
    print(killed, whole)


def _answered_shop(path: Path) -> int:
    import okaeri
    from benchmarks.answers import links_of
    from okaeri.loop import snapshots
    from okaeri.programs.surveys import actions, links

    shop = okaeri.init(path, name="test")
    paths = links_of(shop, ANSWERS)
    with shop.workspace.records():
        for number, link in enumerate(paths):
            ticket = links.read(link.split("/")[2], shop.workspace.secret, snapshots.now())
            asked = actions.put(ticket, "ja")
            given = actions.Given(number % 11)
            actions.record(asked, asked.questions[0], given, snapshots.now(), finishes=True)
    return len(paths)


def _die_taking(path: Path, when: int) -> bool:
    pid = os.fork()
    if pid == 0:
        import okaeri
        from okaeri.loop.taking import take_voices

        shop = okaeri.open(path)
        arm("event", when)
        with shop.workspace.records():
            take_voices(shop.workspace)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _taken_twice(path: Path) -> list[list]:
    import okaeri
    from okaeri.loop.taking import take_voices

    shop = okaeri.open(path)
    with shop.workspace.records():
        take_voices(shop.workspace)
        assert take_voices(shop.workspace) == 0
    rows = shop.show("voices").to_pylist()
    return sorted(([row["voice_id"].split(":")[1], row["rating"]] for row in rows), key=lambda row: int(row[0][1:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
