"""Takes two imports back, dies at another point each time, takes them back again, and compares.

Nearly all of it is one transaction, so that most points are statements to the records, spread over all of them.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.faults.lives import (
    Arm,
    Plan,
    digests,
    facts_after,
    in_child,
    new_shop,
    preload,
    records_of,
    statements_of,
    sweep,
)

EVENTS = 4


def main(folder: Path, points: int, seed: int) -> None:
    preload("okaeri.loop.undoing")
    first, second = folder / "first.csv", folder / "second.csv"
    ready = new_shop(folder / "ready")
    in_child(lambda: facts_after(ready, [first]))
    both = in_child(lambda: facts_after(ready, [second]))
    shutil.copytree(ready, folder / "clean")
    one, statements = in_child(lambda: _undone(folder / "clean", 1))
    none, more = in_child(lambda: _undone(folder / "clean", 2))

    def judge(path: Path) -> dict[str, bool]:
        between, after, noted = _finished(path)
        return {"old_or_new": between in (both, one, none), "whole": after == none, "once": noted == 2}

    sweep(folder, ready, plans(points, statements + more, random.Random(seed)), _undo, judge)


def plans(points: int, statements: int, chance: random.Random) -> Iterator[Plan]:
    """A statement in each of as many stretches of them, and a few events of files."""
    stretches = points - EVENTS
    yield from (
        ("statement", 1 + int(statements * (stretch + chance.random()) / stretches)) for stretch in range(stretches)
    )
    yield from (("event", event) for event in chance.sample(range(1, 2 * EVENTS + 1), EVENTS))


def _undo(path: Path, begin: Arm, times: int = 2) -> None:
    """Take back the newest import, then the one before; either may be taken back already."""
    from okaeri.loop.undoing import undo

    shop, records = records_of(path)
    with records:
        begin()
        for number in (2, 1)[:times]:
            undo(shop.workspace, number, actor="test")


def _undone(path: Path, times: int) -> tuple[dict[str, str], int]:
    """What is there after undoing, and how many statements to the records it took."""
    from okaeri.loop.undoing import undo

    shop, records = records_of(path)
    with records:
        made = statements_of(lambda: [undo(shop.workspace, number, actor="test") for number in (2, 1)[:times]])
    return digests(shop), made


def _finished(path: Path) -> tuple[dict[str, str], dict[str, str], int]:
    """What a killed life left, what is there after undoing again, and how often the log says so."""
    from okaeri.loop.undoing import undo
    from okaeri.records.models import AuditEntry

    shop, records = records_of(path)
    between = digests(shop)
    with records:
        for number in (2, 1):
            undo(shop.workspace, number, actor="test")
        noted = AuditEntry.objects.filter(action="undo import").count()
    return between, digests(shop), noted


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
