"""Takes batches that programs sent, dies by ``kill -9`` at another point each time, takes them again, and compares.

Run as a program of its own: ``python -m tests.faults.receiving_points FOLDER POINTS SEED``. Prints how many lives were
cut short, and after how many facts, persons and receipts were exactly those of an undisturbed life.
"""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from pathlib import Path

from tests.faults.kill_points import arm, digests, in_child, new_shop, preload

BATCHES = 6


def main(folder: Path, points: int, seed: int) -> None:
    preload()
    importlib.import_module("okaeri.loop.receiving")
    ready = new_shop(folder / "ready")
    in_child(lambda: _sent(ready))
    shutil.copytree(ready, folder / "clean")
    clean = in_child(lambda: _taken(folder / "clean"))
    chance = random.Random(seed)
    killed = whole = 0
    for point in range(points):
        shop = folder / f"shop{point}"
        shutil.copytree(ready, shop)
        killed += _die_taking(shop, chance.randrange(1, 60))
        whole += in_child(lambda shop=shop: _taken(shop)) == clean
        shutil.rmtree(shop)
    print(killed, whole)


def _sent(path: Path) -> int:
    """Orders, and customers with a name and a mail, as a program sends them."""
    import okaeri
    from okaeri.records import keys, received

    with okaeri.open(path).workspace.records():
        key, _ = keys.make("test", ["import"], actor="test")
        for number in range(BATCHES):
            line = {"line_no": 1, "product_id": "P", "quantity": 1, "unit_price": "10.00"}
            order = {"order_id": f"A{number}", "customer_id": f"c{number}", "ordered_at": "2026-03-02T00:30:00+09:00",
                     "lines": [line]}  # fmt: skip
            received.keep(key, f"o{number}", "orders", [order])
            person = {"customer_id": f"c{number}", "name": f"白樺 花{number}", "email": f"h{number}@shirakaba.jp"}
            received.keep(key, f"c{number}", "customers", [person])
    return BATCHES


def _die_taking(path: Path, when: int) -> bool:
    pid = os.fork()
    if pid == 0:
        import okaeri
        from okaeri.loop.receiving import take_received

        shop = okaeri.open(path)
        arm("event", when)
        with shop.workspace.records():
            take_received(shop.workspace)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def _taken(path: Path) -> dict[str, str | int]:
    import okaeri
    from okaeri.loop.receiving import take_received
    from okaeri.records.models import Received

    shop = okaeri.open(path)
    with shop.workspace.records():
        take_received(shop.workspace)
        assert take_received(shop.workspace) == 0
        left = Received.objects.exclude(body="").count() + Received.objects.filter(taken_at=None).count()
    told = digests(shop)
    return {name: told[name] for name in ("orders", "order_lines", "customers", "people", "links")} | {"left": left}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
