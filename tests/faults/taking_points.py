"""Takes answers into the facts, dies at another point each time, takes them again, and compares."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.faults.lives import Arm, in_child, preload, records_of, sweep

ANSWERS = 40


def main(folder: Path, points: int, seed: int) -> None:
    preload("okaeri.loop.taking")
    ready = folder / "ready"
    in_child(lambda: _answered_shop(ready))
    chance = random.Random(seed)
    plans = (("event", chance.randrange(1, 40)) for _ in range(points))
    given = [(f"i{n + 1}", n % 11 / 10) for n in range(ANSWERS)]
    sweep(folder, ready, plans, _take, lambda path: {"whole": _taken_twice(path) == given})


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


def _take(path: Path, begin: Arm) -> None:
    from okaeri.loop.taking import take_voices

    shop, records = records_of(path)
    begin()
    with records:
        take_voices(shop.workspace)


def _taken_twice(path: Path) -> list[tuple[str, float]]:
    from okaeri.loop.taking import take_voices

    shop, records = records_of(path)
    with records:
        take_voices(shop.workspace)
        assert take_voices(shop.workspace) == 0
    rows = shop.show("voices").to_pylist()
    return sorted(((row["voice_id"].split(":")[1], row["rating"]) for row in rows), key=lambda row: int(row[0][1:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
